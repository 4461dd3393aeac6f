-- Of the orders whose first date of a milestone fell in the period, before any extension: how many there were, and how
-- many were done by it. What was no longer asked for by then counts nowhere. All runs of an order must be kept. With
-- $each every order has a row of its own.
with deadlines as (
    select
        order_id,
        max(first_due_at) as due_at,
        bool_and(state in ('met', 'missed') and coalesce(ended_at <= first_due_at, false)) as kept
    from marts.fct_order_clocks
    where
        clock = $clock::varchar
        and first_due_at >= $from_at::timestamp
        and first_due_at < least($until::timestamp, $at::timestamp)
        and (state <> 'stopped' or first_due_at < ended_at)
    group by order_id
)

select
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
where orders.state not in ('merged', 'void') and not orders.is_child
group by all;
