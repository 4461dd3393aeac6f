-- From where on the log is read for the calls at hand.
select min(call_first_id) as first_id
from touched_calls;
