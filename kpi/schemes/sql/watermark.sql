-- The last fact of the event log that the marts know, and when it was taken in (UTC).
select
    id,
    fed_at
from raw.watermark
