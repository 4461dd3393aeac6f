create table marts.fct_readings (
    meter varchar not null,
    reading_first_id bigint not null,
    readings bigint not null,
    litres bigint not null
);

create table marts.agg_readings (
    meters bigint not null,
    litres bigint not null
);

create table marts.agg_calls_of_trunk (
    trunk varchar not null,
    calls bigint not null
);

create table marts.dim_reader (
    reader varchar not null,
    name varchar not null
);
