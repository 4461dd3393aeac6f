-- The local day's entries by queue. The row without a queue is the house: each caller once, whatever queues the call
-- went through.
select
    case when level = 'entry' then queue end as queue,
    sum(answered) as answered,
    sum(abandoned) as abandoned,
    sum(redirected) as redirected,
    sum(answered_in_t) as answered_in_t,
    sum(abandoned_in_t) as abandoned_in_t,
    sum(short_abandons) as short_abandons,
    sum(wait_answered_seconds) as wait_answered_seconds
from marts.interval_counts
where day = $day::date
group by
    level,
    case when level = 'entry' then queue end;
