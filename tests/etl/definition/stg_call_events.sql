-- One row per event of the calls at hand, payload as columns; n counts within the call in order of time, of the same
-- moment in order of the log. Where that leaves a queue that was not entered yet, a clock was set back: then the order
-- of the log holds.
create or replace temp table stg_call_events as
with events as (
    select
        log.id,
        log.call_id,
        touched.call_first_id,
        log.happened_at,
        log.kind,
        json_transform(
            log.payload,
            '{
                "segment_id": "VARCHAR", "extension": "VARCHAR", "queue": "VARCHAR", "outcome": "VARCHAR",
                "reason": "VARCHAR", "direction": "VARCHAR", "caller": "VARCHAR", "dialled": "VARCHAR",
                "trunk": "VARCHAR", "demo": "BOOLEAN", "order_id": "VARCHAR", "flow": "VARCHAR", "to": "VARCHAR",
                "by": "VARCHAR", "method": "VARCHAR", "target": "VARCHAR", "category": "VARCHAR", "note": "VARCHAR",
                "path": "VARCHAR", "seconds": "DOUBLE", "sip_status": "INTEGER"
            }'
        ) as fact
    from raw.event_log as log
    inner join touched_calls as touched on log.call_id = touched.call_id
    where log.id >= $first_id and log.call_id is not null
),

inside as (
    select
        call_id,
        sum(case kind when 'call_queued' then 1 else -1 end)
            over (partition by call_id order by happened_at, id rows unbounded preceding) as queues
    from events
    where kind in ('call_queued', 'queue_left')
),

set_back as (
    select distinct call_id
    from inside
    where queues < 0
)

select
    call_id,
    call_first_id,
    kind,
    happened_at,
    row_number() over (
        partition by call_id
        order by
            case when call_id in (select set_back.call_id from set_back) then id end,
            happened_at,
            id
    ) as n,
    fact.segment_id as segment_id,
    fact.extension as extension,
    fact.queue as queue,
    fact.outcome as outcome,
    fact.reason as reason,
    fact.direction as direction,
    -- Facts of before callers had one form; nobody is nobody.
    case when fact.caller = 'anonymous' then '' else fact.caller end as caller,
    fact.dialled as dialled,
    fact.trunk as trunk,
    fact.demo as demo,
    fact.order_id as order_id,
    fact.flow as flow,
    fact."to" as sent_to,
    fact."by" as held_by,
    fact.method as method,
    fact.target as target,
    fact.category as category,
    fact.note as note,
    fact.path as path,
    fact.seconds as seconds,
    fact.sip_status as sip_status
from events;
