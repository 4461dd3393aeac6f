-- What the indicators of work orders count in a period, by top category, district and site: sums of any of these may be
-- added up. Void orders count nowhere, nor do merged ones, also when the order that they were merged into is done: then
-- they only have a return visit of their own. A return visit is due where its deadline fell.
with orders as (
    select
        orders.*,
        coalesce(nullif(own.parent, ''), nullif(split_part(orders.category, '.', 1), ''), 'none') as top_category,
        not orders.is_child
        and orders.opened_at >= $from_at::timestamp and orders.opened_at < $until::timestamp as is_opened,
        not orders.is_child
        and coalesce(orders.closed_at >= $from_at::timestamp and orders.closed_at < $until::timestamp, false)
            as is_closed,
        not orders.is_child
        and coalesce(orders.dispatched_at >= $from_at::timestamp and orders.dispatched_at < $until::timestamp, false)
            as is_dispatched
    from marts.fct_orders as orders
    left join marts.dim_order_category as own on orders.category = own.category
    where orders.state not in ('merged', 'void')
),

repeats as (
    select distinct later.order_id
    from orders as later
    inner join orders as earlier
        on
            later.top_category = earlier.top_category
            and later.order_id <> earlier.order_id
            and not earlier.is_child
            and (
                later.customer_id = earlier.customer_id
                or (later.customer_id is null and nullif(later.caller, '') = earlier.caller)
            )
            and (later.opened_at, later.order_first_id) > (earlier.opened_at, earlier.order_first_id)
            and earlier.opened_at >= later.opened_at - to_days($repeat_days::integer)
    where later.is_opened
),

visits as (
    select distinct order_id
    from marts.fct_order_clocks
    where
        clock = 'return_visit'
        and state <> 'stopped'
        and due_at >= $from_at::timestamp
        and due_at < least($until::timestamp, $at::timestamp)
)

select
    orders.top_category as category,
    orders.district,
    coalesce(orders.site, '') as site,
    case when $each::boolean then orders.order_id end as item,
    case when $each::boolean then orders.opened_at end as happened_at,
    count(*) filter (where orders.is_opened) as opened,
    count(*) filter (where orders.is_opened and orders.closed_at is not null) as opened_and_closed,
    count(*) filter (where orders.is_closed) as closed,
    count(*) filter (where orders.is_closed and orders.round = 1) as closed_in_round_1,
    count(*) filter (
        where
        not orders.is_child
        and orders.opened_at < $from_at::timestamp
        and (orders.closed_at is null or orders.closed_at >= $from_at::timestamp)
    ) as backlog,
    count(*) filter (where orders.is_dispatched) as dispatched,
    count(*) filter (where orders.is_dispatched and orders.returned > 0) as returned,
    count(*) filter (where orders.is_opened and orders.urged > 0) as urged,
    count(*) filter (
        where orders.is_opened and (orders.missed > 0 or orders.due_at < $at::timestamp)
    ) as overdue,
    count(*) filter (where repeats.order_id is not null) as repeated,
    count(*) filter (where visits.order_id is not null) as visits_due,
    count(*) filter (where visits.order_id is not null and orders.visits_tried > 0) as visits_tried,
    count(*) filter (where visits.order_id is not null and orders.visits_reached > 0) as visits_reached
from orders
left join repeats on orders.order_id = repeats.order_id
left join visits on orders.order_id = visits.order_id
group by all;
