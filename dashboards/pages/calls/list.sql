-- The calls of a filter and, on every row, the totals of all of them. Every filter may be null.
-- With $visit the rows are what the figures of queues count in the period: with $level 'entry' every entry, each
-- with its own queue, wait and outcome; with 'caller' each caller once, with all that was waited. Of 'ended' the
-- period is of the end of the wait, bounds as in api/service_now.sql; 'waited' are all whose wait touches the period.
with waits as (
    select
        call_id,
        visit_no,
        queue,
        queue as judged_by,
        extension,
        outcome,
        wait_seconds,
        talk_seconds,
        hold_seconds,
        wrap_up_seconds,
        entered_at,
        left_at
    from marts.fct_queue_visits
    where
        $visit::varchar is not null
        and $level::varchar = 'entry'
        and (direction = 'inbound' or $visit::varchar = 'waited')
        and ($queue::varchar is null or queue = $queue::varchar)
    union all
    select
        call_id,
        1 as visit_no,
        last_queue as queue,
        first_queue as judged_by,
        last_extension as extension,
        caller_outcome as outcome,
        caller_wait_seconds as wait_seconds,
        talk_seconds,
        hold_seconds,
        wrap_up_seconds,
        queue_entered_at as entered_at,
        caller_left_at as left_at
    from marts.fct_calls
    where
        $visit::varchar is not null
        and $level::varchar = 'caller'
        and caller_outcome is not null
),

entries as (
    select
        waits.*,
        waits.outcome = 'answered' and ceil(waits.wait_seconds) <= coalesce(queues.service_level_s, 20) as in_time,
        waits.outcome = 'abandoned' and waits.wait_seconds <= 5 as short
    from waits
    left join marts.dim_queue as queues on waits.judged_by = queues.queue
    where
        case $visit::varchar
            when 'ended'
                then
                    ($from_at::timestamp is null or waits.left_at > $from_at::timestamp)
                    and ($until::timestamp is null or waits.left_at <= $until::timestamp)
            when 'waited'
                then
                    ($from_at::timestamp is null or waits.left_at is null or waits.left_at >= $from_at::timestamp)
                    and ($until::timestamp is null or waits.entered_at <= $until::timestamp)
            else
                ($from_at::timestamp is null or waits.entered_at >= $from_at::timestamp)
                and ($until::timestamp is null or waits.entered_at < $until::timestamp)
        end
),

matched as (
    select *
    from entries
    where
        case $visit::varchar
            when 'offered' then outcome <> 'waiting'
            when 'decided' then outcome in ('answered', 'abandoned')
            when 'counted' then outcome in ('answered', 'abandoned') and not short
            when 'ended' then outcome in ('answered', 'abandoned') and not short
            when 'waited' then true
            when 'not_short' then outcome <> 'waiting' and not short
            when 'in_time' then in_time
            when 'late' then outcome in ('answered', 'abandoned') and not in_time and not short
            else outcome = $visit::varchar
        end
),

chosen as (
    select
        calls.* replace (
            case when matched.call_id is null then calls.last_queue else matched.queue end as last_queue,
            case when matched.call_id is null then calls.last_extension else matched.extension end as last_extension,
            case
                when matched.call_id is null then calls.outcome
                when matched.outcome = 'waiting' then 'in_progress'
                else matched.outcome
            end as outcome,
            case when matched.call_id is null then calls.wait_seconds else matched.wait_seconds end as wait_seconds,
            case when matched.call_id is null then calls.talk_seconds else matched.talk_seconds end as talk_seconds,
            case
                when matched.call_id is null then calls.caller_talk_seconds else matched.talk_seconds
            end as caller_talk_seconds,
            case when matched.call_id is null then calls.hold_seconds else matched.hold_seconds end as hold_seconds,
            case
                when matched.call_id is null then calls.wrap_up_seconds else matched.wrap_up_seconds
            end as wrap_up_seconds
        ),
        matched.visit_no,
        matched.in_time,
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
        and ($outcome::varchar is null or coalesce(matched.outcome, calls.outcome) = $outcome::varchar)
        and (
            $agent::varchar is null
            or calls.call_id in (select call_id from marts.fct_call_segments where extension = $agent::varchar)
        )
        and ($caller::varchar is null or calls.caller = $caller::varchar)
        and ($caller_part::varchar is null or contains(calls.caller, $caller_part::varchar))
        and (
            $own::varchar is null
            or (calls.caller = $own::varchar and calls.direction <> 'inbound')
            or calls.call_id in (
                select call_id from marts.fct_call_segments where extension = $own::varchar and answered_at is not null
            )
        )
)

select
    *,
    count(*) over () as all_rows,
    count(distinct call_id) over () as all_calls,
    count(*) filter (where outcome = 'answered') over () as all_answered,
    count(*) filter (where outcome = 'abandoned') over () as all_abandoned,
    sum(caller_talk_seconds) over () as all_talk_seconds,
    count(visit_no) over () as all_entries,
    count(*) filter (where in_time) over () as entries_in_time,
    count(*) filter (where visit_no is not null and outcome = 'answered') over () as entries_answered,
    count(*) filter (where visit_no is not null and outcome = 'abandoned') over () as entries_abandoned,
    count(*) filter (where short) over () as entries_short
from chosen
order by
    case when $oldest_first::boolean then arrived_at end asc,
    arrived_at desc,
    call_id desc,
    visit_no desc
limit
    $most::integer
    offset $skip::integer;
