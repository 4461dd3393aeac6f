-- Which calls were measured; the newest measure alone stands.
create or replace temp table touched_call_audio as
select
    subject as call_id,
    max(id) as last_id
from raw.event_log
where id > $watermark and kind = 'qa_call_measured'
group by subject;
