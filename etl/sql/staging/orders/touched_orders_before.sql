-- Where the orders about to be replaced are counted now.
create or replace temp table touched_order_intervals as
select
    interval_start,
    category,
    district
from marts.fct_orders
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders)
union
select
    marts.quarter_hour(closed_at) as interval_start,
    category,
    district
from marts.fct_orders
where
    order_first_id >= $first_order_id
    and order_id in (select order_id from touched_orders)
    and closed_at is not null;
