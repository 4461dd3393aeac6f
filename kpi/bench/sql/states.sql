-- Ready, talking, wrap-up and ready again, around each call.
insert into marts.fct_agent_states
with parts as (
    select
        first_extension as extension,
        call_first_id,
        arrived_at,
        answered_at,
        ended_at,
        ended_at + to_seconds(wrap_up_seconds) as free_at,
        day
    from marts.fct_calls
),

stretches as (
    select
        extension,
        call_first_id * 4 as event_id,
        'ready' as state,
        arrived_at as began,
        answered_at as ended,
        day
    from parts
    union all
    select
        extension,
        call_first_id * 4 + 1 as event_id,
        'talking' as state,
        answered_at as began,
        ended_at as ended,
        day
    from parts
    union all
    select
        extension,
        call_first_id * 4 + 2 as event_id,
        'wrap_up' as state,
        ended_at as began,
        free_at as ended,
        day
    from parts
    union all
    select
        extension,
        call_first_id * 4 + 3 as event_id,
        'ready' as state,
        free_at as began,
        arrived_at + to_seconds($stride::double) as ended,
        day
    from parts
)

select
    extension,
    event_id,
    event_id + 1 as next_id,
    state,
    '' as reason,
    null as call_id,
    began as started_at,
    ended as ended_at,
    day
from stretches
where ended > began
order by
    began,
    event_id;
