-- What the indicators of queues count, one row each: an entry into a queue, or with $level 'caller' a caller.
with waits as (
    select
        call_id as item,
        visit_no as part,
        queue,
        queue as judged_by,
        entered_at,
        outcome,
        wait_seconds
    from marts.fct_queue_visits
    where
        $level::varchar = 'entry'
        and direction = 'inbound'
        and entered_at >= $from_at::timestamp
        and entered_at < $until::timestamp
    union all
    select
        call_id as item,
        null as part,
        last_queue as queue,
        first_queue as judged_by,
        queue_entered_at as entered_at,
        caller_outcome as outcome,
        caller_wait_seconds as wait_seconds
    from marts.fct_calls
    where
        $level::varchar = 'caller'
        and caller_outcome is not null
        and queue_entered_at >= $from_at::timestamp
        and queue_entered_at < $until::timestamp
),

timed as (
    select
        waits.*,
        marts.is_within(
            waits.wait_seconds, coalesce($threshold::integer, marts.threshold_s(queues.service_level_s))
        ) as in_t
    from waits
    left join marts.dim_queue as queues on waits.judged_by = queues.queue
    where waits.outcome <> 'waiting'
)

select
    item,
    part,
    queue as by_queue,
    entered_at as happened_at,
    outcome,
    wait_seconds,
    (outcome = 'answered')::integer as answered,
    (outcome = 'abandoned')::integer as abandoned,
    (outcome = 'redirected')::integer as redirected,
    (outcome = 'answered' and in_t)::integer as answered_in_t,
    (outcome = 'abandoned' and in_t)::integer as abandoned_in_t,
    (outcome = 'abandoned' and marts.is_within(wait_seconds, marts.short_wait_s()))::integer as short_abandons,
    (outcome = 'answered' and marts.is_within(wait_seconds, 15))::integer as answered_15,
    case when outcome = 'answered' then wait_seconds else 0 end as wait_answered_seconds
from timed;
