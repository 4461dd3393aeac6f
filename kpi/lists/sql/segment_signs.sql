-- Answered calls of callers, as their agents handled them, with what may be a sign of working for the score: talk of
-- less than 10 s; hung up by the agent; handed on in the last 10 minutes before the agent left work for an hour or
-- more. One row for each segment that is over.
with leaving as (
    select
        extension,
        started_at
    from marts.fct_agent_states
    where state = 'offline' and (ended_at is null or ended_at >= started_at + interval 1 hour)
)

select
    segments.call_id,
    segments.extension,
    segments.counted_at,
    segments.transfer_method is not null as transferred,
    coalesce(segments.talk_seconds < 10, false) as short_talk,
    coalesce(segments.reason = 'agent_hung_up', false) as agent_hung_up,
    segments.transfer_method is not null
    and coalesce(leaving.started_at < segments.ended_at + interval 10 minutes, false) as late_transfer
from marts.fct_call_segments as segments
asof left join leaving on segments.extension = leaving.extension and segments.ended_at <= leaving.started_at
where
    segments.direction = 'inbound'
    and segments.answered_at is not null
    and segments.ended_at is not null;
