-- Calls for pages, scores and reports. Times are UTC without a zone; day is the site's local date.

-- noqa: disable=LT01
create table marts.fct_calls (
    call_id varchar not null,
    call_first_id bigint not null,
    direction varchar,
    caller varchar,
    dialled varchar,
    trunk varchar,
    flow varchar,
    first_queue varchar,
    last_queue varchar,
    first_extension varchar,
    last_extension varchar,
    outcome varchar not null,
    caller_outcome varchar,
    end_reason varchar,
    sip_status integer,
    transferred varchar,
    category varchar,
    note varchar,
    recording_path varchar,
    order_id varchar,
    demo boolean not null,
    segments integer not null,
    ivr_seconds double,
    wait_seconds double,
    caller_wait_seconds double,
    talk_seconds double,
    hold_seconds double,
    wrap_up_seconds double,
    caller_talk_seconds double,
    recording_seconds double,
    arrived_at timestamp not null,
    queue_entered_at timestamp,
    caller_left_at timestamp,
    answered_at timestamp,
    talking_since timestamp,
    ended_at timestamp,
    interval_start timestamp not null,
    day date not null
);

create table marts.fct_queue_visits (
    call_id varchar not null,
    visit_no integer not null,
    call_first_id bigint not null,
    queue varchar not null,
    outcome varchar not null,
    left_how varchar,
    sent_to varchar,
    direction varchar not null,
    extension varchar,
    segment_id varchar,
    demo boolean not null,
    wait_seconds double,
    talk_seconds double,
    hold_seconds double,
    wrap_up_seconds double,
    entered_at timestamp not null,
    left_at timestamp,
    interval_start timestamp not null,
    day date not null
);

create table marts.fct_call_segments (
    call_id varchar not null,
    segment_id varchar not null,
    segment_no integer not null,
    call_first_id bigint not null,
    extension varchar,
    queue varchar,
    entry_no integer,
    counted_queue varchar,
    ring_outcome varchar,
    reason varchar,
    transfer_method varchar,
    transfer_target varchar,
    direction varchar,
    category varchar,
    note varchar,
    demo boolean not null,
    ring_seconds double,
    talk_seconds double,
    hold_seconds double,
    wrap_up_seconds double,
    rang_at timestamp not null,
    counted_at timestamp not null,
    answered_at timestamp,
    ended_at timestamp,
    wrap_up_ended_at timestamp,
    interval_start timestamp not null,
    day date not null
);

-- Two levels: 'entry' counts entries into a queue, 'caller' counts each inbound call once, by its first queue.
create table marts.queue_interval_counts (
    level varchar not null,
    interval_start timestamp not null,
    queue varchar not null,
    day date not null,
    entered bigint not null,
    waiting bigint not null,
    offered bigint not null,
    answered bigint not null,
    abandoned bigint not null,
    redirected bigint not null,
    answered_15 bigint not null,
    answered_20 bigint not null,
    answered_30 bigint not null,
    abandoned_5 bigint not null,
    abandoned_20 bigint not null,
    wait_answered_seconds double not null,
    wait_abandoned_seconds double not null,
    longest_wait_seconds double not null,
    talk_seconds double not null,
    hold_seconds double not null,
    wrap_up_seconds double not null,
    answered_waits map(integer, ubigint) not null,
    abandoned_waits map(integer, ubigint) not null
);

-- Of the site's definition; a threshold changed today is today's threshold for every day.
create table marts.dim_queue (
    queue varchar not null,
    name varchar not null,
    service_level_s double not null
);

-- Facts were written with the names of categories once; whatever those are called since.
create table marts.dim_category_name (
    name varchar not null,
    category varchar not null
);

-- The counts with what lies within each queue's own threshold T and the limit of short abandons.
create view marts.interval_counts as
select
    counts.*,
    marts.within_seconds(counts.answered_waits, marts.threshold_s(queues.service_level_s)) as answered_in_t,
    marts.within_seconds(counts.abandoned_waits, marts.threshold_s(queues.service_level_s)) as abandoned_in_t,
    marts.within_seconds(counts.abandoned_waits, marts.short_wait_s()) as short_abandons
from marts.queue_interval_counts as counts
left join marts.dim_queue as queues on counts.queue = queues.queue;

create view marts.agg_queue_interval as
select * exclude (level) from marts.interval_counts where level = 'entry';

create view marts.agg_caller_interval as
select * exclude (level) from marts.interval_counts where level = 'caller';
