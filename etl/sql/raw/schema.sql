-- The log as it is, and how far it has been read.
create schema if not exists raw;

-- One row per event; call_id is set where the fact is about a call, order_id where it is about a work order. Kept in
-- order of id.
create table raw.event_log (
    id bigint not null,
    uid varchar not null,
    happened_at timestamp not null,
    kind varchar not null,
    version integer not null,
    subject varchar not null,
    call_id varchar,
    order_id varchar,
    payload varchar not null
);

-- Exactly one row; written in the transaction of the batch that it closes.
create table raw.watermark (
    id bigint not null,
    uid varchar not null,
    fed_at timestamp,
    fingerprint varchar not null
);

-- Rows of the log that cannot be read, or that no mart takes: the feed went on without them.
create table raw.unreadable (
    id bigint not null,
    problem varchar not null
);
