-- When the named calls were, for lists of tasks.
select
    call_id,
    arrived_at
from marts.fct_calls
where call_id in (select unnest($calls::varchar[]));
