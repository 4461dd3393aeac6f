-- Stretches of states that touch the period, of one agent or of all; the open one has no end.
select
    extension,
    state,
    reason,
    started_at,
    ended_at
from marts.fct_agent_states
where
    started_at < $until::timestamp
    and (ended_at is null or ended_at > $since::timestamp)
    and ($extension::varchar is null or extension = $extension::varchar)
order by
    extension,
    started_at;
