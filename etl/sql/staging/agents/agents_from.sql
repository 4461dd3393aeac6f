-- From where on agents' quarters are counted again, and how many facts and agents ask for it.
select
    least($calls_from::timestamp, time_bucket(interval 15 minutes, min(since))) as agents_from,
    count(*) + $of_segments as of_agents
from touched_agents;
