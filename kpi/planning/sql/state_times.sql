-- Each agent's states in order, as adherence sees them: 1 waits for calls, 2 is busy with one, 0 neither.
select
    extension,
    epoch_us(started_at) as started_us,
    epoch_us(coalesce(ended_at, $at)) as ended_us,
    case when marts.is_available(state) then 1 when marts.is_contact(state) then 2 else 0 end::utinyint as sort
from marts.fct_agent_states
where
    started_at < $until::timestamp
    and (ended_at is null or ended_at > $since::timestamp)
    and ($extension::varchar is null or extension = $extension::varchar)
order by
    extension,
    started_at,
    event_id;
