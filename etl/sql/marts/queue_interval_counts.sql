delete from marts.queue_interval_counts
where (queue, interval_start) in (select (queue, interval_start) from touched_queue_intervals);

-- A wait of 4.2 s counts under 5, so that "within T" is exact for whole seconds.
insert into marts.queue_interval_counts
with touched as (
    select distinct
        queue,
        interval_start
    from touched_queue_intervals
),

visits as (
    select
        visits.*,
        ceil(visits.wait_seconds)::integer as second
    from marts.fct_queue_visits as visits
    inner join touched on visits.queue = touched.queue and visits.interval_start = touched.interval_start
)

select
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
from visits
group by
    interval_start,
    queue;
