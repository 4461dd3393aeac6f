delete from marts.fct_order_steps
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders);

insert into marts.fct_order_steps
with timed as (
    select
        *,
        lag(happened_at) over (partition by order_id order by n) as before_at
    from stg_order_events
    where kind in ('order_opened', 'order_stepped')
)

select
    order_id,
    row_number() over (partition by order_id order by n) as step_no,
    order_first_id,
    event,
    from_state,
    to_state,
    done_by,
    role,
    round,
    assignee,
    note,
    fields,
    longitude,
    latitude,
    marts.seconds_between(before_at, happened_at) as seconds_before,
    happened_at,
    device_at,
    coalesce(abs(epoch_us(device_at) - epoch_us(happened_at)) > 86400000000, false) as is_device_off,
    marts.quarter_hour(happened_at) as interval_start,
    timezone($timezone, timezone('UTC', happened_at))::date as day
from timed
where kind = 'order_stepped';
