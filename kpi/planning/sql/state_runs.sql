-- What adherence asks for over many shifts: runs of states that are the same to it, named by one of them.
-- ready: waits for calls (ready, ringing); talking: busy with one (talking, hold, wrap_up); offline: neither.
with sorts as (
    select
        extension,
        event_id,
        started_at,
        ended_at,
        case
            when marts.is_available(state) then 'ready'
            when marts.is_contact(state) then 'talking'
            else 'offline'
        end as sort
    from marts.fct_agent_states
    where
        started_at < $until::timestamp
        and (ended_at is null or ended_at > $since::timestamp)
        and ($extension::varchar is null or extension = $extension::varchar)
),

befores as (
    select
        *,
        lag(sort) over (partition by extension order by event_id) as sort_before,
        lag(ended_at) over (partition by extension order by event_id) as ended_before
    from sorts
),

begins as (
    select
        *,
        coalesce(sort <> sort_before or started_at <> ended_before, true) as is_first
    from befores
),

runs as (
    select
        *,
        count(*) filter (where is_first) over (partition by extension order by event_id) as run
    from begins
)

select
    extension,
    any_value(sort) as state,
    '' as reason,
    min(started_at) as started_at,
    case when bool_or(ended_at is null) then null else max(ended_at) end as ended_at
from runs
group by
    extension,
    run
order by
    extension,
    started_at;
