-- Which calls the new events are about, and from where on each must be read again.
create or replace temp table touched_calls as
with batch as (
    select
        call_id,
        min(id) as first_id
    from raw.event_log
    where id > $watermark and call_id is not null
    group by call_id
),

known as (
    select
        call_id,
        call_first_id
    from marts.fct_calls
    where call_id between $least_calls and $most_calls and call_id in (select call_id from batch)
)

select
    batch.call_id,
    least(batch.first_id, coalesce(known.call_first_id, batch.first_id)) as call_first_id
from batch
left join known on batch.call_id = known.call_id;
