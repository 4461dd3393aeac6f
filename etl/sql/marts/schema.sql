-- What the tables of all families use. The tables stand in each family's own schema.sql.
create schema if not exists marts;

-- noqa: disable=LT01,LT02

-- Seconds from a to b, never negative (a clock may have been set back), null while b is open.
create or replace macro marts.seconds_between(a, b) as
    case when b >= a then (epoch_us(b) - epoch_us(a)) / 1000000.0 when b < a then 0.0 end;

-- How many of a histogram by second (second -> count) are at most t.
create or replace macro marts.within_seconds(histogram, t) as
    coalesce(list_sum(list_transform(
        list_filter(map_entries(histogram), lambda entry: entry.key <= t), lambda entry: entry.value
    )), 0)::bigint;

-- A queue's threshold T, 20 s where it names none; who gives up within the second limit has hardly waited.
create or replace macro marts.threshold_s(own) as coalesce(own, 20.0);

create or replace macro marts.short_wait_s() as 5;

-- Whether a wait lies within a limit: by whole seconds, as histograms keep them. One of 4.2 s counts under 5, and a T
-- of 19.5 s as one of 19.
create or replace macro marts.is_within(wait_seconds, t) as ceil(wait_seconds) <= t;

-- Busy with a call, and waiting for one.
create or replace macro marts.is_contact(state) as state in ('talking', 'hold', 'wrap_up');

create or replace macro marts.is_available(state) as state in ('ready', 'ringing');

-- The quarter hours that a stretch touches, and how much of it lies in one of them.
create or replace macro marts.quarters_of(started_at, ended_at) as
    generate_series(time_bucket(interval 15 minutes, started_at), ended_at, interval 15 minutes);

create or replace macro marts.seconds_in_quarter(started_at, ended_at, interval_start) as
    marts.seconds_between(
        greatest(started_at, interval_start), least(ended_at, interval_start + interval 15 minutes)
    );

create or replace macro marts.quarter_hour(moment) as time_bucket(interval 15 minutes, moment);

-- UTC epoch seconds as a time; what no clock of ours shows is no time.
create or replace macro marts.epoch_time(seconds) as
    case when seconds between 0 and 7258118400 then make_timestamp((seconds * 1000000)::bigint) end;
