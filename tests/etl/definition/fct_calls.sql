delete from marts.fct_calls
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);

insert into marts.fct_calls
with transfers as (
    select
        own.call_id,
        own.segment_no,
        min(told.happened_at) as given_at
    from stg_call_events as told
    inner join marts.fct_call_segments as own
        on told.call_id = own.call_id and told.segment_id = own.segment_id and told.extension <> own.extension
    where told.kind = 'call_transferred' and own.call_first_id >= $first_id
    group by
        own.call_id,
        own.segment_no
),

parts as (
    select
        own.call_id,
        own.segment_no,
        own.segment_id,
        own.answered_at,
        own.rang_at,
        -- Until when it was the other party: somebody who had placed the call and gives it away leaves the one that was
        -- called in the place of the first party.
        least(coalesce(own.ended_at, 'infinity'::timestamp), transfers.given_at) as until
    from marts.fct_call_segments as own
    left join transfers on own.call_id = transfers.call_id and own.segment_no = transfers.segment_no
    where own.call_first_id >= $first_id and own.call_id in (select call_id from touched_calls)
),

chained as (
    select
        *,
        max(case when answered_at is not null then until end) over (
            partition by call_id order by segment_no rows between unbounded preceding and 1 preceding
        ) as before_until
    from parts
),

conferences as (
    select
        chained.call_id,
        chained.segment_no,
        min(joined.happened_at) as joined_at
    from chained
    inner join stg_call_events as joined
        on
            chained.call_id = joined.call_id
            and chained.answered_at <= joined.happened_at
            and chained.until > joined.happened_at
    where joined.kind = 'conference_started'
    group by
        chained.call_id,
        chained.segment_no
),

-- From when on each party spoke with the caller. One rung while another had the call is a colleague who is asked, and
-- speaks with the caller only from a three-way call or the asker's leaving on, or never (null).
joining as (
    select
        chained.call_id,
        chained.segment_no,
        chained.segment_id,
        chained.until,
        case
            when chained.answered_at is null then null
            when coalesce(chained.rang_at >= chained.before_until, true) then chained.answered_at
            -- The sooner of the two; least() passes over what is unknown.
            else least(
                conferences.joined_at,
                case
                    when chained.before_until < chained.until then greatest(chained.before_until, chained.answered_at)
                end
            )
        end as from_at
    from chained
    left join conferences on chained.call_id = conferences.call_id and chained.segment_no = conferences.segment_no
),

-- Whose the call was: who took it, and whoever still had it when all before had gone. The last of them has finished it.
spoken as (
    select
        *,
        coalesce(until > max(until) over (
            partition by call_id order by segment_no rows between unbounded preceding and 1 preceding
        ), true) as is_holder
    from joining
    where from_at is not null
),

holds as (
    select
        call_id,
        segment_id,
        held_by,
        kind,
        happened_at as from_at,
        coalesce(
            lead(happened_at) over (partition by call_id, segment_id, held_by order by n), 'infinity'::timestamp
        ) as until
    from stg_call_events
    where kind in ('call_held', 'call_resumed')
),

-- Stretches of each party with the caller, and of holds among them: an agent's takes that agent out, the caller's all.
stretches as (
    select
        call_id,
        from_at,
        until,
        1 as parties,
        0 as caller_holds
    from spoken
    union all
    select
        holds.call_id,
        greatest(holds.from_at, spoken.from_at) as from_at,
        least(holds.until, spoken.until) as until,
        case when holds.held_by = 'caller' then 0 else -1 end as parties,
        case when holds.held_by = 'caller' then 1 else 0 end as caller_holds
    from holds
    inner join spoken on holds.call_id = spoken.call_id and holds.segment_id = spoken.segment_id
    where holds.kind = 'call_held'
),

edges as (
    select
        call_id,
        from_at as edge_at,
        parties,
        caller_holds
    from stretches
    where from_at < until
    union all
    select
        call_id,
        until as edge_at,
        -parties as parties,
        -caller_holds as caller_holds
    from stretches
    where from_at < until
),

