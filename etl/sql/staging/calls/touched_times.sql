-- Between which times the calls at hand lie, and how many of their facts are about segments and queues. What stood in
-- the marts before came from the same facts, so it lies there, too.
select
    time_bucket(interval 15 minutes, min(happened_at)) as calls_from,
    max(happened_at) as calls_until,
    count(segment_id) as of_segments,
    count(*) filter (where kind in ('call_queued', 'queue_left')) as of_queues
from stg_call_events;
