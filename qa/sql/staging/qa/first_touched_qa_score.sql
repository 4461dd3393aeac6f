-- From where on the log is read for the scores at hand.
select min(score_first_id) as first_qa_score_id
from touched_qa_scores;
