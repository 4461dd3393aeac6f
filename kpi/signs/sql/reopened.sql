-- Orders done in the period, and those of them that had been closed before and opened again. By site.
select
    coalesce(site, '') as who,
    count(*) as base,
    count(*) filter (where round > 1) as counted
from marts.fct_orders
where
    not is_child
    and closed_at >= $from_at::timestamp
    and closed_at < $until::timestamp
group by who;
