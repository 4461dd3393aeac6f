-- Segments of inbound calls that were answered, each charged to its own agent. A segment counts with the queue entry
-- that it belongs to, so that a call handed on stays in its quarter; without one at its own ringing. With $each every
-- segment has a row of its own.
with segments as (
    select
        segments.call_id,
        segments.segment_no,
        segments.counted_at,
        segments.extension,
        segments.transfer_method,
        segments.talk_seconds,
        segments.hold_seconds,
        segments.wrap_up_seconds,
        segments.ended_at is not null as is_over,
        coalesce(segments.counted_queue, 'none') as queue,
        time_bucket(interval 15 minutes, segments.counted_at) as interval_start,
        coalesce(agents.work_group, '') as work_group
    from marts.fct_call_segments as segments
    left join marts.dim_agent as agents on segments.extension = agents.extension
    where
        segments.counted_at >= $from_at::timestamp
        and segments.counted_at < $until::timestamp
        and segments.direction = 'inbound'
        and segments.answered_at is not null
        and ($own::varchar is null or segments.extension = $own::varchar)
)

select
    case when $by_interval::boolean then interval_start end as by_interval,
    case when $by_queue::boolean then queue end as by_queue,
    case when $by_agent::boolean then extension end as by_agent,
    case when $by_group::boolean then work_group end as by_group,
    case when $each::boolean then call_id end as item,
    case when $each::boolean then segment_no end as part,
    case when $each::boolean then counted_at end as happened_at,
    count(*) as answered,
    count(*) filter (where is_over) as handled,
    count(transfer_method) as transferred,
    count(*) filter (where transfer_method = 'blind') as transferred_blind,
    count(*) filter (where transfer_method = 'attended') as transferred_attended,
    coalesce(sum(talk_seconds) filter (where is_over), 0)::double as talk_seconds,
    coalesce(sum(hold_seconds) filter (where is_over), 0)::double as hold_seconds,
    coalesce(sum(wrap_up_seconds) filter (where is_over), 0)::double as wrap_up_seconds
from segments
group by
    by_interval,
    by_queue,
    by_agent,
    by_group,
    item,
    part,
    happened_at
order by
    by_interval,
    by_queue,
    by_agent,
    by_group;
