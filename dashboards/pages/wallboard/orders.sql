-- The day's orders opened and closed, and those overdue or open at this moment, by top category and district.
-- 'none' is an order without one.
with counted as (
    select
        category,
        district,
        sum(opened) as opened,
        sum(closed) as closed,
        sum(closed_at_once) as closed_at_once,
        0 as open,
        0 as overdue
    from marts.agg_order_interval
    where day = $day::date
    group by
        category,
        district
    union all
    select
        category,
        district,
        0 as opened,
        0 as closed,
        0 as closed_at_once,
        count(*) as open,
        count(*) filter (where due_at < $at::timestamp) as overdue
    from marts.fct_orders
    where marts.is_open(state)
    group by
        category,
        district
)

select
    marts.top_category(counted.category, own.parent) as category,
    coalesce(nullif(counted.district, ''), 'none') as district,
    sum(counted.opened)::bigint as opened,
    sum(counted.closed)::bigint as closed,
    sum(counted.closed_at_once)::bigint as closed_at_once,
    sum(counted.open)::bigint as open,
    sum(counted.overdue)::bigint as overdue
from counted
left join marts.dim_category as own on counted.category = own.category
group by all;
