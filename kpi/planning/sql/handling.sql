-- Handling of answered calls and waits of all, by queue: sums, so that means are ratios of sums.
select
    queue,
    sum(answered)::bigint as answered,
    sum(talk_seconds)::double as talk_seconds,
    sum(hold_seconds)::double as hold_seconds,
    sum(wrap_up_seconds)::double as wrap_up_seconds,
    sum(abandoned)::bigint as abandoned,
    sum(wait_answered_seconds + wait_abandoned_seconds)::double as wait_seconds
from marts.agg_queue_interval
where
    interval_start >= $since::timestamp
    and interval_start < $until::timestamp
group by queue;
