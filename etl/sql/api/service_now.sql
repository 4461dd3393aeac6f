-- One row per queue: what became of visits that ended in the last 15 minutes (recent_*), and of the local day's
-- entries (today_*). Every queue of the site is there, also without a call. The row without a queue is the house:
-- each caller once, whatever queues the call went through.
with today as (
    select
        level,
        case when level = 'entry' then queue end as queue,
        sum(answered) as answered,
        sum(abandoned) as abandoned,
        sum(redirected) as redirected,
        sum(answered_in_t) as answered_in_t,
        sum(abandoned_in_t) as abandoned_in_t,
        sum(short_abandons) as short_abandons
    from marts.interval_counts
    where day = $day::date
    group by all
),

ended as (
    select
        'entry' as level,
        queue,
        queue as in_queue,
        outcome,
        wait_seconds
    from marts.fct_queue_visits
    where
        left_at > $now::timestamp - interval 15 minutes and left_at <= $now::timestamp
        and direction = 'inbound'
    union all
    select
        'caller' as level,
        first_queue as queue,
        null as in_queue,
        caller_outcome as outcome,
        caller_wait_seconds as wait_seconds
    from marts.fct_calls
    where caller_left_at > $now::timestamp - interval 15 minutes and caller_left_at <= $now::timestamp
),

recent as (
    select
        ended.level,
        ended.in_queue as queue,
        count(*) filter (where ended.outcome = 'answered') as answered,
        count(*) filter (where ended.outcome = 'abandoned') as abandoned,
        count(*) filter (where ended.outcome = 'redirected') as redirected,
        count(*) filter (
            where ended.outcome = 'answered' and ended.wait_seconds <= coalesce(queues.service_level_s, 20)
        ) as answered_in_t,
        count(*) filter (
            where ended.outcome = 'abandoned' and ended.wait_seconds <= coalesce(queues.service_level_s, 20)
        ) as abandoned_in_t,
        count(*) filter (where ended.outcome = 'abandoned' and ended.wait_seconds <= 5) as short_abandons
    from ended
    left join marts.dim_queue as queues on ended.queue = queues.queue
    group by all
),

subjects as (
    select
        'entry' as level,
        queue,
        name
    from marts.dim_queue
    union all
    select
        'caller' as level,
        null as queue,
        null as name
)

select
    subjects.queue,
    subjects.name,
    today.answered as today_answered,
    today.abandoned as today_abandoned,
    today.redirected as today_redirected,
    today.answered_in_t as today_answered_in_t,
    today.abandoned_in_t as today_abandoned_in_t,
    today.short_abandons as today_short_abandons,
    recent.answered as recent_answered,
    recent.abandoned as recent_abandoned,
    recent.redirected as recent_redirected,
    recent.answered_in_t as recent_answered_in_t,
    recent.abandoned_in_t as recent_abandoned_in_t,
    recent.short_abandons as recent_short_abandons
from subjects
left join today on subjects.level = today.level and subjects.queue is not distinct from today.queue
left join recent on subjects.level = recent.level and subjects.queue is not distinct from recent.queue
order by
    subjects.level desc,
    subjects.queue asc;
