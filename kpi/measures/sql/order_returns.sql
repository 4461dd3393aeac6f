-- Who handed back orders that were dispatched in the period: each order once for each who did.
select
    steps.done_by,
    count(distinct steps.order_id) as returned
from marts.fct_order_steps as steps
inner join marts.fct_orders as orders on steps.order_id = orders.order_id
where
    steps.event = 'return'
    and orders.state not in ('merged', 'void')
    and not orders.is_child
    and orders.dispatched_at >= $from_at::timestamp
    and orders.dispatched_at < $until::timestamp
group by steps.done_by
order by
    returned desc,
    steps.done_by asc;
