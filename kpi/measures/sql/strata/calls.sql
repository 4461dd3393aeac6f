-- The stratum of each call, to compare people with the same cases: category above and local hour. Calls know no
-- district. Those that count in the period arrived in it, or within two days before.
select
    calls.call_id as item,
    '' as district,
    marts.top_category(coalesce(written.category, calls.category), own.parent) as category,
    extract(hour from timezone($timezone, timezone('UTC', calls.arrived_at)))::integer as hour
from marts.fct_calls as calls
left join marts.dim_category_name as written on calls.category = written.name
left join marts.dim_category as own on coalesce(written.category, calls.category) = own.category
where
    calls.arrived_at >= $from_at::timestamp - interval 2 days
    and calls.arrived_at < $until::timestamp + interval 2 days;
