-- How often agents were ready, and how often for less than 10 s before they went on a break or offline: nobody can have
-- been rung in that time. By agent, of the stretches that begin in the period.
with stretches as (
    select
        extension,
        state,
        started_at,
        ended_at,
        lead(state) over (partition by extension order by event_id) as next_state
    from marts.fct_agent_states
    where
        started_at >= $from_at::timestamp
        and started_at < $until::timestamp + interval 1 hour
)

select
    extension as who,
    count(*) as base,
    count(*) filter (
        where ended_at < started_at + interval 10 seconds and next_state in ('break', 'offline')
    ) as counted
from stretches
where state = 'ready' and started_at < $until::timestamp
group by extension;
