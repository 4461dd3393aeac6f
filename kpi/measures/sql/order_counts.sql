-- What the indicators of work orders count in a period, by top category, district and site: sums of any of these may be
-- added up. Void orders count nowhere, nor do merged ones, also when the order that they were merged into is done: then
-- they only have a return visit of their own. A return visit is due where its deadline fell.
with visits as (
    select distinct
        order_id,
        order_first_id
    from marts.fct_order_clocks
    where
        clock = 'return_visit'
        and state <> 'stopped'
        and due_at >= $from_at::timestamp
        and due_at < least($until::timestamp, $at::timestamp)
),

-- Those opened in the period, in hand at its beginning, dispatched or closed in it by a clock that was set back, or due
-- for a visit in it: ranges that share no order, which DuckDB looks for without reading the others.
found as (
    select *
    from marts.fct_orders
    where opened_at >= $from_at::timestamp and opened_at < $until::timestamp
    union all
    select *
    from marts.fct_orders
    where opened_at < $from_at::timestamp and closed_at is null
    union all
    select *
    from marts.fct_orders
    where opened_at < $from_at::timestamp and closed_at >= $from_at::timestamp
    union all
    select *
    from marts.fct_orders
    where
        opened_at >= $until::timestamp
        and closed_at >= $from_at::timestamp
        and closed_at < $until::timestamp
    union all
    select *
    from marts.fct_orders
    where
        dispatched_at >= $from_at::timestamp
        and dispatched_at < $until::timestamp
        and (
            (opened_at < $from_at::timestamp and closed_at < $from_at::timestamp)
            or (
                opened_at >= $until::timestamp
                and not coalesce(closed_at >= $from_at::timestamp and closed_at < $until::timestamp, false)
            )
        )
    union all
    select orders.*
    from visits
    inner join marts.fct_orders as orders
        on visits.order_first_id = orders.order_first_id and visits.order_id = orders.order_id
    where
        not coalesce(orders.closed_at >= $from_at::timestamp and orders.closed_at < $until::timestamp, false)
        and not coalesce(
            orders.dispatched_at >= $from_at::timestamp and orders.dispatched_at < $until::timestamp, false
        )
        and (
            (orders.opened_at < $from_at::timestamp and orders.closed_at < $from_at::timestamp)
            or orders.opened_at >= $until::timestamp
        )
),

orders as (
    select
        found.*,
        marts.top_category(found.category, own.parent) as top_category,
        visits.order_id is not null as is_visit,
        not found.is_child
        and found.opened_at >= $from_at::timestamp and found.opened_at < $until::timestamp as is_opened,
        not found.is_child
        and coalesce(found.closed_at >= $from_at::timestamp and found.closed_at < $until::timestamp, false)
            as is_closed,
        not found.is_child
        and coalesce(found.dispatched_at >= $from_at::timestamp and found.dispatched_at < $until::timestamp, false)
            as is_dispatched
    from found
    left join visits on found.order_id = visits.order_id
    left join marts.dim_category as own on found.category = own.category
    where found.state not in ('merged', 'void')
),

earlier as (
    select
        orders.order_id,
        orders.order_first_id,
        orders.opened_at,
        orders.customer_id,
        orders.caller,
        marts.top_category(orders.category, own.parent) as top_category
    from marts.fct_orders as orders
    left join marts.dim_category as own on orders.category = own.category
    where
        orders.state not in ('merged', 'void')
        and not orders.is_child
        and orders.opened_at >= $from_at::timestamp - to_days($repeat_days::integer)
        and orders.opened_at < $until::timestamp
),

-- By the customer where one is known, else by the number that called.
pairs as (
    select
        later.order_id,
        later.order_first_id,
        later.opened_at,
        earlier.order_id as earlier_id,
        earlier.order_first_id as earlier_first_id,
        earlier.opened_at as earlier_at
    from orders as later
    inner join earlier on later.top_category = earlier.top_category and later.customer_id = earlier.customer_id
    where later.is_opened
    union all
    select
        later.order_id,
        later.order_first_id,
        later.opened_at,
        earlier.order_id as earlier_id,
        earlier.order_first_id as earlier_first_id,
        earlier.opened_at as earlier_at
    from orders as later
    inner join earlier on later.top_category = earlier.top_category and later.caller = earlier.caller
    where later.is_opened and later.customer_id is null and later.caller <> ''
),

repeats as (
    select distinct order_id
    from pairs
    where
        order_id <> earlier_id
        and (opened_at, order_first_id) > (earlier_at, earlier_first_id)
        and earlier_at >= opened_at - to_days($repeat_days::integer)
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
    count(*) filter (where orders.is_visit) as visits_due,
    count(*) filter (where orders.is_visit and orders.visits_tried > 0) as visits_tried,
    count(*) filter (where orders.is_visit and orders.visits_reached > 0) as visits_reached
from orders
left join repeats on orders.order_id = repeats.order_id
group by all;
