delete from marts.fct_agent_states
using touched_agents
where
    fct_agent_states.extension = touched_agents.extension
    and fct_agent_states.started_at >= touched_agents.since;

insert into marts.fct_agent_states
with changes as (
    select
        log.subject as extension,
        json_transform(log.payload, '{"state": "VARCHAR", "reason": "VARCHAR", "during_call": "VARCHAR"}') as fact,
        log.happened_at as started_at,
        lead(log.happened_at) over (partition by log.subject order by log.happened_at, log.id) as ended_at
    from raw.event_log as log
    inner join touched_agents on log.subject = touched_agents.extension and log.happened_at >= touched_agents.since
    where log.kind = 'agent_state_changed' and log.happened_at >= $since
)

select
    extension,
    fact.state as state,
    coalesce(fact.reason, '') as reason,
    fact.during_call as call_id,
    started_at,
    ended_at,
    timezone($timezone, timezone('UTC', started_at))::date as day
from changes
-- A state left in the moment it was entered is none.
where ended_at is null or ended_at > started_at;
