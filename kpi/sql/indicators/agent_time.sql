-- Agents' time in states, cut at the quarters; a stretch that has not ended is not in yet. A quarter is in the sample
-- when the agent was logged in during it.
select
    case when $by_interval::boolean then times.interval_start end as by_interval,
    case when $by_agent::boolean then times.extension end as by_agent,
    case when $by_group::boolean then coalesce(agents.work_group, '') end as by_group,
    sum(times.contact_seconds)::double as contact_seconds,
    sum(times.available_seconds)::double as available_seconds,
    sum(times.logged_in_seconds)::double as logged_in_seconds,
    count(*) as quarters
from marts.agg_agent_interval as times
left join marts.dim_agent as agents on times.extension = agents.extension
where
    times.interval_start >= $from_at::timestamp
    and times.interval_start < $until::timestamp
    and times.logged_in_seconds > 0
    and ($own::varchar is null or times.extension = $own::varchar)
group by
    by_interval,
    by_agent,
    by_group
order by
    by_interval,
    by_agent,
    by_group;
