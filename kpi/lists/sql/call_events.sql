select
    happened_at,
    kind,
    version,
    payload
from raw.event_log
where id >= $first_id and call_id = $call_id
order by
    happened_at,
    id;
