-- A year of answered calls, one for each half of a quarter hour at most, so that no state crosses a quarter. Call i is
-- agent i mod $agents's; who has more a day has them closer together.
insert into marts.fct_calls by name
with counted as (
    select unnest(range($calls::bigint)) as i
),

numbers as (
    select
        i,
        (i % $agents)::integer as agent,
        i // $agents as nth,
        hash(i * 4 + $seed::ubigint) as h
    from counted
),

placed as (
    select
        i,
        agent,
        h,
        $begin::timestamp
        + to_days((nth // $a_day)::integer)
        + to_seconds((nth % $a_day * $stride)::double) as rang_at,
        60 + (h % 1900) / 10.0 * (1 + agent % 7 / 10.0) as talk_seconds,
        case when h % 5 = 0 then (h // 16 % 300) / 10.0 else 0.0 end as hold_seconds,
        10 + (h // 7 % 300) / 10.0 as wrap_up_seconds,
        (h // 3 % 300) / 10.0 as wait
    from numbers
)

select
    'c' || i as call_id,
    i + 1 as call_first_id,
    'inbound' as direction,
    '1390' || lpad((h // 11 % 400000)::varchar, 7, '0') as caller,
    'general' as first_queue,
    'general' as last_queue,
    (8001 + agent)::varchar as first_extension,
    (8001 + agent)::varchar as last_extension,
    'answered' as outcome,
    'answered' as caller_outcome,
    'caller_hung_up' as end_reason,
    (array['repair', 'bill', 'complaint', 'enquiry'])[(h // 13 % 4)::integer + 1] as category,
    true as demo,
    1 as segments,
    wait as wait_seconds,
    wait as caller_wait_seconds,
    talk_seconds,
    hold_seconds,
    wrap_up_seconds,
    talk_seconds as caller_talk_seconds,
    rang_at as arrived_at,
    rang_at as queue_entered_at,
    rang_at + to_seconds(wait) as caller_left_at,
    rang_at + to_seconds(50) as answered_at,
    rang_at + to_seconds(50 + talk_seconds + hold_seconds) as ended_at,
    marts.quarter_hour(rang_at) as interval_start,
    rang_at::date as day
from placed;
