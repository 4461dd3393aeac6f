delete from marts.fct_qa_scores
where score_id in (select score_id from touched_qa_scores);

insert into marts.fct_qa_scores
with events as (
    select
        log.id,
        log.subject as score_id,
        touched.score_first_id,
        log.happened_at,
        log.kind,
        json_transform(
            log.payload,
            '{
                "scored_call": "VARCHAR", "called_at": "DOUBLE", "agent": "VARCHAR", "form": "VARCHAR",
                "form_version": "INTEGER", "score": "DOUBLE", "score_without_fatal": "DOUBLE", "passed": "BOOLEAN",
                "fatal": ["VARCHAR"], "part": "VARCHAR", "round": "VARCHAR", "master": "BOOLEAN",
                "scorer": "VARCHAR", "demo": "BOOLEAN", "answer": "VARCHAR", "decision": "VARCHAR"
            }'
        ) as fact
    from raw.event_log as log
    inner join touched_qa_scores as touched on log.subject = touched.score_id
    where
        log.id >= $first_qa_score_id
        and log.kind in ('qa_call_scored', 'qa_score_answered', 'qa_appeal_decided')
),

scored as (
    select
        *,
        marts.epoch_time(fact.called_at) as called_at
    from events
    where kind = 'qa_call_scored'
    qualify row_number() over (partition by score_id order by id) = 1
),

answered as (
    select
        score_id,
        arg_max(fact.answer, id) as answer,
        max(happened_at) as answered_at
    from events
    where kind = 'qa_score_answered'
    group by score_id
),

decided as (
    select
        score_id,
        happened_at as decided_at,
        fact
    from events
    where kind = 'qa_appeal_decided'
    qualify row_number() over (partition by score_id order by id desc) = 1
)

select
    scored.score_id,
    scored.score_first_id,
    scored.fact.scored_call as call_id,
    scored.fact.agent as agent,
    scored.fact.form as form,
    scored.fact.form_version as form_version,
    scored.fact.part as part,
    scored.fact.round as round,
    scored.fact.master as master,
    scored.fact.scorer as scorer,
    case when decided.score_id is null then scored.fact.score else decided.fact.score end as score,
    case
        when decided.score_id is null then scored.fact.score_without_fatal else decided.fact.score_without_fatal
    end as score_without_fatal,
    case when decided.score_id is null then scored.fact.passed else decided.fact.passed end as passed,
    len(case when decided.score_id is null then scored.fact.fatal else decided.fact.fatal end)::integer as fatal_items,
    scored.fact.score as first_score,
    coalesce(decided.fact.decision, answered.answer, 'scored') as state,
    scored.fact.demo as demo,
    scored.called_at,
    scored.happened_at as scored_at,
    answered.answered_at,
    decided.decided_at,
    marts.quarter_hour(scored.called_at) as interval_start,
    timezone($timezone, timezone('UTC', scored.called_at))::date as day
from scored
left join answered on scored.score_id = answered.score_id
left join decided on scored.score_id = decided.score_id;
