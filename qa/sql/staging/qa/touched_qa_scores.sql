-- Which scores the new facts are about, and from where on each must be read again.
create or replace temp table touched_qa_scores as
with batch as (
    select
        subject as score_id,
        min(id) as first_id
    from raw.event_log
    where id > $watermark and kind in ('qa_call_scored', 'qa_score_answered', 'qa_appeal_decided')
    group by subject
),

known as (
    select
        score_id,
        score_first_id
    from marts.fct_qa_scores
    where score_id between $least_qa and $most_qa
)

select
    batch.score_id,
    least(batch.first_id, coalesce(known.score_first_id, batch.first_id)) as score_first_id
from batch
left join known on batch.score_id = known.score_id;
