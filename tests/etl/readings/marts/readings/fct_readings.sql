delete from marts.fct_readings
where meter in (select meter from touched_meters);

insert into marts.fct_readings
select
    log.subject as meter,
    min(log.id) as reading_first_id,
    count(*) as readings,
    arg_max((log.payload ->> 'litres')::bigint, log.id) as litres
from raw.event_log as log
inner join touched_meters on log.subject = touched_meters.meter
where log.id >= $first_reading_id and log.kind = 'meter_read'
group by log.subject;
