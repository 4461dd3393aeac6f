-- Numbers that gave up waiting in the period, each once by its last time, and those that the house called back within
-- $number minutes. Who got through before that, on whichever line, is not asked for; nor is who has not waited so long
-- yet. What counts is when somebody answered, not when the call began. With $each every number has a row of its own.
-- A call is over, and a clock right again, within a day or two: what lies further from the period is not looked at.
with lost as (
    select
        calls.caller,
        case when $by_queue::boolean then calls.last_queue end as by_queue,
        max(calls.ended_at) as lost_at
    from marts.fct_calls as calls
    where
        calls.direction = 'inbound'
        and calls.outcome = 'abandoned'
        and calls.caller <> ''
        and calls.arrived_at >= $from_at::timestamp
        and calls.arrived_at < $until::timestamp
        and calls.ended_at <= $at::timestamp - to_minutes($number::integer)
    group by
        calls.caller,
        by_queue
),

-- Calls of the house that somebody answered at the other end. Imported ones know the agent only.
got_through as (
    select
        calls.dialled,
        calls.arrived_at,
        coalesce(
            min(segments.answered_at) filter (where segments.extension = calls.dialled), min(segments.answered_at)
        ) as answered_at
    from marts.fct_calls as calls
    inner join marts.fct_call_segments as segments on calls.call_id = segments.call_id
    where
        calls.direction = 'outbound'
        and calls.arrived_at >= $from_at::timestamp - interval 1 day
        and calls.arrived_at < $until::timestamp + interval 2 days + to_minutes($number::integer)
        and segments.interval_start >= $from_at::timestamp - interval 2 days
        and segments.interval_start < $until::timestamp + interval 4 days + to_minutes($number::integer)
    group by
        calls.call_id,
        calls.dialled,
        calls.arrived_at
    having
        bool_or(segments.extension = calls.dialled and segments.answered_at is not null)
        or (bool_or(segments.answered_at is not null) and not bool_or(segments.extension = calls.dialled))
),

called as (
    select
        lost.caller,
        lost.by_queue,
        lost.lost_at,
        min(later.arrived_at) as called_at
    from lost
    left join got_through as later
        on
            lost.caller = later.dialled
            and lost.lost_at <= later.answered_at
            and lost.lost_at >= later.arrived_at - to_minutes($number::integer)
    group by
        lost.caller,
        lost.by_queue,
        lost.lost_at
),

helped as (
    select distinct
        called.caller,
        called.by_queue
    from called
    inner join marts.fct_calls as later
        on
            called.caller = later.caller
            and later.direction = 'inbound'
            and called.lost_at <= coalesce(later.ended_at, 'infinity'::timestamp)
            and coalesce(called.called_at, called.lost_at + to_minutes($number::integer)) >= later.answered_at
            and later.arrived_at >= $from_at::timestamp - interval 1 day
            and later.arrived_at < $until::timestamp + interval 2 days + to_minutes($number::integer)
)

select
    called.by_queue,
    case when $each::boolean then called.caller end as item,
    case when $each::boolean then called.lost_at end as happened_at,
    count(*) as lost,
    count(called.called_at) as called_back
from called
left join helped on called.caller = helped.caller and called.by_queue is not distinct from helped.by_queue
where helped.caller is null
group by
    called.by_queue,
    item,
    happened_at
order by called.by_queue;
