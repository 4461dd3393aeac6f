-- Where the stretches and segments about to be replaced stand in the agents' quarters.
create or replace temp table touched_agent_intervals as
select
    extension,
    time_bucket(interval 15 minutes, since) as since
from touched_agents
union all
select
    extension,
    interval_start as since
from marts.fct_call_segments
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);
