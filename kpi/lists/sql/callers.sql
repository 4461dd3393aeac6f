-- Calls that came into a queue, each caller once with all that was waited, judged by the first queue's threshold.
select
    calls.* replace (
        case calls.caller_outcome when 'waiting' then 'in_progress' else calls.caller_outcome end as outcome,
        calls.caller_wait_seconds as wait_seconds
    ),
    1 as visit_no,
    calls.last_queue as queue,
    calls.caller_outcome as entry_outcome,
    calls.queue_entered_at as entered_at,
    calls.caller_left_at as left_at,
    calls.caller_outcome = 'answered'
    and marts.is_within(calls.caller_wait_seconds, marts.threshold_s(queues.service_level_s)) as in_time,
    calls.caller_outcome = 'abandoned' and marts.is_within(calls.caller_wait_seconds, marts.short_wait_s()) as short
from marts.fct_calls as calls
left join marts.dim_queue as queues on calls.first_queue = queues.queue
where calls.caller_outcome is not null;
