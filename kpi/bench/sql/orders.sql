-- A year of orders, all closed within two days; one of nine late, one of eleven in a second round.
insert into marts.fct_orders by name
with counted as (
    select unnest(range($orders::bigint)) as i
),

numbers as (
    select
        i,
        hash(i * 8 + $seed::ubigint) as h
    from counted
),

opened as (
    select
        i,
        h,
        $begin::timestamp + to_seconds((i * 31536000.0 / $orders)::double) as opened_at
    from numbers
)

select
    'o' || i as order_id,
    i + 1 as order_first_id,
    (array['repair', 'bill', 'complaint', 'enquiry'])[(h % 4)::integer + 1] as category,
    (array['东城', '西城', '南城'])[(h // 5 % 3)::integer + 1] as district,
    (array['east', 'west', 'north'])[(h // 17 % 3)::integer + 1] as site,
    (h // 19 % 200000)::bigint as customer_id,
    '' as caller,
    true as demo,
    'closed' as state,
    case when h % 11 = 0 then 2 else 1 end as round,
    0 as urged,
    false as supervised,
    0 as extended,
    0 as returned,
    1 as dispatched,
    case when h % 9 = 0 then 1 else 0 end as missed,
    0 as visits_tried,
    0 as visits_reached,
    false as immediate,
    false as is_child,
    opened_at,
    opened_at + interval 1 hour as dispatched_at,
    opened_at + to_seconds((3600 + h // 23 % 169200)::double) as closed_at,
    opened_at as changed_at,
    marts.quarter_hour(opened_at) as interval_start,
    opened_at::date as day
from opened;
