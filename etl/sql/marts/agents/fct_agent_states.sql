-- The stretch that the first new fact ends.
create or replace temp table states_before as
select
    states.extension,
    states.event_id,
    states.state,
    states.reason,
    states.call_id,
    states.started_at
from marts.fct_agent_states as states
inner join touched_agents on states.extension = touched_agents.extension and states.event_id = touched_agents.first_id
where states.event_id >= $first_state_id;

delete from marts.fct_agent_states
using touched_agents
where
    fct_agent_states.event_id >= $first_state_id
    and fct_agent_states.extension = touched_agents.extension
    and fct_agent_states.event_id >= touched_agents.first_id;

-- In order of the log: it tells what came after what, also when the clock has been set back meanwhile. What was left
-- before it began, by such a clock, has no length: no time is made up, and none is taken for another state's.
insert into marts.fct_agent_states
with told as (
    select
        subject as extension,
        id as event_id,
        happened_at as started_at,
        json_transform(payload, '{"state": "VARCHAR", "reason": "VARCHAR", "during_call": "VARCHAR"}') as fact
    from raw.event_log
    where id > $watermark and kind = 'agent_state_changed'
),

changes as (
    select * from states_before
    union all
    select
        extension,
        event_id,
        fact.state as state,
        coalesce(fact.reason, '') as reason,
        fact.during_call as call_id,
        started_at
    from told
),

stretches as (
    select
        *,
        lead(started_at) over in_order as ended_at,
        lead(event_id) over in_order as next_id
    from changes
    window in_order as (partition by extension order by event_id)
)

select
    extension,
    event_id,
    next_id,
    state,
    reason,
    call_id,
    started_at,
    ended_at,
    timezone($timezone, timezone('UTC', started_at))::date as day
from stretches
-- A state left in the moment it was entered, or before, is none.
where ended_at is null or ended_at > started_at;
