-- Of the orders whose deadline of a milestone fell in the period: how many there were, and how many kept it. Open and
-- overdue has not kept it; a milestone that is no longer asked for counts nowhere. With several runs all must be kept.
-- With $first it is the first date of each run, before any extension: kept is what was done by it, and what was no
-- longer asked for by then counts nowhere. With $each every order has a row of its own.
with dated as (
    select
        clock,
        order_id,
        order_first_id,
        case when $first::boolean then first_due_at else due_at end as due_at,
        case
            when $first::boolean then state in ('met', 'missed') and coalesce(ended_at <= first_due_at, false)
            else state = 'met'
        end as kept
    from marts.fct_order_clocks
    where
        ($clock::varchar is null or clock = $clock::varchar)
        and (state <> 'stopped' or ($first::boolean and first_due_at < ended_at))
        and case when $first::boolean then first_due_at else due_at end >= $from_at::timestamp
        and case when $first::boolean then first_due_at else due_at end < least($until::timestamp, $at::timestamp)
),

deadlines as (
    select
        clock,
        order_id,
        order_first_id,
        max(due_at) as due_at,
        bool_and(kept) as kept
    from dated
    group by
        clock,
        order_id,
        order_first_id
)

select
    deadlines.clock,
    marts.top_category(orders.category, own.parent) as category,
    orders.district,
    coalesce(orders.site, '') as site,
    case when $each::boolean then orders.order_id end as item,
    case when $each::boolean then deadlines.due_at end as happened_at,
    count(*) as due,
    count(*) filter (where deadlines.kept) as kept
from deadlines
inner join marts.fct_orders as orders
    on deadlines.order_first_id = orders.order_first_id and deadlines.order_id = orders.order_id
left join marts.dim_category as own on orders.category = own.category
where orders.state not in ('merged', 'void') and (not orders.is_child or deadlines.clock = 'return_visit')
group by all;
