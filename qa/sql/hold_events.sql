-- When the recording of a call began, and what put it on hold and took it back.
select
    kind,
    happened_at,
    payload ->> 'segment_id' as segment_id,
    payload ->> 'by' as held_by
from raw.event_log
where
    id >= $first_id
    and call_id = $call_id
    and kind in ('recording_started', 'call_held', 'call_resumed', 'segment_ended', 'call_ended')
order by
    happened_at,
    id;
