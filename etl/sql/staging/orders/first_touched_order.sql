-- From where on the log is read for the orders at hand.
select min(order_first_id) as first_order_id
from touched_orders;
