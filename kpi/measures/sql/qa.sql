-- Scores of calls by the period of the call, random ones alone: only they stand for all calls. Scores of calibration
-- rounds are nobody's. With $each every score has a row of its own. The mart is of the folder qa's own family.
with scores as (
    select
        scored.call_id,
        scored.form,
        scored.agent,
        scored.called_at,
        scored.interval_start,
        scored.passed,
        scored.score,
        coalesce(agents.work_group, '') as work_group
    from marts.fct_qa_scores as scored
    left join marts.dim_agent as agents on scored.agent = agents.extension
    where
        scored.called_at >= $from_at::timestamp
        and scored.called_at < $until::timestamp
        and scored.part = 'random'
        and scored.round is null
        and ($own::varchar is null or scored.agent = $own::varchar)
)

select
    case when $by_interval::boolean then interval_start end as by_interval,
    case when $by_agent::boolean then agent end as by_agent,
    case when $by_group::boolean then work_group end as by_group,
    case when $each::boolean then call_id end as item,
    case when $each::boolean then form end as part,
    case when $each::boolean then called_at end as happened_at,
    count(*) as scored,
    count(*) filter (where passed) as passed,
    coalesce(sum(score), 0)::double as points
from scores
group by
    by_interval,
    by_agent,
    by_group,
    item,
    part,
    happened_at
order by
    by_interval,
    by_agent,
    by_group;
