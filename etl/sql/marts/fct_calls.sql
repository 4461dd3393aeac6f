delete from marts.fct_calls
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);

insert into marts.fct_calls
with segments as (
    select
        call_id,
        count(*) as segments,
        arg_min(extension, segment_no) as first_extension,
        arg_max(extension, segment_no) as last_extension,
        arg_min(extension, segment_no) filter (where answered_at is not null) as first_answering,
        arg_max(extension, segment_no) filter (where answered_at is not null) as last_answering,
        min(answered_at) as answered_at,
        sum(talk_seconds) as talk_seconds,
        sum(hold_seconds) as hold_seconds,
        sum(wrap_up_seconds) as wrap_up_seconds,
        arg_max(transfer_method, segment_no) as transferred,
        arg_max(category, segment_no) as category,
        arg_max(note, segment_no) as note
    from marts.fct_call_segments
    where call_first_id >= $first_id and call_id in (select call_id from touched_calls)
    group by call_id
),

entries as (
    select
        *,
        -- The caller's way to an answer ends with the first entry that was answered.
        min(visit_no) filter (where outcome = 'answered') over (partition by call_id) as last_no
    from marts.fct_queue_visits
    where call_first_id >= $first_id and call_id in (select call_id from touched_calls)
),

visits as (
    select
        call_id,
        arg_min(queue, visit_no) as first_queue,
        arg_max(queue, visit_no) as last_queue,
        arg_max(outcome, visit_no) as last_outcome,
        min(entered_at) as queue_entered_at,
        sum(wait_seconds) as wait_seconds,
        bool_or(outcome = 'waiting') as is_waiting,
        sum(wait_seconds) filter (where visit_no <= coalesce(last_no, visit_no)) as caller_wait_seconds,
        arg_max(left_at, visit_no) filter (where visit_no <= coalesce(last_no, visit_no)) as left_at
    from entries
    group by call_id
),

-- From the flow's beginning until a queue, a phone or the end takes over.
in_flow as (
    select
        call_id,
        kind,
        marts.seconds_between(happened_at, lead(happened_at) over (partition by call_id order by n)) as seconds
    from stg_call_events
    where kind in ('flow_entered', 'call_queued', 'agent_rang', 'call_ended')
),

ivr as (
    select
        call_id,
        sum(seconds) as ivr_seconds
    from in_flow
    where kind = 'flow_entered'
    group by call_id
),

calls as (
    select
        call_id,
        min(call_first_id) as call_first_id,
        arg_min(direction, n) filter (where kind = 'call_arrived') as direction,
        arg_min(caller, n) filter (where kind = 'call_arrived') as caller,
        arg_min(dialled, n) filter (where kind = 'call_arrived') as dialled,
        arg_min(trunk, n) filter (where kind = 'call_arrived') as trunk,
        arg_min(order_id, n) filter (where kind = 'call_arrived') as order_id,
        bool_or(coalesce(demo, false)) as demo,
        arg_min(flow, n) filter (where kind = 'flow_entered') as flow,
        arg_min(reason, n) filter (where kind = 'call_ended') as end_reason,
        arg_min(sip_status, n) filter (where kind = 'call_ended') as sip_status,
        arg_max(path, n) filter (where kind in ('recording_started', 'recording_saved')) as recording_path,
        arg_max(seconds, n) filter (where kind = 'recording_saved') as recording_seconds,
        coalesce(min(happened_at) filter (where kind = 'call_arrived'), min(happened_at)) as arrived_at,
        min(happened_at) filter (where kind = 'call_ended') as ended_at
    from stg_call_events
    group by call_id
),

named as (
    select
        calls.*,
        -- Each caller once, whatever queues the call went through.
        case
            when visits.call_id is null or coalesce(calls.direction, 'inbound') <> 'inbound' then null
            when segments.answered_at is not null then 'answered'
            when visits.is_waiting then 'waiting'
            when visits.last_outcome = 'abandoned' then 'abandoned'
            else 'redirected'
        end as caller_outcome
    from calls
    left join segments on calls.call_id = segments.call_id
    left join visits on calls.call_id = visits.call_id
)

select
    calls.call_id,
    calls.call_first_id,
    calls.direction,
    calls.caller,
    calls.dialled,
    calls.trunk,
    calls.flow,
    visits.first_queue,
    visits.last_queue,
    coalesce(segments.first_answering, segments.first_extension) as first_extension,
    coalesce(segments.last_answering, segments.last_extension) as last_extension,
    case
        when segments.answered_at is not null then 'answered'
        when calls.ended_at is null then 'in_progress'
        when visits.last_outcome = 'abandoned' then 'abandoned'
        when visits.last_outcome is not null then 'redirected'
        when calls.end_reason = 'rejected' then 'rejected'
        when calls.flow is not null then 'ivr_only'
        else 'not_answered'
    end as outcome,
    calls.caller_outcome,
    calls.end_reason,
    calls.sip_status,
    segments.transferred,
    segments.category,
    segments.note,
    calls.recording_path,
    calls.order_id,
    calls.demo,
    coalesce(segments.segments, 0) as segments,
    ivr.ivr_seconds,
    visits.wait_seconds,
    -- Seconds that are sums of seconds: whole ones stay whole.
    case when calls.caller_outcome <> 'waiting' then round(visits.caller_wait_seconds, 6) end as caller_wait_seconds,
    segments.talk_seconds,
    segments.hold_seconds,
    segments.wrap_up_seconds,
    calls.recording_seconds,
    calls.arrived_at,
    visits.queue_entered_at,
    case when calls.caller_outcome <> 'waiting' then visits.left_at end as caller_left_at,
    segments.answered_at,
    calls.ended_at,
    time_bucket(interval 15 minutes, calls.arrived_at) as interval_start,
    timezone($timezone, timezone('UTC', calls.arrived_at))::date as day
from named as calls
left join segments on calls.call_id = segments.call_id
left join visits on calls.call_id = visits.call_id
left join ivr on calls.call_id = ivr.call_id;