pieces as (
    select
        call_id,
        edge_at,
        lead(edge_at) over in_time as next_at,
        sum(sum(parties)) over in_time as parties,
        sum(sum(caller_holds)) over in_time as caller_holds
    from edges
    group by
        call_id,
        edge_at
    window in_time as (partition by call_id order by edge_at)
),

callers as (
    select
        call_id,
        -- Each second of the caller's once, however many speak.
        coalesce(sum(marts.seconds_between(edge_at, next_at)) filter (
            where parties > 0 and caller_holds = 0 and next_at < 'infinity'
        ), 0) as talk_seconds,
        max(edge_at) filter (where parties > 0 and caller_holds = 0 and next_at = 'infinity') as talking_since
    from pieces
    group by call_id
),

segments as (
    select
        own.call_id,
        count(*) as segments,
        arg_min(own.extension, own.segment_no) as first_extension,
        arg_max(own.extension, own.segment_no) as last_extension,
        arg_min(own.extension, own.segment_no) filter (where own.answered_at is not null) as first_answering,
        arg_max(own.extension, own.segment_no) filter (where spoken.is_holder) as last_answering,
        min(own.answered_at) as answered_at,
        sum(own.talk_seconds) as talk_seconds,
        sum(own.hold_seconds) as hold_seconds,
        sum(own.wrap_up_seconds) as wrap_up_seconds,
        arg_max(own.transfer_method, own.segment_no) as transferred,
        -- Of whose the call was, else of who placed it; what a colleague noted who was asked is that colleague's.
        coalesce(
            arg_max(own.category, own.segment_no) filter (where spoken.is_holder),
            arg_max(own.category, own.segment_no) filter (where own.answered_at is null)
        ) as category,
        coalesce(
            arg_max_null(own.note, own.segment_no) filter (
                where spoken.is_holder and coalesce(own.category, own.note) is not null
            ),
            arg_max(own.note, own.segment_no) filter (where own.answered_at is null)
        ) as note
    from marts.fct_call_segments as own
    left join spoken on own.call_id = spoken.call_id and own.segment_no = spoken.segment_no
    where own.call_first_id >= $first_id and own.call_id in (select call_id from touched_calls)
    group by own.call_id
),

-- The caller's way to an answer: the queues entered before it, none where a phone was rung straight away.
ways as (
    select
        *,
        count(*) filter (where kind = 'call_queued') over in_order as visit_no,
        count(*) filter (where kind = 'call_answered') over in_order > 0 as is_answered
    from stg_call_events
    where kind in ('call_queued', 'call_answered')
    window in_order as (partition by call_id order by n rows unbounded preceding)
),

entries as (
    select
        visits.*,
        not ways.is_answered as is_on_the_way
    from marts.fct_queue_visits as visits
    inner join ways on visits.call_id = ways.call_id and visits.visit_no = ways.visit_no and ways.kind = 'call_queued'
    where visits.call_first_id >= $first_id and visits.call_id in (select call_id from touched_calls)
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
        coalesce(sum(wait_seconds) filter (where is_on_the_way), 0) as caller_wait_seconds,
        arg_max(left_at, visit_no) filter (where is_on_the_way) as left_at
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
    case
        when segments.answered_at is not null then round(coalesce(callers.talk_seconds, 0), 6)
    end as caller_talk_seconds,
    calls.recording_seconds,
    calls.arrived_at,
    visits.queue_entered_at,
    case when caller_outcome <> 'waiting' then coalesce(visits.left_at, segments.answered_at) end as caller_left_at,
    segments.answered_at,
    callers.talking_since,
    calls.ended_at,
    time_bucket(interval 15 minutes, calls.arrived_at) as interval_start,
    timezone($timezone, timezone('UTC', calls.arrived_at))::date as day
from calls
left join segments on calls.call_id = segments.call_id
left join visits on calls.call_id = visits.call_id
left join callers on calls.call_id = callers.call_id
left join ivr on calls.call_id = ivr.call_id;
