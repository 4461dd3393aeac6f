-- The calls of a filter and, on every row, the totals of all of them. Every filter may be null.
-- With $visit calls are chosen by their entries into queues in the period, else by their own arrival. Of 'ended' the
-- period is of the end of the wait, bounds as in api/service_now.sql; 'waited' are all whose wait touches the period.
with entries as (
    select
        visits.call_id,
        visits.outcome,
        visits.outcome = 'answered' and ceil(visits.wait_seconds) <= coalesce(queues.service_level_s, 20) as in_time,
        visits.outcome = 'abandoned' and visits.wait_seconds <= 5 as short
    from marts.fct_queue_visits as visits
    left join marts.dim_queue as queues on visits.queue = queues.queue
    where
        $visit::varchar is not null
        and case $visit::varchar
            when 'ended'
                then
                    ($from_at::timestamp is null or visits.left_at > $from_at::timestamp)
                    and ($until::timestamp is null or visits.left_at <= $until::timestamp)
            when 'waited'
                then
                    ($from_at::timestamp is null or visits.left_at is null or visits.left_at >= $from_at::timestamp)
                    and ($until::timestamp is null or visits.entered_at <= $until::timestamp)
            else
                ($from_at::timestamp is null or visits.entered_at >= $from_at::timestamp)
                and ($until::timestamp is null or visits.entered_at < $until::timestamp)
        end
        and ($queue::varchar is null or visits.queue = $queue::varchar)
),

matched as (
    select
        call_id,
        count(*) as entries,
        count(*) filter (where in_time) as in_time,
        count(*) filter (where outcome = 'answered') as answered,
        count(*) filter (where outcome = 'abandoned') as abandoned,
        count(*) filter (where short) as short
    from entries
    where
        case $visit::varchar
            when 'offered' then outcome <> 'waiting'
            when 'counted' then outcome in ('answered', 'abandoned') and not short
            when 'ended' then outcome in ('answered', 'abandoned') and not short
            when 'waited' then true
            when 'not_short' then outcome <> 'waiting' and not short
            when 'in_time' then in_time
            when 'late' then outcome in ('answered', 'abandoned') and not in_time and not short
            else outcome = $visit::varchar
        end
    group by call_id
),

chosen as (
    select
        calls.*,
        matched.entries,
        matched.in_time,
        matched.answered,
        matched.abandoned,
        matched.short
    from marts.fct_calls as calls
    left join matched on calls.call_id = matched.call_id
    where
        (
            matched.call_id is not null
            or (
                $visit::varchar is null
                and ($from_at::timestamp is null or calls.arrived_at >= $from_at::timestamp)
                and ($until::timestamp is null or calls.arrived_at < $until::timestamp)
                and (
                    $queue::varchar is null
                    or calls.call_id in (select call_id from marts.fct_queue_visits where queue = $queue::varchar)
                )
            )
        )
        and ($ids::varchar[] is null or calls.call_id in (select unnest($ids::varchar[])))
        and ($marked::varchar[] is null or calls.call_id in (select unnest($marked::varchar[])))
        and (not $return_visits::boolean or calls.order_id is not null)
        and ($direction::varchar is null or calls.direction = $direction::varchar)
        and ($outcome::varchar is null or calls.outcome = $outcome::varchar)
        and (
            $agent::varchar is null
            or calls.call_id in (select call_id from marts.fct_call_segments where extension = $agent::varchar)
        )
        and ($caller::varchar is null or calls.caller = $caller::varchar)
        and ($caller_part::varchar is null or contains(calls.caller, $caller_part::varchar))
        and (
            $own::varchar is null
            or calls.caller = $own::varchar
            or calls.call_id in (
                select call_id from marts.fct_call_segments where extension = $own::varchar and answered_at is not null
            )
        )
)

select
    *,
    count(*) over () as all_calls,
    count(*) filter (where outcome = 'answered') over () as all_answered,
    count(*) filter (where outcome = 'abandoned') over () as all_abandoned,
    sum(talk_seconds) over () as all_talk_seconds,
    sum(entries) over () as all_entries,
    sum(in_time) over () as entries_in_time,
    sum(answered) over () as entries_answered,
    sum(abandoned) over () as entries_abandoned,
    sum(short) over () as entries_short
from chosen
order by
    case when $oldest_first::boolean then arrived_at end,
    arrived_at desc,
    call_id desc
limit
    $most::integer
    offset $skip::integer;
