-- One call; with own set, only when that extension placed it or answered in it.
select
    call_id,
    call_first_id,
    last_extension as agent,
    arrived_at,
    ended_at,
    recording_path,
    recording_seconds,
    demo
from marts.fct_calls
where
    call_id = $call_id
    and (
        $own::varchar is null
        or (caller = $own::varchar and direction <> 'inbound')
        or call_id in (
            select call_id
            from marts.fct_call_segments
            where call_id = $call_id and extension = $own::varchar and answered_at is not null
        )
    );
