-- Only where $of_segments is not 0: a call without facts of segments has none, and never had.
delete from marts.fct_call_segments
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);

insert into marts.fct_call_segments
with events as (
    select * from stg_call_events where segment_id is not null
),

-- Held as long as either side holds; each side's last word counts.
holding as (
    select
        call_id,
        segment_id,
        kind,
        happened_at,
        last_value(case when held_by = 'agent' then kind = 'call_held' end ignore nulls) over side as by_agent,
        last_value(case when held_by = 'caller' then kind = 'call_held' end ignore nulls) over side as by_caller,
        lead(happened_at) over (partition by call_id, segment_id order by n) as next_at
    from events
    where kind in ('call_held', 'call_resumed', 'segment_ended')
    window side as (partition by call_id, segment_id order by n rows unbounded preceding)
),

held as (
    select
        call_id,
        segment_id,
        sum(marts.seconds_between(happened_at, next_at)) as hold_seconds
    from holding
    where kind <> 'segment_ended' and (coalesce(by_agent, false) or coalesce(by_caller, false))
    group by
        call_id,
        segment_id
),

of_call as (
    select
        call_id,
        arg_min(direction, n) filter (where kind = 'call_arrived') as direction,
        bool_or(coalesce(demo, false)) as demo
    from stg_call_events
    group by call_id
),

segments as (
    select
        call_id,
        segment_id,
        min(n) as n,
        min(call_first_id) as call_first_id,
        arg_min(extension, n) filter (where extension is not null) as extension,
        arg_min(queue, n) filter (where queue is not null) as queue,
        arg_min(outcome, n) filter (where kind = 'ring_ended') as ring_outcome,
        arg_min(reason, n) filter (where kind = 'segment_ended') as reason,
        arg_max(method, n) filter (where kind = 'call_transferred') as transfer_method,
        arg_max(target, n) filter (where kind = 'call_transferred') as transfer_target,
        arg_max(category, n) filter (where kind in ('wrap_up_ended', 'call_noted') and category <> '') as category,
        arg_max(note, n) filter (where kind in ('wrap_up_ended', 'call_noted') and note <> '') as note,
        min(happened_at) as first_at,
        min(happened_at) filter (where kind = 'agent_rang') as rang_at,
        min(happened_at) filter (where kind = 'ring_ended') as ring_ended_at,
        min(happened_at) filter (where kind = 'call_answered') as answered_at,
        min(happened_at) filter (where kind = 'segment_ended') as ended_at,
        min(happened_at) filter (where kind = 'wrap_up_started') as wrap_up_started_at,
        min(happened_at) filter (where kind = 'wrap_up_ended') as wrap_up_ended_at
    from events
    group by
        call_id,
        segment_id
),

entries as (
    select
        call_id,
        queue,
        n,
        happened_at as entered_at,
        row_number() over (partition by call_id order by n) as entry_no
    from stg_call_events
    where kind = 'call_queued'
),

-- The entry that a segment belongs to: the last one before its phone rang, of the queue that rang it where one did. An
-- overflow leaves one queue and enters the next at the same moment.
belonging as (
    select
        segments.call_id,
        segments.segment_id,
        max(entries.entry_no) as entry_no,
        arg_max(entries.queue, entries.entry_no) as queue,
        arg_max(entries.entered_at, entries.entry_no) as entered_at
    from segments
    inner join entries
        on
            segments.call_id = entries.call_id
            and segments.n > entries.n
            and (segments.queue is null or segments.queue = entries.queue)
    group by
        segments.call_id,
        segments.segment_id
)

select
    segments.call_id,
    segments.segment_id,
    row_number() over (partition by segments.call_id order by segments.n) as segment_no,
    segments.call_first_id,
    segments.extension,
    segments.queue,
    belonging.entry_no,
    coalesce(segments.queue, belonging.queue) as counted_queue,
    segments.ring_outcome,
    segments.reason,
    segments.transfer_method,
    segments.transfer_target,
    of_call.direction,
    nullif(segments.category, '') as category,
    nullif(segments.note, '') as note,
    of_call.demo,
    marts.seconds_between(segments.rang_at, segments.ring_ended_at) as ring_seconds,
    greatest(
        marts.seconds_between(segments.answered_at, segments.ended_at) - coalesce(held.hold_seconds, 0),
        case when segments.answered_at is not null and segments.ended_at is not null then 0 end
    ) as talk_seconds,
    case when segments.answered_at is not null then coalesce(held.hold_seconds, 0) end as hold_seconds,
    marts.seconds_between(segments.wrap_up_started_at, segments.wrap_up_ended_at) as wrap_up_seconds,
    coalesce(segments.rang_at, segments.first_at) as rang_at,
    coalesce(belonging.entered_at, segments.rang_at, segments.first_at) as counted_at,
    segments.answered_at,
    coalesce(
        segments.ended_at, case when segments.ring_outcome <> 'answered' then segments.ring_ended_at end
    ) as ended_at,
    segments.wrap_up_ended_at,
    time_bucket(interval 15 minutes, coalesce(segments.rang_at, segments.first_at)) as interval_start,
    timezone($timezone, timezone('UTC', coalesce(segments.rang_at, segments.first_at)))::date as day
from segments
inner join of_call on segments.call_id = of_call.call_id
left join belonging on segments.call_id = belonging.call_id and segments.segment_id = belonging.segment_id
left join held on segments.call_id = held.call_id and segments.segment_id = held.segment_id;
