-- Which calls and agents the new events are about, and from where on each must be read again.
create or replace temp table touched_calls as
with batch as (
    select
        call_id,
        min(id) as first_id
    from raw.event_log
    where id > $watermark and call_id is not null
    group by call_id
),

known as (
    select
        call_id,
        call_first_id
    from marts.fct_calls
    where call_id in (select call_id from batch)
)

select
    batch.call_id,
    least(batch.first_id, coalesce(known.call_first_id, batch.first_id)) as call_first_id
from batch
left join known on batch.call_id = known.call_id;

-- A late fact changes the stretch that it falls into: rebuild from the start of that one.
create or replace temp table touched_agents as
with batch as (
    select
        subject as extension,
        min(happened_at) as happened_at
    from raw.event_log
    where id > $watermark and kind = 'agent_state_changed'
    group by subject
)

select
    batch.extension,
    coalesce(max(states.started_at), batch.happened_at) as since
from batch
left join marts.fct_agent_states as states
    on batch.extension = states.extension and batch.happened_at >= states.started_at
group by
    batch.extension,
    batch.happened_at;
