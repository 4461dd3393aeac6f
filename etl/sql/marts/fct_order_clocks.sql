delete from marts.fct_order_clocks
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders);

insert into marts.fct_order_clocks
with rounds as (
    select
        *,
        coalesce(
            last_value(round ignore nulls) over (partition by order_id order by n rows unbounded preceding), 1
        ) as current_round
    from stg_order_events
),

facts as (
    select
        *,
        lag(clock_state) over (partition by order_id, clock order by n) as before
    from rounds
    where kind = 'order_clock_set'
),

-- A clock that runs again after its end begins a new run.
runs as (
    select
        *,
        count(*) filter (
            where before is null
            or (before in ('met', 'missed', 'stopped') and clock_state in ('running', 'paused'))
        ) over (partition by order_id, clock order by n rows unbounded preceding) as run_no
    from facts
),

paused as (
    select
        *,
        case
            when clock_state = 'paused'
                then marts.seconds_between(
                    happened_at, lead(happened_at) over (partition by order_id, clock, run_no order by n)
                )
        end as paused_seconds
    from runs
)

select
    order_id,
    clock,
    run_no,
    min(order_first_id) as order_first_id,
    arg_min(current_round, n) as round,
    arg_max(clock_state, n) as state,
    arg_max(limit_s, n) as limit_s,
    coalesce(sum(paused_seconds), 0) as paused_seconds,
    min(happened_at) as began_at,
    arg_max_null(due_at, n) as due_at,
    arg_min(due_at, n) as first_due_at,
    case
        when arg_max(clock_state, n) in ('met', 'missed', 'stopped')
            then min(happened_at) filter (where clock_state in ('met', 'missed', 'stopped'))
    end as ended_at,
    timezone($timezone, timezone('UTC', arg_max_null(due_at, n)))::date as due_day
from paused
where clock is not null and clock_state is not null
group by
    order_id,
    clock,
    run_no;
