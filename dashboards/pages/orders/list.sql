-- The work orders of a filter and, on every row, the totals of all of them. Every filter may be null.
-- 'none' asks for orders without a category, district or site.
with named as (
    select
        orders.*,
        orders.due_at < $at::timestamp as overdue,
        coalesce(nullif(categories.parent, ''), nullif(split_part(orders.category, '.', 1), ''), 'none')
            as top_category
    from marts.fct_orders as orders
    left join marts.dim_order_category as categories on orders.category = categories.category
),

-- The same deadlines as in etl/sql/api/order_timeliness.sql.
deadlines as (
    select
        order_id,
        bool_and(state = 'met') as kept
    from marts.fct_order_clocks
    where
        clock = $clock::varchar
        and state <> 'stopped'
        and ($from_at::timestamp is null or due_at >= $from_at::timestamp)
        and due_at < least(coalesce($until::timestamp, $at::timestamp), $at::timestamp)
    group by order_id
),

chosen as (
    select
        named.*,
        deadlines.kept
    from named
    left join deadlines on named.order_id = deadlines.order_id
    where
        (
            $clock::varchar is not null
            or $from_at::timestamp is null
            or case when $by_closing::boolean then closed_at else opened_at end >= $from_at::timestamp
        )
        and (
            $clock::varchar is not null
            or $until::timestamp is null
            or case when $by_closing::boolean then closed_at else opened_at end < $until::timestamp
        )
        and (
            $clock::varchar is null
            or (
                deadlines.order_id is not null
                and state not in ('merged', 'void')
                and (not is_child or $clock::varchar = 'return_visit')
                and ($kept::varchar is null or deadlines.kept = ($kept::varchar = 'yes'))
            )
        )
        and (not $only_open::boolean or marts.is_open(state))
        and (not $only_overdue::boolean or overdue)
        and (not $only_closed::boolean or closed_at is not null)
        -- Merged into another one it is not a repair that was done.
        and (not ($only_closed::boolean or $by_closing::boolean) or not is_child)
        and ($state::varchar is null or state = $state::varchar)
        and (
            $category::varchar[] is null
            or list_contains($category::varchar[], category)
            or list_contains($category::varchar[], top_category)
        )
        and (
            $district::varchar[] is null
            or list_contains($district::varchar[], coalesce(nullif(district, ''), 'none'))
        )
        and (
            $place::varchar is null
            or (longitude is not null and latitude is not null) = ($place::varchar = 'known')
        )
        and ($site::varchar is null or coalesce(nullif(site, ''), 'none') = $site::varchar)
        and ($urgency::varchar is null or urgency = $urgency::varchar)
        and ($assignee::varchar is null or assignee = $assignee::varchar)
        and (
            $flag::varchar is null
            or case $flag::varchar
                when 'urged' then urged > 0
                when 'supervised' then supervised
                when 'extended' then extended > 0
                when 'returned' then returned > 0
                when 'again' then round > 1
                when 'late' then missed > 0
            end
        )
        and ($caller::varchar is null or caller = $caller::varchar)
        and ($caller_part::varchar is null or contains(caller, $caller_part::varchar))
        and ($customer::bigint is null or customer_id = $customer::bigint)
        and ($from_call::varchar is null or from_call = $from_call::varchar)
        and (
            $q::varchar is null
            or contains(
                lower(concat_ws(' ', named.order_id, district, address, summary, assignee)), lower($q::varchar)
            )
        )
        and ($own_site::varchar is null or site = $own_site::varchar)
        and (
            $own_assignee::varchar is null
            or assignee = $own_assignee::varchar
            -- What nobody has yet is assigned to its site.
            or (site = $free_site::varchar and coalesce(assignee, site) in ('', site) and marts.is_open(state))
        )
)

select
    *,
    count(*) over () as all_orders,
    count(*) filter (where marts.is_open(state)) over () as all_open,
    count(*) filter (where overdue) over () as all_overdue,
    count(closed_at) over () as all_closed,
    count(*) filter (where kept) over () as all_kept
from chosen
order by
    case when $by_deadline::boolean then due_at end asc nulls last,
    opened_at desc,
    order_id desc
limit
    $most::integer
    offset $skip::integer;
