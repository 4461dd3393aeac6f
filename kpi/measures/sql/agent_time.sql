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
        unnest(marts.quarters_of(started_at, ended_at)) as interval_start
    from still
    where ended_at > started_at
),

pieces as (
    select
        extension,
        interval_start,
        state,
        marts.seconds_in_quarter(started_at, ended_at, interval_start) as seconds
    from quarters
    where ended_at > interval_start
),

ended as (
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
),

times as (
    select
        *,
        1 as quarters
    from ended
    union all
    select
        pieces.interval_start,
        pieces.extension,
        case when marts.is_contact(pieces.state) then pieces.seconds else 0 end as contact_seconds,
        case when marts.is_available(pieces.state) then pieces.seconds else 0 end as available_seconds,
        pieces.seconds as logged_in_seconds,
        case when ended.extension is null then 1 else 0 end as quarters
    from pieces
    left join ended on pieces.extension = ended.extension and pieces.interval_start = ended.interval_start
)

select
    case when $by_interval::boolean then times.interval_start end as by_interval,
    case when $by_agent::boolean then times.extension end as by_agent,
    case when $by_group::boolean then coalesce(agents.work_group, '') end as by_group,
    sum(times.contact_seconds)::double as contact_seconds,
    sum(times.available_seconds)::double as available_seconds,
    sum(times.logged_in_seconds)::double as logged_in_seconds,
    sum(times.quarters)::bigint as quarters
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
