-- One row per event of the orders at hand, payload as columns; n counts within the order: in order of the log, as the
-- office took the steps, whatever a clock was set to meanwhile; in order of time where facts came late, so that a step
-- does not begin where the one before it led. What a step changed of the order's head stands in changed. Text that is
-- no JSON changes nothing.
create or replace temp table stg_order_events as
with events as (
    select
        log.id,
        log.order_id,
        touched.order_first_id,
        log.happened_at,
        log.kind,
        json_transform(
            log.payload,
            '{
                "workflow": "VARCHAR", "workflow_version": "INTEGER", "channel": "VARCHAR", "category": "VARCHAR",
                "urgency": "VARCHAR", "district": "VARCHAR", "address": "VARCHAR", "longitude": "DOUBLE",
                "latitude": "DOUBLE", "site": "VARCHAR", "customer_id": "BIGINT", "caller": "VARCHAR",
                "from_call": "VARCHAR", "summary": "VARCHAR", "by": "VARCHAR", "demo": "BOOLEAN", "event": "VARCHAR",
                "from_state": "VARCHAR", "to_state": "VARCHAR", "role": "VARCHAR", "round": "INTEGER",
                "note": "VARCHAR", "assignee": "VARCHAR", "fields": "VARCHAR", "device_at": "DOUBLE",
                "clock": "VARCHAR", "state": "VARCHAR", "due_at": "DOUBLE", "limit_s": "DOUBLE",
                "undone": "BOOLEAN"
            }'
        ) as fact
    from raw.event_log as log
    inner join touched_orders as touched on log.order_id = touched.order_id
    where log.id >= $first_order_id and log.order_id is not null
),

steps as (
    select
        order_id,
        fact.from_state as from_state,
        lag(fact.to_state) over (partition by order_id order by id) as led_to
    from events
    where kind = 'order_stepped'
),

late as (
    select distinct order_id
    from steps
    where from_state <> led_to
)

select
    order_id,
    order_first_id,
    kind,
    happened_at,
    row_number() over (
        partition by order_id
        order by
            case when order_id in (select late.order_id from late) then happened_at end,
            id
    ) as n,
    fact.workflow as workflow,
    fact.workflow_version as workflow_version,
    fact.channel as channel,
    fact.category as category,
    fact.urgency as urgency,
    fact.district as district,
    fact.address as address,
    fact.longitude as longitude,
    fact.latitude as latitude,
    fact.site as site,
    fact.customer_id as customer_id,
    fact.caller as caller,
    fact.from_call as from_call,
    fact.summary as summary,
    fact."by" as done_by,
    fact.demo as demo,
    fact.event as event,
    fact.from_state as from_state,
    fact.to_state as to_state,
    fact.role as role,
    fact.round as round,
    fact.note as note,
    fact.assignee as assignee,
    fact.fields as fields,
    json_transform(
        case when json_valid(fact.fields) then fact.fields else '{}' end,
        '{
            "category": "VARCHAR", "urgency": "VARCHAR", "district": "VARCHAR", "address": "VARCHAR",
            "longitude": "DOUBLE", "latitude": "DOUBLE", "site": "VARCHAR", "summary": "VARCHAR", "due_at": "DOUBLE"
        }'
    ) as changed,
    marts.epoch_time(fact.device_at) as device_at,
    fact.clock as clock,
    fact.state as clock_state,
    marts.epoch_time(fact.due_at) as due_at,
    fact.limit_s as limit_s,
    coalesce(fact.undone, false) as undone
from events;
