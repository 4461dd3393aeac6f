-- Only where $of_queues is not 0: a call that has entered no queue has no visits, and never had.
delete from marts.fct_queue_visits
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);

insert into marts.fct_queue_visits
with numbered as (
    select
        *,
        count(*) filter (where kind = 'call_queued')
            over (partition by call_id order by n rows unbounded preceding) as visit_no
    from stg_call_events
    where kind in ('call_queued', 'queue_left')
),

demo as (
    select
        call_id,
        bool_or(coalesce(demo, false)) as demo,
        coalesce(arg_min(direction, n) filter (where kind = 'call_arrived'), 'inbound') as direction
    from stg_call_events
    group by call_id
),

visits as (
    select
        call_id,
        visit_no,
        min(call_first_id) as call_first_id,
        min(queue) filter (where kind = 'call_queued') as queue,
        arg_min(outcome, n) filter (where kind = 'queue_left') as outcome,
        arg_min(sent_to, n) filter (where kind = 'queue_left') as sent_to,
        min(happened_at) filter (where kind = 'call_queued') as entered_at,
        min(happened_at) filter (where kind = 'queue_left') as left_at
    from numbered
    -- A queue left that was never entered belongs to no visit; checks/calls/reconciliation.sql lists it.
    where visit_no > 0
    group by
        call_id,
        visit_no
),

-- The k-th answer out of a queue is the k-th segment that this queue rang and that was answered.
answers as (
    select
        call_id,
        visit_no,
        queue,
        row_number() over (partition by call_id, queue order by visit_no) as k
    from visits
    where outcome = 'answered'
),

answering as (
    select
        call_id,
        segment_id,
        extension,
        queue,
        talk_seconds,
        hold_seconds,
        wrap_up_seconds,
        row_number() over (partition by call_id, queue order by answered_at, segment_no) as k
    from marts.fct_call_segments
    where
        call_first_id >= $first_id
        and call_id in (select call_id from touched_calls)
        and queue is not null
        and answered_at is not null
)

select
    visits.call_id,
    visits.visit_no,
    visits.call_first_id,
    visits.queue,
    case
        when visits.left_at is null then 'waiting'
        when visits.outcome in ('answered', 'abandoned') then visits.outcome
        else 'redirected'
    end as outcome,
    visits.outcome as left_how,
    visits.sent_to,
    demo.direction,
    answering.extension,
    answering.segment_id,
    demo.demo,
    marts.seconds_between(visits.entered_at, visits.left_at) as wait_seconds,
    answering.talk_seconds,
    answering.hold_seconds,
    answering.wrap_up_seconds,
    visits.entered_at,
    visits.left_at,
    time_bucket(interval 15 minutes, visits.entered_at) as interval_start,
    timezone($timezone, timezone('UTC', visits.entered_at))::date as day
from visits
inner join demo on visits.call_id = demo.call_id
left join answers on visits.call_id = answers.call_id and visits.visit_no = answers.visit_no
left join answering
    on answers.call_id = answering.call_id and answers.queue = answering.queue and answers.k = answering.k;

insert into touched_queue_intervals
select distinct
    queue,
    interval_start
from marts.fct_queue_visits
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);
