-- Median and ninth decile of the waits of the answered: they cannot be added up, so they are of the groups asked for.
-- Of entries into queues, or with $level 'caller' of each caller once.
with answered as (
    select
        queue,
        interval_start,
        wait_seconds
    from marts.fct_queue_visits
    where
        $level::varchar = 'entry'
        and outcome = 'answered'
        and direction = 'inbound'
        and entered_at >= $from_at::timestamp
        and entered_at < $until::timestamp
    union all
    select
        first_queue as queue,
        time_bucket(interval 15 minutes, queue_entered_at) as interval_start,
        caller_wait_seconds as wait_seconds
    from marts.fct_calls
    where
        $level::varchar = 'caller'
        and caller_outcome = 'answered'
        and queue_entered_at >= $from_at::timestamp
        and queue_entered_at < $until::timestamp
)

select
    case when $by_interval::boolean then interval_start end as by_interval,
    case when $by_queue::boolean then queue end as by_queue,
    median(wait_seconds) as median,
    quantile_cont(wait_seconds, 0.9) as p90
from answered
group by
    by_interval,
    by_queue;
