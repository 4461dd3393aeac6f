-- Since when the house writes calls and states down, null before the first.
select
    (select min(interval_start) from marts.agg_queue_interval) as calls_from,
    (select min(started_at) from marts.fct_agent_states) as states_from;
