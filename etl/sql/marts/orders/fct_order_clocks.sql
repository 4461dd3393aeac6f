delete from marts.fct_order_clocks
where order_first_id >= $first_order_id and order_id in (select order_id from touched_orders);

insert into marts.fct_order_clocks
with steps as (
    select
        *,
        coalesce(last_value(round ignore nulls) over before_it, 1) as current_round,
        -- What the last step was, which is what set the clocks that follow it.
        coalesce(last_value(
            case when kind = 'order_stepped' then changed.category is not null or changed.urgency is not null end
            ignore nulls
        ) over before_it, false) as is_corrected,
        coalesce(last_value(
            case when kind = 'order_stepped' then changed.due_at is not null end ignore nulls
        ) over before_it, false) as is_extended,
        last_value(to_state ignore nulls) over before_it as led_to,
        coalesce(bool_or(from_state = 'merged' and to_state in ('accepted', 'dispatched')) over (
            partition by order_id order by n rows between current row and unbounded following
        ), false) as is_split_off
    from stg_order_events
    window before_it as (partition by order_id order by n rows unbounded preceding)
),

facts as (
    select
        *,
        lag(clock_state) over (partition by order_id, clock order by n) as before,
        lag(due_at) over (partition by order_id, clock order by n) as due_before
    from steps
    where kind = 'order_clock_set'
),

-- A deadline that had passed while the clock ran stays missed, whatever came afterwards: begun anew, extended, or
-- counted by other limits since a correction.
judged as (
    select
        *,
        coalesce(
            before in ('running', 'paused')
            and clock_state in ('running', 'paused')
            and due_before < happened_at
            and (due_at is null or due_at > due_before), false
        ) as is_late,
        before is null
        or (before in ('met', 'missed', 'stopped') and clock_state in ('running', 'paused') and not undone) as is_again
    from facts
),

-- A clock that runs again after its end begins a new run, and so does one whose deadline had passed. One that was met
-- before the work was sent back goes on in its run.
runs as (
    select
        *,
        count(*) filter (where is_again or is_late) over so_far as run_no,
        -- Several runs may share one first date: an extension promises nothing new.
        count(*) filter (where is_again or (is_late and not is_extended) or is_corrected) over so_far as promise_no,
        case when lead(is_late) over in_order then lead(happened_at) over in_order end as late_since
    from judged
    window
        in_order as (partition by order_id, clock order by n),
        so_far as (partition by order_id, clock order by n rows unbounded preceding)
),

paused as (
    select
        *,
        first_value(due_at ignore nulls) over (
            partition by order_id, clock, promise_no
            order by n rows between unbounded preceding and unbounded following
        ) as promised_at,
        case
            when clock_state = 'paused'
                then marts.seconds_between(
                    happened_at, lead(happened_at) over (partition by order_id, clock, run_no order by n)
                )
        end as paused_seconds,
        coalesce(
            max(n) filter (where undone) over (partition by order_id, clock, run_no), 0
        ) as undone_n,
        case
            when late_since is not null then 'missed'
            -- Handed back after the deadline. Of merged and void orders nothing is asked; once split off it was late.
            when
                clock_state = 'stopped'
                and due_at < happened_at
                and (led_to not in ('merged', 'void') or (led_to = 'merged' and is_split_off))
                then 'missed'
            else clock_state
        end as state_then
    from runs
)

select
    order_id,
    clock,
    run_no,
    min(order_first_id) as order_first_id,
    arg_min(current_round, n) as round,
    arg_max(state_then, n) as state,
    arg_max(limit_s, n) as limit_s,
    coalesce(sum(paused_seconds), 0) as paused_seconds,
    min(happened_at) as began_at,
    arg_max_null(due_at, n) as due_at,
    arg_max(promised_at, n) as first_due_at,
    case
        when arg_max(state_then, n) in ('met', 'missed', 'stopped')
            then
                coalesce(
                    arg_max(late_since, n),
                    min(happened_at) filter (where clock_state in ('met', 'missed', 'stopped') and n > undone_n)
                )
    end as ended_at,
    min(happened_at) filter (where clock_state = 'met') as first_met_at,
    timezone($timezone, timezone('UTC', arg_max_null(due_at, n)))::date as due_day
from paused
where clock is not null and clock_state is not null
group by
    order_id,
    clock,
    run_no;
