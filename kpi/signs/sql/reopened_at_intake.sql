-- Orders of the period that were closed by whoever took them in, and those of them that were opened again. By user.
select
    opened_by as who,
    count(*) as base,
    count(*) filter (where round > 1) as counted
from marts.fct_orders
where
    immediate
    and opened_by is not null
    and opened_at >= $from_at::timestamp
    and opened_at < $until::timestamp
group by opened_by;
