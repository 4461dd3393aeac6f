-- Agents' states and work for pages, scores and reports. Times are UTC without a zone.
create table marts.fct_agent_states (
    extension varchar not null,
    event_id bigint not null,
    next_id bigint,
    state varchar not null,
    reason varchar not null,
    call_id varchar,
    started_at timestamp not null,
    ended_at timestamp,
    day date not null
);

create table marts.agg_agent_interval (
    interval_start timestamp not null,
    extension varchar not null,
    day date not null,
    rung bigint not null,
    handled bigint not null,
    not_answered bigint not null,
    unreachable bigint not null,
    transferred bigint not null,
    talk_seconds double not null,
    hold_seconds double not null,
    wrap_up_seconds double not null,
    ready_seconds double not null,
    ringing_seconds double not null,
    break_seconds double not null,
    trouble_seconds double not null,
    contact_seconds double not null,
    available_seconds double not null,
    logged_in_seconds double not null
);

-- Of the site's definition, as it is now.
create table marts.dim_agent (
    extension varchar not null,
    name varchar not null,
    work_group varchar not null
);
