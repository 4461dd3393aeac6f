-- The agents' quarters, out of the states; a stretch lies in the quarter that it begins in.
insert into marts.agg_agent_interval by name
select
    marts.quarter_hour(started_at) as interval_start,
    extension,
    min(day) as day,
    0 as rung,
    0 as handled,
    0 as not_answered,
    0 as unreachable,
    0 as transferred,
    0 as talk_seconds,
    0 as hold_seconds,
    0 as wrap_up_seconds,
    0 as ready_seconds,
    0 as ringing_seconds,
    0 as break_seconds,
    0 as trouble_seconds,
    coalesce(sum(marts.seconds_between(started_at, ended_at)) filter (where marts.is_contact(state)), 0)
        as contact_seconds,
    coalesce(sum(marts.seconds_between(started_at, ended_at)) filter (where marts.is_available(state)), 0)
        as available_seconds,
    sum(marts.seconds_between(started_at, ended_at)) as logged_in_seconds
from marts.fct_agent_states
group by
    marts.quarter_hour(started_at),
    extension;
