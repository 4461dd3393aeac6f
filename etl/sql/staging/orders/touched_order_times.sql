-- Between which quarters the orders at hand are counted, before and after.
select
    min(interval_start) as orders_from,
    max(interval_start) as orders_until
from touched_order_intervals;
