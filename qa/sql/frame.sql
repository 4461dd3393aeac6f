-- Calls of a period that an agent took and that are over, with what sampling rules ask about. A call is the agent's who
-- had it last. Who called about anything in the seven days before is a repeat caller; an agent is new for thirty days,
-- as far as this site's log reaches back.
with calls as (
    select
        *,
        lag(arrived_at) over (partition by nullif(caller, ''), direction order by arrived_at) as before_at
    from marts.fct_calls
    where arrived_at >= $from_at::timestamp - interval 7 days and arrived_at < $until::timestamp
),

transfers as (
    select
        call_id,
        count(transfer_method) as transfers
    from marts.fct_call_segments
    where rang_at >= $from_at::timestamp and rang_at < $until::timestamp + interval 1 day
    group by call_id
),

supervised as (
    select distinct call_id
    from raw.event_log
    where
        happened_at >= $from_at::timestamp
        and happened_at < $until::timestamp + interval 1 day
        and kind in ('supervision_started', 'supervision_changed')
        and payload ->> 'mode' in ('barge', 'take_over')
),

urged as (
    select
        from_call,
        order_id
    from marts.fct_orders
    where urged > 0
),

began as (
    select
        extension,
        min(answered_at) as first_at
    from marts.fct_call_segments
    where answered_at is not null
    group by extension
),

known as (
    select min(arrived_at) as first_at
    from marts.fct_calls
)

select
    calls.call_id,
    calls.last_extension as agent,
    calls.arrived_at,
    coalesce(calls.talk_seconds, 0)::double as talk_s,
    coalesce(calls.hold_seconds, 0)::double as hold_s,
    coalesce(calls.category, '') as category,
    coalesce(dim_category.parent, '') as parent,
    coalesce(calls.recording_seconds, 0) > 0 as recorded,
    supervised.call_id is not null as supervised,
    coalesce(transfers.transfers, 0)::integer as transfers,
    audio.overtalk_ratio,
    marts.top_category(calls.category, dim_category.parent) = 'complaint' as complaint,
    coalesce(calls.caller, '') <> ''
    and calls.direction = 'inbound'
    and coalesce(calls.before_at >= calls.arrived_at - interval 7 days, false) as repeat_caller,
    calls.call_id in (select from_call from urged where from_call is not null)
    or coalesce(calls.order_id in (select order_id from urged), false) as urged,
    coalesce(
        began.first_at > calls.arrived_at - interval 30 days and began.first_at > known.first_at + interval 1 day, false
    ) as new_agent
from calls
cross join known
left join transfers on calls.call_id = transfers.call_id
left join supervised on calls.call_id = supervised.call_id
left join began on calls.last_extension = began.extension
left join marts.fct_call_audio as audio on calls.call_id = audio.call_id
left join marts.dim_category on calls.category = dim_category.category
where
    calls.arrived_at >= $from_at::timestamp
    and calls.ended_at is not null
    and calls.answered_at is not null
    and calls.last_extension is not null
order by calls.call_id;
