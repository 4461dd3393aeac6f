delete from marts.fct_calls
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);

insert into marts.fct_calls
with parts as (
    select
        call_id,
        segment_no,
        segment_id,
        answered_at,
        ended_at,
        hold_seconds,
        -- Rung while another party had the call: a colleague who is asked, and speaks with the caller only from a
        -- three-way call or the asker's leaving on.
        max(case when answered_at is not null then ended_at end) over (
            partition by call_id order by segment_no rows between unbounded preceding and 1 preceding
        ) as before_ended_at,
        rang_at < coalesce(
            max(case when answered_at is not null then coalesce(ended_at, 'infinity'::timestamp) end) over (
                partition by call_id order by segment_no rows between unbounded preceding and 1 preceding
            ),
            '-infinity'::timestamp
        ) as asked
    from marts.fct_call_segments
    where call_first_id >= $first_id and call_id in (select call_id from touched_calls)
),

conferences as (
    select
        call_id,
        min(happened_at) as joined_at
    from stg_call_events
    where kind = 'conference_started'
    group by call_id
),

-- From when on each party spoke with the caller; null for who was only asked.
with_caller as (
    select
        parts.*,
        case
            when parts.answered_at is null then null
            when not parts.asked then parts.answered_at
            when
                conferences.joined_at >= parts.answered_at
                and conferences.joined_at < coalesce(parts.ended_at, 'infinity'::timestamp)
                then conferences.joined_at
            when parts.before_ended_at < coalesce(parts.ended_at, 'infinity'::timestamp)
                then greatest(parts.before_ended_at, parts.answered_at)
        end as from_at
    from parts
    left join conferences on parts.call_id = conferences.call_id
),

spoken as (
    select
        call_id,
        segment_no,
        segment_id,
        case when from_at = answered_at then hold_seconds else 0 end as held,
        marts.seconds_between(
            greatest(
                from_at,
                coalesce(
                    max(ended_at) over (
                        partition by call_id order by segment_no rows between unbounded preceding and 1 preceding
                    ),
                    from_at
                )
            ),
            ended_at
        ) as seconds
    from with_caller
    where from_at is not null
),

callers as (
    select
        call_id,
        -- Each second of the caller's once, however many speak; what was held is none.
        greatest(0, sum(greatest(seconds, 0)) - sum(held)) as caller_talk_seconds
    from spoken
    group by call_id
),

segments as (
    select
        own.call_id,
        count(*) as segments,
        arg_min(own.extension, own.segment_no) as first_extension,
        arg_max(own.extension, own.segment_no) as last_extension,
        arg_min(own.extension, own.segment_no) filter (where own.answered_at is not null) as first_answering,
        -- Of those who spoke with the caller: a colleague who was only asked has not taken the call.
        arg_max(own.extension, own.segment_no) filter (where spoken.call_id is not null) as last_answering,
        min(own.answered_at) as answered_at,
        sum(own.talk_seconds) as talk_seconds,
        sum(own.hold_seconds) as hold_seconds,
        sum(own.wrap_up_seconds) as wrap_up_seconds,
        arg_max(own.transfer_method, own.segment_no) as transferred,
        coalesce(
            arg_max(own.category, own.segment_no) filter (where spoken.call_id is not null),
            arg_max(own.category, own.segment_no)
        ) as category,
        coalesce(
            arg_max(own.note, own.segment_no) filter (where spoken.call_id is not null),
            arg_max(own.note, own.segment_no)
        ) as note
    from marts.fct_call_segments as own
    left join spoken on own.call_id = spoken.call_id and own.segment_no = spoken.segment_no
    where own.call_first_id >= $first_id and own.call_id in (select call_id from touched_calls)
    group by own.call_id
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
    -- Each caller once, whatever queues the call went through.
    case
        when visits.call_id is null or coalesce(calls.direction, 'inbound') <> 'inbound' then null
        when segments.answered_at is not null then 'answered'
        when visits.is_waiting then 'waiting'
        when visits.last_outcome = 'abandoned' then 'abandoned'
        else 'redirected'
    end as caller_outcome,
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
    case when caller_outcome <> 'waiting' then round(visits.caller_wait_seconds, 6) end as caller_wait_seconds,
    segments.talk_seconds,
    segments.hold_seconds,
    segments.wrap_up_seconds,
    round(callers.caller_talk_seconds, 6) as caller_talk_seconds,
    calls.recording_seconds,
    calls.arrived_at,
    visits.queue_entered_at,
    case when caller_outcome <> 'waiting' then visits.left_at end as caller_left_at,
    segments.answered_at,
    calls.ended_at,
    time_bucket(interval 15 minutes, calls.arrived_at) as interval_start,
    timezone($timezone, timezone('UTC', calls.arrived_at))::date as day
from calls
left join segments on calls.call_id = segments.call_id
left join visits on calls.call_id = visits.call_id
left join callers on calls.call_id = callers.call_id
left join ivr on calls.call_id = ivr.call_id;
