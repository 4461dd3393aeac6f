select *
from marts.fct_call_segments
where call_first_id >= $first_id and call_id = $call_id
order by segment_no;
