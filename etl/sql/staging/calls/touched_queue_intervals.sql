-- Where the rows about to be replaced stand in the interval marts.
create or replace temp table touched_queue_intervals as
select distinct
    queue,
    interval_start
from marts.fct_queue_visits
where call_first_id >= $first_id and call_id in (select call_id from touched_calls);
