-- Of the orders whose deadline of a milestone fell in the period: how many there were, and how many kept it. Open and
-- overdue has not kept it; a milestone that is no longer asked for counts nowhere. With several runs all must be kept.
with deadlines as (
    select
        clocks.clock,
        clocks.order_id,
        max(clocks.due_at) as due_at,
        bool_and(clocks.state = 'met') as kept
    from marts.fct_order_clocks as clocks
    where
        clocks.state <> 'stopped'
        and clocks.due_at >= $from_at::timestamp
        and clocks.due_at < least($until::timestamp, $at::timestamp)
    group by
        clocks.clock,
        clocks.order_id
)

select
    deadlines.clock,
    coalesce(nullif(own.parent, ''), nullif(split_part(orders.category, '.', 1), ''), 'none') as category,
    orders.district,
    coalesce(orders.site, '') as site,
    case when $each::boolean then orders.order_id end as item,
    case when $each::boolean then deadlines.due_at end as happened_at,
    count(*) as due,
    count(*) filter (where deadlines.kept) as kept
from deadlines
inner join marts.fct_orders as orders on deadlines.order_id = orders.order_id
left join marts.dim_order_category as own on orders.category = own.category
where orders.state not in ('merged', 'void') and (not orders.is_child or deadlines.clock = 'return_visit')
group by all;
