-- Agents' time in states, cut at the quarters. A state that has not ended yet counts in the quarters that it has
-- covered by now; once ended it is in the mart, with the same seconds. A quarter is in the sample when the agent was
-- logged in during it.
with still as (
    select
        extension,
        state,
        greatest(started_at, $from_at::timestamp) as started_at,
        least($until::timestamp, $at::timestamp) as ended_at
    from marts.fct_agent_states
    where
        ended_at is null
        and state <> 'offline'
        and started_at < least($until::timestamp, $at::timestamp)
        and ($own::varchar is null or extension = $own::varchar)
),

quarters as (
    select
        *,
        unnest(generate_series(
            time_bucket(interval 15 minutes, started_at), ended_at, interval 15 minutes
        )) as interval_start
    from still
    where ended_at > started_at
),

pieces as (
    select
        extension,
        interval_start,
        state,
        marts.seconds_between(
            greatest(started_at, interval_start), least(ended_at, interval_start + interval 15 minutes)
        ) as seconds
    from quarters
    where ended_at > interval_start
),

times as (
    select
        interval_start,
        extension,
        contact_seconds,
        available_seconds,
        logged_in_seconds
    from marts.agg_agent_interval
    where
        interval_start >= $from_at::timestamp
        and interval_start < $until::timestamp
        and logged_in_seconds > 0
        and ($own::varchar is null or extension = $own::varchar)
    union all
    select
        interval_start,
        extension,
        case when state in ('talking', 'hold', 'wrap_up') then seconds else 0 end as contact_seconds,
        case when state in ('ready', 'ringing') then seconds else 0 end as available_seconds,
        seconds as logged_in_seconds
    from pieces
)

select
    case when $by_interval::boolean then times.interval_start end as by_interval,
    case when $by_agent::boolean then times.extension end as by_agent,
    case when $by_group::boolean then coalesce(agents.work_group, '') end as by_group,
    sum(times.contact_seconds)::double as contact_seconds,
    sum(times.available_seconds)::double as available_seconds,
    sum(times.logged_in_seconds)::double as logged_in_seconds,
    count(distinct concat_ws(' ', times.extension, times.interval_start)) as quarters
from times
left join marts.dim_agent as agents on times.extension = agents.extension
group by
    by_interval,
    by_agent,
    by_group
order by
    by_interval,
    by_agent,
    by_group;
