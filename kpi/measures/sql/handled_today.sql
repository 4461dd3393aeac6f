-- What agents handled on the local day, of one or of all; nothing is counted of a call before its wrap-up ends.
select
    coalesce(sum(handled), 0)::integer as handled,
    coalesce(sum(talk_seconds), 0)::double as talk_seconds,
    coalesce(sum(hold_seconds), 0)::double as hold_seconds,
    coalesce(sum(wrap_up_seconds), 0)::double as wrap_up_seconds
from marts.agg_agent_interval
where day = $day::date and ($own::varchar is null or extension = $own::varchar);
