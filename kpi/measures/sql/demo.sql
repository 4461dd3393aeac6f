-- Whether anything generated is among what the period's figures are made of.
select
    exists(
        select 1
        from marts.fct_calls
        where demo and interval_start >= $from_at::timestamp and interval_start < $until::timestamp
    ) as of_calls,
    exists(
        select 1
        from marts.fct_orders
        where demo and opened_at < $until::timestamp
    ) as of_orders;
