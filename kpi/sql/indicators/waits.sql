-- Median and ninth decile of the waits of the answered: they cannot be added up, so they are of the groups asked for.
select
    case when $by_interval::boolean then interval_start end as by_interval,
    case when $by_queue::boolean then queue end as by_queue,
    median(wait_seconds) as median,
    quantile_cont(wait_seconds, 0.9) as p90
from marts.fct_queue_visits
where
    outcome = 'answered'
    and interval_start >= $from_at::timestamp
    and interval_start < $until::timestamp
group by
    by_interval,
    by_queue;
