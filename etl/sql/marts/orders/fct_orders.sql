delete from marts.fct_orders
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders);

insert into marts.fct_orders
with clocks as (
    select
        order_id,
        -- A deadline that came with the order is that of two clocks at once.
        arg_min(clock, (due_at, began_at, clock)) filter (
            where state in ('running', 'paused') and due_at is not null
        ) as due_clock,
        min(due_at) filter (where state in ('running', 'paused')) as due_at,
        count(*) filter (where state = 'missed') as missed,
        arg_min(first_due_at, run_no) filter (where clock = 'total') as first_due_at
    from marts.fct_order_clocks
    where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders)
    group by order_id
),

orders as (
    select
        order_id,
        min(order_first_id) as order_first_id,
        arg_min(workflow, n) as workflow,
        arg_min(workflow_version, n) as workflow_version,
        arg_min(channel, n) as channel,
        coalesce(arg_max(changed.category, n), arg_min(category, n), '') as category,
        coalesce(arg_max(changed.urgency, n), arg_min(urgency, n)) as urgency,
        coalesce(arg_max(changed.district, n), arg_min(district, n), '') as district,
        coalesce(arg_max(changed.address, n), arg_min(address, n)) as address,
        -- A place goes with its address: a new address without one is not located.
        case
            when bool_or(changed.address is not null or changed.longitude is not null)
                then arg_max_null(changed.longitude, n) filter (
                    where changed.address is not null or changed.longitude is not null
                )
            else arg_min(longitude, n) filter (where kind = 'order_opened')
        end as longitude,
        case
            when bool_or(changed.address is not null or changed.latitude is not null)
                then arg_max_null(changed.latitude, n) filter (
                    where changed.address is not null or changed.latitude is not null
                )
            else arg_min(latitude, n) filter (where kind = 'order_opened')
        end as latitude,
        coalesce(arg_max(changed.site, n), arg_min(site, n)) as site,
        arg_min(customer_id, n) as customer_id,
        arg_min(caller, n) as caller,
        arg_min(from_call, n) as from_call,
        coalesce(arg_max(changed.summary, n), arg_min(summary, n)) as summary,
        arg_min(done_by, n) as opened_by,
        bool_or(coalesce(demo, false)) as demo,
        coalesce(arg_max(to_state, n), 'draft') as state,
        coalesce(arg_max(round, n), 1) as round,
        arg_max(assignee, n) as assignee,
        count(*) filter (where event = 'urge') as urged,
        coalesce(bool_or(event = 'supervise'), false) as supervised,
        count(*) filter (where event = 'extend') as extended,
        count(*) filter (where event = 'return') as returned,
        count(*) filter (
            where to_state = 'dispatched' and (from_state <> 'dispatched' or event = 'reassign')
        ) as dispatched,
        count(*) filter (where event in ('visit', 'reopen', 'not_reached')) as visits_tried,
        count(*) filter (where event in ('visit', 'reopen')) as visits_reached,
        coalesce(bool_or(from_state = 'draft' and to_state = 'closed'), false) as immediate,
        -- Merged, and no work of its own since: split off or opened again it goes back among those to be done.
        coalesce(arg_max(to_state, n) filter (
            where to_state in ('merged', 'accepted', 'dispatched') and to_state <> from_state
        ) = 'merged', false) as is_child,
        coalesce(min(happened_at) filter (where kind = 'order_opened'), min(happened_at)) as opened_at,
        min(happened_at) filter (where to_state = 'dispatched') as dispatched_at,
        min(happened_at) filter (where to_state = 'taken') as taken_at,
        min(happened_at) filter (where to_state = 'on_site') as arrived_at,
        max(happened_at) filter (where to_state = 'in_review') as finished_at,
        case
            when arg_max(to_state, n) = 'closed'
                then max(happened_at) filter (where to_state = 'closed' and from_state <> 'closed')
        end as closed_at,
        max(happened_at) as changed_at
    from stg_order_events
    group by order_id
)

select
    orders.order_id,
    orders.order_first_id,
    orders.workflow,
    orders.workflow_version,
    orders.channel,
    orders.category,
    orders.urgency,
    orders.district,
    orders.address,
    orders.longitude,
    orders.latitude,
    orders.site,
    orders.customer_id,
    orders.caller,
    orders.from_call,
    orders.summary,
    orders.opened_by,
    orders.demo,
    orders.state,
    orders.round,
    orders.assignee,
    orders.urged,
    orders.supervised,
    orders.extended,
    orders.returned,
    orders.dispatched,
    coalesce(clocks.missed, 0) as missed,
    orders.visits_tried,
    orders.visits_reached,
    orders.immediate,
    orders.is_child,
    case when marts.is_open(orders.state) then clocks.due_clock end as due_clock,
    case when marts.is_open(orders.state) then clocks.due_at end as due_at,
    clocks.first_due_at,
    orders.opened_at,
    orders.dispatched_at,
    orders.taken_at,
    orders.arrived_at,
    orders.finished_at,
    orders.closed_at,
    orders.changed_at,
    marts.quarter_hour(orders.opened_at) as interval_start,
    timezone($timezone, timezone('UTC', orders.opened_at))::date as day,
    timezone($timezone, timezone('UTC', orders.closed_at))::date as closed_day
from orders
left join clocks on orders.order_id = clocks.order_id;

insert into touched_order_intervals
select
    interval_start,
    category,
    district
from marts.fct_orders
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders)
union
select
    marts.quarter_hour(closed_at) as interval_start,
    category,
    district
from marts.fct_orders
where
    order_first_id >= $first_order_id
    and order_id in (select order_id from touched_orders)
    and closed_at is not null;
