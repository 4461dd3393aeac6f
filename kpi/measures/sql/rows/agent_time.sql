-- Stretches of agents' states that touch the period, cut at its borders; the open one goes on until now.
with stretches as (
    select
        states.extension,
        states.state,
        states.reason,
        coalesce(agents.work_group, '') as work_group,
        greatest(states.started_at, $from_at::timestamp) as started_at,
        least(coalesce(states.ended_at, $at::timestamp), $until::timestamp, $at::timestamp) as ended_at
    from marts.fct_agent_states as states
    left join marts.dim_agent as agents on states.extension = agents.extension
    where
        states.state <> 'offline'
        and states.started_at < least($until::timestamp, $at::timestamp)
        and (states.ended_at is null or states.ended_at > $from_at::timestamp)
        and ($own::varchar is null or states.extension = $own::varchar)
)

select
    extension as item,
    extension as by_agent,
    work_group as by_group,
    started_at as happened_at,
    ended_at,
    state,
    reason,
    case
        when marts.is_contact(state) then marts.seconds_between(started_at, ended_at) else 0
    end as contact_seconds,
    case
        when marts.is_available(state) then marts.seconds_between(started_at, ended_at) else 0
    end as available_seconds,
    marts.seconds_between(started_at, ended_at) as logged_in_seconds
from stretches
where ended_at > started_at;
