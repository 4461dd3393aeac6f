-- Answered calls whose category was recorded, and those that were enough: no later call of the same number about the
-- same within $number days, no order of it opened again. Only contacts whose days are over: before, nobody knows. With
-- $each every contact has a row of its own.
with contacts as (
    select
        calls.call_id,
        calls.caller,
        calls.category,
        calls.arrived_at,
        calls.call_first_id,
        calls.last_queue,
        calls.last_extension,
        coalesce(agents.work_group, '') as work_group
    from marts.fct_calls as calls
    left join marts.dim_agent as agents on calls.last_extension = agents.extension
    where
        calls.direction = 'inbound'
        and calls.answered_at is not null
        and calls.category is not null
        and calls.caller <> ''
        and calls.arrived_at >= $from_at::timestamp
        and calls.arrived_at < $until::timestamp
        and calls.arrived_at <= $at::timestamp - to_days($number::integer)
        and ($own::varchar is null or calls.last_extension = $own::varchar)
),

repeated as (
    select distinct contacts.call_id
    from contacts
    inner join marts.fct_calls as later
        on
            contacts.caller = later.caller
            and contacts.category = later.category
            and (contacts.arrived_at, contacts.call_first_id) < (later.arrived_at, later.call_first_id)
            and contacts.arrived_at >= later.arrived_at - to_days($number::integer)
    where later.direction = 'inbound'
),

reopened as (
    select distinct from_call as call_id
    from marts.fct_orders
    where from_call is not null and round > 1
)

select
    case when $by_queue::boolean then coalesce(contacts.last_queue, 'none') end as by_queue,
    case when $by_agent::boolean then contacts.last_extension end as by_agent,
    case when $by_group::boolean then contacts.work_group end as by_group,
    case when $each::boolean then contacts.call_id end as item,
    case when $each::boolean then contacts.arrived_at end as happened_at,
    count(*) as contacts,
    count(*) filter (where repeated.call_id is null and reopened.call_id is null) as enough
from contacts
left join repeated on contacts.call_id = repeated.call_id
left join reopened on contacts.call_id = reopened.call_id
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
