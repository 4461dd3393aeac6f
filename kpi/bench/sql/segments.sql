-- Each call has one segment; one of twelve was handed on.
insert into marts.fct_call_segments by name
select
    call_id,
    call_id || '-0' as segment_id,
    0 as segment_no,
    call_first_id,
    first_extension as extension,
    first_queue as queue,
    1 as entry_no,
    first_queue as counted_queue,
    'answered' as ring_outcome,
    end_reason as reason,
    case when hash(call_id) % 12 = 0 then case when hash(call_id) % 24 = 0 then 'blind' else 'attended' end end
        as transfer_method,
    direction,
    category,
    demo,
    talk_seconds,
    hold_seconds,
    wrap_up_seconds,
    arrived_at as rang_at,
    queue_entered_at as counted_at,
    answered_at,
    ended_at,
    interval_start,
    day
from marts.fct_calls;
