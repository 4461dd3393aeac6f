-- The batch at hand, in order of id, so that ranges of ids are ranges of the file.
insert into raw.event_log
select
    id,
    uid,
    make_timestamp(at_us) as happened_at,
    kind,
    version,
    subject,
    call_id,
    order_id,
    payload
from batch_in
order by id;
