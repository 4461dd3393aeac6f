-- One row per queue: what became of visits that ended in the last 15 minutes (recent_*), and of the local day's
-- entries (today_*). Every queue of the site is there, also without a call.
with today as (
    select
        queue,
        sum(answered) as answered,
        sum(abandoned) as abandoned,
        sum(redirected) as redirected,
        sum(answered_in_t) as answered_in_t,
        sum(abandoned_in_t) as abandoned_in_t,
        sum(short_abandons) as short_abandons
    from marts.agg_queue_interval
    where day = $day::date
    group by queue
),

recent as (
    select
        visits.queue,
        count(*) filter (where visits.outcome = 'answered') as answered,
        count(*) filter (where visits.outcome = 'abandoned') as abandoned,
        count(*) filter (where visits.outcome = 'redirected') as redirected,
        count(*) filter (
            where visits.outcome = 'answered' and visits.wait_seconds <= coalesce(queues.service_level_s, 20)
        ) as answered_in_t,
        count(*) filter (
            where visits.outcome = 'abandoned' and visits.wait_seconds <= coalesce(queues.service_level_s, 20)
        ) as abandoned_in_t,
        count(*) filter (where visits.outcome = 'abandoned' and visits.wait_seconds <= 5) as short_abandons
    from marts.fct_queue_visits as visits
    left join marts.dim_queue as queues on visits.queue = queues.queue
    where visits.left_at > $now::timestamp - interval 15 minutes and visits.left_at <= $now::timestamp
    group by visits.queue
)

select
    queues.queue,
    queues.name,
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
from marts.dim_queue as queues
left join today on queues.queue = today.queue
left join recent on queues.queue = recent.queue
order by queues.queue;
