-- From where on the stretches of the agents at hand are read.
select min(first_id) as first_state_id
from touched_agents;
