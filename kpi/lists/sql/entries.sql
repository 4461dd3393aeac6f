-- Entries into queues as lists count them, each by its own queue's threshold.
select
    visits.call_id,
    visits.call_first_id,
    visits.visit_no,
    visits.queue,
    visits.extension,
    visits.direction,
    visits.wait_seconds,
    visits.talk_seconds,
    visits.hold_seconds,
    visits.wrap_up_seconds,
    visits.entered_at,
    visits.left_at,
    visits.outcome as entry_outcome,
    case visits.outcome when 'waiting' then 'in_progress' else visits.outcome end as outcome,
    visits.outcome = 'answered'
    and marts.is_within(visits.wait_seconds, marts.threshold_s(queues.service_level_s)) as in_time,
    visits.outcome = 'abandoned' and marts.is_within(visits.wait_seconds, marts.short_wait_s()) as short
from marts.fct_queue_visits as visits
left join marts.dim_queue as queues on visits.queue = queues.queue;
