-- The stratum of each order, to compare sites with the same cases: category above, district and local hour of opening.
select
    orders.order_id as item,
    orders.district,
    marts.top_category(orders.category, own.parent) as category,
    extract(hour from timezone($timezone, timezone('UTC', orders.opened_at)))::integer as hour
from marts.fct_orders as orders
left join marts.dim_category as own on orders.category = own.category
where $from_at::timestamp < $until::timestamp;
