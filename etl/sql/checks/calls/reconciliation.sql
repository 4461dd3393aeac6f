-- Every call that breaks offered = answered + abandoned + redirected. It must list none.
with counted as (
    select
        call_id,
        count(*) filter (where kind = 'call_queued') as queued,
        count(*) filter (where kind = 'queue_left') as queue_left,
        count(*) filter (where kind = 'call_ended') as ended
    from raw.event_log
    where call_id is not null
    group by call_id
),

visits as (
    select
        call_id,
        count(*) as visits,
        count(*) filter (where outcome in ('answered', 'abandoned', 'redirected')) as closed
    from marts.fct_queue_visits
    group by call_id
)

select
    counted.call_id,
    counted.queued,
    counted.queue_left,
    coalesce(visits.visits, 0) as visits,
    coalesce(visits.closed, 0) as closed
from counted
left join visits on counted.call_id = visits.call_id
where
    counted.queued <> coalesce(visits.visits, 0)
    or counted.queue_left <> coalesce(visits.closed, 0)
    or counted.queue_left > counted.queued
    or (counted.ended > 0 and counted.queued <> counted.queue_left)
order by counted.call_id;
