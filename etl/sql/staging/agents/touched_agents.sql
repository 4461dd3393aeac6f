-- Which agents the new events are about: from which fact on their stretches are worked out anew, and from what time on
-- their quarters. Stretches follow each other in order of the log, so that it is the one before the first new fact.
create or replace temp table touched_agents as
with batch as (
    select
        subject as extension,
        min(id) as first_id,
        min(happened_at) as happened_at
    from raw.event_log
    where id > $watermark and kind = 'agent_state_changed'
    group by subject
)

select
    batch.extension,
    coalesce(max(states.event_id), batch.first_id) as first_id,
    least(batch.happened_at, arg_max(states.started_at, states.event_id)) as since
from batch
left join marts.fct_agent_states as states
    on
        batch.extension = states.extension
        and batch.first_id > states.event_id
        and (states.next_id is null or states.next_id > $watermark)
group by
    batch.extension,
    batch.first_id,
    batch.happened_at;
