-- What the new facts are about, by kind. Ids of subjects that are born with a fact rise with time, so that these bounds
-- keep the search for known ones away from all older rows.
select
    kind,
    min(subject) as least,
    max(subject) as most
from raw.event_log
where id > $watermark
group by kind;
