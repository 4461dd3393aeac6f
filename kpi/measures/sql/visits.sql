-- What the indicators of queues count, of the quarters of queue entry in the period: entries into queues, or with
-- $level 'caller' each caller once. $threshold asks for another T than the queues' own.
with quarters as (
    select
        *,
        case
            when $threshold::integer is null then answered_in_t
            else marts.within_seconds(answered_waits, $threshold::integer)
        end as answered_in_time,
        case
            when $threshold::integer is null then abandoned_in_t
            else marts.within_seconds(abandoned_waits, $threshold::integer)
        end as abandoned_in_time
    from marts.interval_counts
    where
        interval_start >= $from_at::timestamp
        and interval_start < $until::timestamp
        and level = $level::varchar
)

select
    case when $by_interval::boolean then interval_start end as by_interval,
    case when $by_queue::boolean then queue end as by_queue,
    sum(answered)::bigint as answered,
    sum(abandoned)::bigint as abandoned,
    sum(redirected)::bigint as redirected,
    sum(answered_in_time)::bigint as answered_in_t,
    sum(abandoned_in_time)::bigint as abandoned_in_t,
    sum(short_abandons)::bigint as short_abandons,
    sum(answered_15)::bigint as answered_15,
    sum(wait_answered_seconds)::double as wait_answered_seconds
from quarters
group by
    by_interval,
    by_queue
having sum(offered) > 0
order by
    by_interval,
    by_queue;
