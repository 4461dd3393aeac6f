-- Answered calls whose category was recorded, and those that were enough: no later call of the same number about the
-- same within $number days, no order of it opened again. Only contacts whose days are over: before, nobody knows. With
-- $each every contact has a row of its own.
-- Number and category are one hash here, or a year of them would take three times as long to sort; that two of a
-- million have the same one is as good as never.
with asked as (
    select
        calls.call_first_id,
        calls.arrived_at,
        hash(calls.caller, coalesce(written.category, calls.category)) as subject
    from marts.fct_calls as calls
    left join marts.dim_category_name as written on calls.category = written.name
    where
        calls.direction = 'inbound'
        and calls.category is not null
        and calls.caller <> ''
        and calls.arrived_at >= $from_at::timestamp
        and calls.arrived_at < $until::timestamp + to_days($number::integer)
),

followed as (
    select
        call_first_id,
        arrived_at,
        subject,
        lead(subject) over (order by subject, arrived_at, call_first_id) as next_subject,
        lead(arrived_at) over (order by subject, arrived_at, call_first_id) as next_at
    from asked
),

repeated as (
    select call_first_id
    from followed
    where next_subject = subject and next_at <= arrived_at + to_days($number::integer)
),

reopened as (
    select distinct from_call as call_id
    from marts.fct_orders
    -- No order is older than the call that it was taken in; a clock may have been set back.
    where from_call is not null and round > 1 and opened_at >= $from_at::timestamp - interval 1 day
)

select
    case when $by_queue::boolean then coalesce(calls.last_queue, 'none') end as by_queue,
    case when $by_agent::boolean then calls.last_extension end as by_agent,
    case when $by_group::boolean then coalesce(agents.work_group, '') end as by_group,
    case when $each::boolean then calls.call_id end as item,
    case when $each::boolean then calls.arrived_at end as happened_at,
    count(*) as contacts,
    count(*) filter (where repeated.call_first_id is null and reopened.call_id is null) as enough
from marts.fct_calls as calls
left join marts.dim_agent as agents on calls.last_extension = agents.extension
left join repeated on calls.call_first_id = repeated.call_first_id
left join reopened on calls.call_id = reopened.call_id
where
    calls.direction = 'inbound'
    and calls.answered_at is not null
    and calls.category is not null
    and calls.caller <> ''
    and calls.arrived_at >= $from_at::timestamp
    and calls.arrived_at < $until::timestamp
    and calls.arrived_at <= $at::timestamp - to_days($number::integer)
    and ($own::varchar is null or calls.last_extension = $own::varchar)
group by
    by_queue,
    by_agent,
    by_group,
    item,
    happened_at
order by
    by_queue,
    by_agent,
    by_group;
