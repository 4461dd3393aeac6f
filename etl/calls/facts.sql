select
    log.call_id,
    touched.call_first_id,
    log.id,
    epoch_us(log.happened_at) as at_us,
    log.kind,
    log.payload
from raw.event_log as log
inner join touched_calls as touched on log.call_id = touched.call_id
where log.id >= $first_id and log.call_id is not null;
