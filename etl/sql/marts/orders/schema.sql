-- Work orders for pages, scores and reports. Times are UTC without a zone; day is the site's local date.

-- noqa: disable=LT01,LT02

-- Neither done nor put aside.
create or replace macro marts.is_open(state) as state not in ('closed', 'merged', 'void');

-- What figures of orders are split by: the category above, or what stands before the point of one that is unknown.
create or replace macro marts.top_category(category, parent) as
    coalesce(nullif(parent, ''), nullif(split_part(category, '.', 1), ''), 'none');

create table marts.fct_orders (
    order_id varchar not null,
    order_first_id bigint not null,
    workflow varchar,
    workflow_version integer,
    channel varchar,
    category varchar not null,
    urgency varchar,
    district varchar not null,
    address varchar,
    longitude double,
    latitude double,
    site varchar,
    customer_id bigint,
    caller varchar,
    from_call varchar,
    summary varchar,
    opened_by varchar,
    demo boolean not null,
    state varchar not null,
    round integer not null,
    assignee varchar,
    urged integer not null,
    supervised boolean not null,
    extended integer not null,
    returned integer not null,
    dispatched integer not null,
    missed integer not null,
    visits_tried integer not null,
    visits_reached integer not null,
    immediate boolean not null,
    is_child boolean not null,
    due_clock varchar,
    due_at timestamp,
    first_due_at timestamp,
    opened_at timestamp not null,
    dispatched_at timestamp,
    taken_at timestamp,
    arrived_at timestamp,
    finished_at timestamp,
    closed_at timestamp,
    changed_at timestamp not null,
    interval_start timestamp not null,
    day date not null,
    closed_day date
);

create table marts.fct_order_steps (
    order_id varchar not null,
    step_no integer not null,
    order_first_id bigint not null,
    event varchar,
    from_state varchar,
    to_state varchar,
    done_by varchar,
    role varchar,
    round integer,
    assignee varchar,
    note varchar,
    fields varchar,
    longitude double,
    latitude double,
    seconds_before double,
    happened_at timestamp not null,
    device_at timestamp,
    is_device_off boolean not null,
    interval_start timestamp not null,
    day date not null
);

create table marts.fct_order_clocks (
    order_id varchar not null,
    clock varchar not null,
    run_no integer not null,
    order_first_id bigint not null,
    round integer not null,
    state varchar not null,
    limit_s double,
    paused_seconds double not null,
    began_at timestamp not null,
    due_at timestamp,
    first_due_at timestamp,
    ended_at timestamp,
    first_met_at timestamp,
    due_day date
);

create table marts.agg_order_interval (
    interval_start timestamp not null,
    category varchar not null,
    district varchar not null,
    day date not null,
    opened bigint not null,
    closed bigint not null,
    closed_at_once bigint not null
);

-- Of the site's definition, as it is called now.
create table marts.dim_category (
    category varchar not null,
    parent varchar,
    name varchar not null,
    name_en varchar not null,
    rank integer not null
);
