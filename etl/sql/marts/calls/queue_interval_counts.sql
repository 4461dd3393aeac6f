-- Only where $of_queues is not 0: no other call stands in a queue's interval.
delete from marts.queue_interval_counts
where
    interval_start between $calls_from and $calls_until
    and (queue, interval_start) in (select (queue, interval_start) from touched_queue_intervals);

-- A wait of 4.2 s counts under 5, so that "within T" is exact for whole seconds. Callers only: who is called by the
-- house, and colleagues among each other, wait in no figure.
insert into marts.queue_interval_counts
with touched as (
    select distinct
        queue,
        interval_start
    from touched_queue_intervals
),

levels as (
    select
        'entry' as level,
        visits.queue,
        visits.interval_start,
        visits.day,
        visits.outcome,
        visits.wait_seconds,
        visits.talk_seconds,
        visits.hold_seconds,
        visits.wrap_up_seconds
    from marts.fct_queue_visits as visits
    inner join touched on visits.queue = touched.queue and visits.interval_start = touched.interval_start
    where visits.interval_start between $calls_from and $calls_until and visits.direction = 'inbound'
    union all
    select
        'caller' as level,
        touched.queue,
        touched.interval_start,
        timezone($timezone, timezone('UTC', calls.queue_entered_at))::date as day,
        calls.caller_outcome as outcome,
        calls.caller_wait_seconds as wait_seconds,
        calls.talk_seconds,
        calls.hold_seconds,
        calls.wrap_up_seconds
    from marts.fct_calls as calls
    inner join touched
        on
            calls.first_queue = touched.queue
            and time_bucket(interval 15 minutes, calls.queue_entered_at) = touched.interval_start
    where
        calls.queue_entered_at >= $calls_from
        and calls.queue_entered_at < $calls_until::timestamp + interval 15 minutes
        and calls.caller_outcome is not null
),

counted as (
    select
        *,
        ceil(wait_seconds)::integer as second
    from levels
)

select
    level,
    interval_start,
    queue,
    min(day) as day,
    count(*) as entered,
    count(*) filter (where outcome = 'waiting') as waiting,
    count(*) filter (where outcome <> 'waiting') as offered,
    count(*) filter (where outcome = 'answered') as answered,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'redirected') as redirected,
    count(*) filter (where outcome = 'answered' and wait_seconds <= 15) as answered_15,
    count(*) filter (where outcome = 'answered' and wait_seconds <= 20) as answered_20,
    count(*) filter (where outcome = 'answered' and wait_seconds <= 30) as answered_30,
    count(*) filter (where outcome = 'abandoned' and wait_seconds <= 5) as abandoned_5,
    count(*) filter (where outcome = 'abandoned' and wait_seconds <= 20) as abandoned_20,
    coalesce(sum(wait_seconds) filter (where outcome = 'answered'), 0) as wait_answered_seconds,
    coalesce(sum(wait_seconds) filter (where outcome = 'abandoned'), 0) as wait_abandoned_seconds,
    coalesce(max(wait_seconds), 0) as longest_wait_seconds,
    coalesce(sum(talk_seconds), 0) as talk_seconds,
    coalesce(sum(hold_seconds), 0) as hold_seconds,
    coalesce(sum(wrap_up_seconds), 0) as wrap_up_seconds,
    coalesce(histogram(second) filter (where outcome = 'answered'), map {}) as answered_waits, -- noqa: LT01
    coalesce(histogram(second) filter (where outcome = 'abandoned'), map {}) as abandoned_waits -- noqa: LT01
from counted
group by
    level,
    interval_start,
    queue;
