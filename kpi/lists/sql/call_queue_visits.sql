select *
from marts.fct_queue_visits
where call_first_id >= $first_id and call_id = $call_id
order by visit_no;
