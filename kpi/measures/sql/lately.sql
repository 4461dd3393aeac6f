-- Waits that ended after $since, up to $until, by queue; the row without a queue is the house, as in today.sql.
with ended as (
    select
        queue,
        queue as judged_by,
        outcome,
        wait_seconds
    from marts.fct_queue_visits
    where left_at > $since::timestamp and left_at <= $until::timestamp and direction = 'inbound'
    union all
    select
        null as queue,
        first_queue as judged_by,
        caller_outcome as outcome,
        caller_wait_seconds as wait_seconds
    from marts.fct_calls
    where caller_left_at > $since::timestamp and caller_left_at <= $until::timestamp
),

judged as (
    select
        ended.queue,
        ended.outcome,
        ended.wait_seconds,
        marts.is_within(ended.wait_seconds, marts.threshold_s(queues.service_level_s)) as in_t,
        marts.is_within(ended.wait_seconds, marts.short_wait_s()) as short
    from ended
    left join marts.dim_queue as queues on ended.judged_by = queues.queue
)

select
    queue,
    count(*) filter (where outcome = 'answered') as answered,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'redirected') as redirected,
    count(*) filter (where outcome = 'answered' and in_t) as answered_in_t,
    count(*) filter (where outcome = 'abandoned' and in_t) as abandoned_in_t,
    count(*) filter (where outcome = 'abandoned' and short) as short_abandons,
    coalesce(sum(wait_seconds) filter (where outcome = 'answered'), 0) as wait_answered_seconds
from judged
group by queue;
