-- Calls with a whole recording that this version of the measuring has not heard, the newest first.
select calls.call_id
from marts.fct_calls as calls
left join marts.fct_call_audio as audio on calls.call_id = audio.call_id and audio.measuring >= $version
where calls.recording_seconds is not null and calls.recording_path is not null and audio.call_id is null
order by calls.arrived_at desc
limit $most;
