-- Which work orders the new events are about, and from where on each must be read again.
create or replace temp table touched_orders as
with batch as (
    select
        order_id,
        min(id) as first_id
    from raw.event_log
    where id > $watermark and order_id is not null
    group by order_id
),

known as (
    select
        order_id,
        order_first_id
    from marts.fct_orders
    where order_id between $least_orders and $most_orders and order_id in (select order_id from batch)
)

select
    batch.order_id,
    least(batch.first_id, coalesce(known.order_first_id, batch.first_id)) as order_first_id
from batch
left join known on batch.order_id = known.order_id;
