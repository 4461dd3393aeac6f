-- Where the day's orders are, newest first.
select
    longitude,
    latitude,
    coalesce(due_at < $at::timestamp, false) as overdue,
    count(*) over () as located
from marts.fct_orders
where day = $day::date and longitude is not null and latitude is not null
order by opened_at desc
limit $most::integer;
