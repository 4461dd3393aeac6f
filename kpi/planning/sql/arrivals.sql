-- Calls offered by queue, local day and quarter of an hour of queue entry; quarters without a call have no row.
-- Two hours of the same name, where clocks are set back, are added up.
with entries as (
    select
        queue,
        timezone($timezone, timezone('UTC', interval_start)) as local_start,
        offered
    from marts.agg_queue_interval
    where
        interval_start >= $since::timestamp
        and interval_start < $until::timestamp
)

select
    queue,
    local_start::date as day,
    (extract(hour from local_start) * 4 + extract(minute from local_start) // 15)::integer as slot,
    sum(offered)::double as calls
from entries
group by
    queue,
    day,
    slot
having sum(offered) > 0;
