-- A page of calls, newest first; every filter may be null. call_id breaks ties, so that a cursor never skips.
select *
from marts.fct_calls
where
    ($from_at::timestamp is null or arrived_at >= $from_at::timestamp)
    and ($until::timestamp is null or arrived_at < $until::timestamp)
    and (
        $queue::varchar is null
        or call_id in (select call_id from marts.fct_queue_visits where queue = $queue::varchar)
    )
    and (
        $agent::varchar is null
        or call_id in (select call_id from marts.fct_call_segments where extension = $agent::varchar)
    )
    and ($caller::varchar is null or caller = $caller::varchar)
    and ($caller_part::varchar is null or contains(caller, $caller_part::varchar))
    and ($outcome::varchar is null or outcome = $outcome::varchar)
    and (
        $own::varchar is null
        or (caller = $own::varchar and direction <> 'inbound')
        or call_id in (
            select call_id from marts.fct_call_segments where extension = $own::varchar and answered_at is not null
        )
    )
    and (
        $before_at::timestamp is null
        or arrived_at < $before_at::timestamp
        or (arrived_at = $before_at::timestamp and call_id < $before_id::varchar)
    )
order by
    arrived_at desc,
    call_id desc
limit $most::integer;
