delete from marts.agg_order_interval
where
    interval_start between $orders_from and $orders_until
    and (interval_start, category, district) in (
        select (interval_start, category, district) from touched_order_intervals
    );

insert into marts.agg_order_interval
with touched as (
    select distinct
        interval_start,
        category,
        district
    from touched_order_intervals
),

counted as (
    select
        interval_start,
        category,
        district,
        1 as opened,
        0 as closed,
        0 as closed_at_once
    from marts.fct_orders
    where
        interval_start between $orders_from and $orders_until
        and interval_start in (select interval_start from touched)
    union all
    select
        marts.quarter_hour(closed_at) as interval_start,
        category,
        district,
        0 as opened,
        1 as closed,
        immediate::integer as closed_at_once
    from marts.fct_orders
    where
        closed_at >= $orders_from
        and closed_at < $orders_until::timestamp + interval 15 minutes
        and not is_child
        and marts.quarter_hour(closed_at) in (select interval_start from touched)
)

select
    counted.interval_start,
    counted.category,
    counted.district,
    timezone($timezone, timezone('UTC', counted.interval_start))::date as day,
    sum(counted.opened) as opened,
    sum(counted.closed) as closed,
    sum(counted.closed_at_once) as closed_at_once
from counted
inner join touched
    on
        counted.interval_start = touched.interval_start
        and counted.category = touched.category
        and counted.district = touched.district
group by
    counted.interval_start,
    counted.category,
    counted.district;
