create or replace temp table touched_meters as
with batch as (
    select
        subject as meter,
        min(id) as first_id
    from raw.event_log
    where id > $watermark and kind = 'meter_read'
    group by subject
),

known as (
    select
        meter,
        reading_first_id
    from marts.fct_readings
    where meter between $least_readings and $most_readings
)

select
    batch.meter,
    least(batch.first_id, coalesce(known.reading_first_id, batch.first_id)) as reading_first_id
from batch
left join known on batch.meter = known.meter;
