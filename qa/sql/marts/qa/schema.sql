-- Scores of calls. Times are UTC without a zone; day is the site's local date of the call.

-- noqa: disable=LT01
create table marts.fct_qa_scores (
    score_id varchar not null,
    score_first_id bigint not null,
    call_id varchar not null,
    agent varchar not null,
    form varchar not null,
    form_version integer not null,
    part varchar not null,
    round varchar,
    master boolean not null,
    scorer varchar not null,
    score double not null,
    score_without_fatal double,
    passed boolean not null,
    fatal_items integer not null,
    first_score double not null,
    state varchar not null,
    demo boolean not null,
    called_at timestamp not null,
    scored_at timestamp not null,
    answered_at timestamp,
    decided_at timestamp,
    interval_start timestamp not null,
    day date not null
);
