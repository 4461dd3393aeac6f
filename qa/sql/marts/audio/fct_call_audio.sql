delete from marts.fct_call_audio
where call_id in (select call_id from touched_call_audio);

insert into marts.fct_call_audio
with events as (
    select
        log.subject as call_id,
        log.happened_at,
        json_transform(
            log.payload,
            '{
                "measuring": "INTEGER", "problem": "VARCHAR", "measures": {
                    "channels": "INTEGER", "seconds": "DOUBLE", "measured_s": "DOUBLE", "hold_s": "DOUBLE",
                    "talk_ratio": "DOUBLE", "silence_ratio": "DOUBLE", "longest_silence_s": "DOUBLE",
                    "dead_air_s": "DOUBLE", "overtalk_s": "DOUBLE", "overtalk_ratio": "DOUBLE",
                    "began_overtalk": "VARCHAR", "response_latency_s": "DOUBLE", "one_way": "VARCHAR"
                }
            }'
        ) as fact
    from raw.event_log as log
    inner join touched_call_audio as touched on log.id = touched.last_id
)

select
    call_id,
    fact.measuring as measuring,
    fact.measures.channels as channels,
    fact.measures.seconds as seconds,
    fact.measures.measured_s as measured_s,
    fact.measures.hold_s as hold_s,
    fact.measures.talk_ratio as talk_ratio,
    fact.measures.silence_ratio as silence_ratio,
    fact.measures.longest_silence_s as longest_silence_s,
    fact.measures.dead_air_s as dead_air_s,
    fact.measures.overtalk_s as overtalk_s,
    fact.measures.overtalk_ratio as overtalk_ratio,
    fact.measures.began_overtalk as began_overtalk,
    fact.measures.response_latency_s as response_latency_s,
    fact.measures.one_way as one_way,
    fact.problem as problem,
    happened_at as measured_at
from events;
