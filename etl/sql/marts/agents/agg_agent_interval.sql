-- Only where $of_agents is not 0.

-- From where on each agent's intervals must be counted again.
create or replace temp table touched_agent_since as
with places as (
    select
        extension,
        since
    from touched_agent_intervals
    union all
    select
        extension,
        interval_start as since
    from marts.fct_call_segments
    where call_first_id >= $first_id and call_id in (select call_id from touched_calls)
)

select
    extension,
    min(since) as since
from places
where extension is not null
group by extension;

delete from marts.agg_agent_interval
using touched_agent_since
where
    agg_agent_interval.interval_start >= $agents_from
    and agg_agent_interval.extension = touched_agent_since.extension
    and agg_agent_interval.interval_start >= touched_agent_since.since;

-- Stretches that are over, cut at the borders of the intervals; the open one is in fct_agent_states.
insert into marts.agg_agent_interval
with stretches as (
    select
        states.extension,
        states.state,
        greatest(states.started_at, touched.since) as started_at,
        states.ended_at
    from marts.fct_agent_states as states
    inner join touched_agent_since as touched on states.extension = touched.extension
    where states.ended_at > $agents_from and states.ended_at > touched.since and states.state <> 'offline'
),

starts as (
    select
        *,
        unnest(marts.quarters_of(started_at, ended_at)) as interval_start
    from stretches
),

pieces as (
    select
        extension,
        interval_start,
        state,
        marts.seconds_in_quarter(started_at, ended_at, interval_start) as seconds
    from starts
    where ended_at > interval_start
),

states as (
    select
        extension,
        interval_start,
        coalesce(sum(seconds) filter (where state = 'ready'), 0) as ready_seconds,
        coalesce(sum(seconds) filter (where state = 'ringing'), 0) as ringing_seconds,
        coalesce(sum(seconds) filter (where state = 'break'), 0) as break_seconds,
        coalesce(sum(seconds) filter (where state = 'trouble'), 0) as trouble_seconds,
        coalesce(sum(seconds) filter (where marts.is_contact(state)), 0) as contact_seconds,
        coalesce(sum(seconds) filter (where marts.is_available(state)), 0) as available_seconds,
        sum(seconds) as logged_in_seconds
    from pieces
    group by
        extension,
        interval_start
),

-- A segment counts in the interval in which its phone rang.
segments as (
    select
        segments.extension,
        segments.interval_start,
        count(*) as rung,
        count(segments.answered_at) as handled,
        count(*) filter (where segments.ring_outcome in ('no_answer', 'busy', 'declined')) as not_answered,
        count(*) filter (where segments.ring_outcome = 'unreachable') as unreachable,
        count(segments.transfer_method) as transferred,
        coalesce(sum(segments.talk_seconds), 0) as talk_seconds,
        coalesce(sum(segments.hold_seconds), 0) as hold_seconds,
        coalesce(sum(segments.wrap_up_seconds), 0) as wrap_up_seconds
    from marts.fct_call_segments as segments
    inner join touched_agent_since as touched on segments.extension = touched.extension
    where segments.interval_start >= $agents_from and segments.interval_start >= touched.since
    group by
        segments.extension,
        segments.interval_start
)

select
    interval_start,
    extension,
    timezone($timezone, timezone('UTC', interval_start))::date as day,
    coalesce(segments.rung, 0) as rung,
    coalesce(segments.handled, 0) as handled,
    coalesce(segments.not_answered, 0) as not_answered,
    coalesce(segments.unreachable, 0) as unreachable,
    coalesce(segments.transferred, 0) as transferred,
    coalesce(segments.talk_seconds, 0) as talk_seconds,
    coalesce(segments.hold_seconds, 0) as hold_seconds,
    coalesce(segments.wrap_up_seconds, 0) as wrap_up_seconds,
    coalesce(states.ready_seconds, 0) as ready_seconds,
    coalesce(states.ringing_seconds, 0) as ringing_seconds,
    coalesce(states.break_seconds, 0) as break_seconds,
    coalesce(states.trouble_seconds, 0) as trouble_seconds,
    coalesce(states.contact_seconds, 0) as contact_seconds,
    coalesce(states.available_seconds, 0) as available_seconds,
    coalesce(states.logged_in_seconds, 0) as logged_in_seconds
from states
full join segments using (extension, interval_start);
