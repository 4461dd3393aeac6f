-- From where on agents' quarters are counted again, and how many facts and agents ask for it.
select
    time_bucket(
        interval 15 minutes,
        least((select min(happened_at) from stg_call_events), (select min(since) from touched_agents))
    ) as agents_from,
    (select count(*) from touched_agents) + (select count(segment_id) from stg_call_events) as of_agents;
