-- What was measured in the sound of calls (docs/qa.md); seconds, and shares from 0 to 1.

-- noqa: disable=LT01
create table marts.fct_call_audio (
    call_id varchar not null,
    measuring integer not null,
    channels integer,
    seconds double,
    measured_s double,
    hold_s double,
    talk_ratio double,
    silence_ratio double,
    longest_silence_s double,
    dead_air_s double,
    overtalk_s double,
    overtalk_ratio double,
    began_overtalk varchar,
    response_latency_s double,
    one_way varchar,
    problem varchar not null,
    measured_at timestamp not null
);
