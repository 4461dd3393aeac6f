"""The feed on SQLite and PostgreSQL: what is committed is taken in once, and troubles are said and survived."""

import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from core import events as ev
from core.db import event_log
from core.errors import Unavailable
from core.workorders.office import fill_shipped
from etl import feed as feed_module
from etl import runner
from etl.feed import Feeder, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, contents, day_of_calls, feed


def append(engine, events):
    with engine.begin() as connection:
        return event_log.append(connection, events)


def call(name, at=NOON):
    return [
        ev.Event.of(ev.CallArrived(name, "inbound", "13800001111", "96001"), at),
        ev.Event.of(ev.CallEnded(name, "caller_hung_up"), at + 5),
    ]


def calls(warehouse):
    return [row["call_id"] for row in warehouse.query("select call_id from marts.fct_calls order by call_id")]


@pytest.fixture
def feeder(engine, warehouse):
    made = Feeder(engine, warehouse)
    yield made
    made.stop()


def test_what_is_committed_is_taken_in_once(engine, warehouse, feeder, monkeypatch):
    monkeypatch.setattr(feed_module, "BATCH", 64)
    rows = day_of_calls()[-300:]
    append(engine, [event for _, event in rows])
    assert feeder.catch_up() == 300
    assert feeder.catch_up() == 0
    assert append(engine, [event for _, event in rows]) == 0
    again = Feeder(engine, warehouse)
    assert again.catch_up() == 0
    assert warehouse.query("select count(*) n from raw.event_log") == [{"n": 300}]


def test_a_transaction_that_commits_late_is_not_stepped_over(engine, warehouse, feeder):
    append(engine, call("a"))
    connection = engine.connect()
    transaction = connection.begin()
    event_log.append(connection, call("b"))
    feeder.catch_up()
    assert calls(warehouse) == ["a"]
    transaction.commit()
    connection.close()
    append(engine, call("c"))
    feeder.catch_up()
    assert calls(warehouse) == ["a", "b", "c"]


def test_a_new_warehouse_is_filled_from_the_beginning(engine, warehouse, feeder, tmp_path):
    append(engine, [event for _, event in day_of_calls()[-400:]])
    feeder.catch_up()
    other = Warehouse(tmp_path / "other.duckdb").open()
    Feeder(engine, other).catch_up()
    assert contents(other) == contents(warehouse)
    other.close()


def test_a_warehouse_of_another_log_starts_over(engine, warehouse):
    feed(warehouse, [(1, call("ghost")[0])])
    append(engine, call("a"))
    Feeder(engine, warehouse).catch_up()
    assert calls(warehouse) == ["a"]


def test_a_warehouse_built_by_other_sql_is_built_anew(engine, warehouse, feeder, monkeypatch):
    append(engine, call("a"))
    feeder.catch_up()
    with warehouse.writing() as cursor:
        cursor.execute("update raw.watermark set fingerprint = 'older'").fetchall()
    again = Feeder(engine, warehouse)
    assert again.catch_up() == 2
    assert calls(warehouse) == ["a"]


def test_a_batch_that_fails_in_its_middle_leaves_nothing(engine, warehouse, feeder, monkeypatch):
    append(engine, call("a"))
    feeder.catch_up()
    append(engine, call("b"))
    real = runner.run

    def breaks(cursor, name, parameters=None):
        if name.endswith("/calls/facts.sql"):
            raise OSError("disk full")
        real(cursor, name, parameters)

    monkeypatch.setattr(runner, "run", breaks)
    with pytest.raises(OSError):
        feeder.once()
    assert warehouse.query("select max(id) n from raw.event_log") == [{"n": 2}]
    monkeypatch.setattr(runner, "run", real)
    feeder.catch_up()
    assert calls(warehouse) == ["a", "b"]


def test_the_running_feed_brings_a_hang_up_within_two_seconds_and_says_how_it_is(engine, warehouse, feeder):
    feeder.start()
    wait(lambda: feeder.status()["state"] == "up")
    append(engine, call("a"))
    before = time.monotonic()
    wait(lambda: calls(warehouse) == ["a"])
    assert time.monotonic() - before < 2.0
    wait(lambda: feeder.status()["watermark"] == 2)
    assert feeder.status()["status"] == "ok"
    assert feeder.status()["behind"] == 0
    feeder.stop()
    assert feeder.status()["status"] == "down"


def test_without_the_database_it_says_so_and_goes_on_later(engine, warehouse, monkeypatch):
    monkeypatch.setattr(feed_module, "RETRY_S", 0.05)
    away = create_engine("sqlite:////nowhere/at/all.db")
    feeder = Feeder(away, warehouse)
    feeder.start()
    wait(lambda: feeder.status()["state"] == "database_away")
    assert feeder.status()["status"] == "degraded"
    append(engine, call("a"))
    feeder._database = engine
    wait(lambda: calls(warehouse) == ["a"])
    wait(lambda: feeder.status()["state"] == "up")
    feeder.stop()


def test_names_and_thresholds_follow_the_site(engine, warehouse):
    feed(
        warehouse,
        [
            (number, ev.Event.of(fact, NOON + at))
            for number, (at, fact) in enumerate(
                (
                    (0, ev.CallArrived("c", "inbound", "1", "2")),
                    (0, ev.CallQueued("c", "repair", 0, 1)),
                    (25, ev.QueueLeft("c", "repair", "answered")),
                ),
                start=1,
            )
        ],
    )
    within = "select answered_in_t from marts.agg_queue_interval"
    assert warehouse.query(within) == [{"answered_in_t": 0}]
    with warehouse.writing() as cursor:
        cursor.execute("insert into marts.dim_queue values ('repair', '报修', 25)").fetchall()
    assert warehouse.query(within) == [{"answered_in_t": 1}]


def test_categories_are_those_of_the_site(engine, warehouse):
    with Session(engine) as session:
        fill_shipped(session, NOON)
        session.commit()
    Feeder(engine, warehouse).once()
    found = warehouse.query("select parent, name, name_en from marts.dim_category where category = 'repair.burst'")
    assert found == [{"parent": "repair", "name": "爆管", "name_en": "Burst main"}]


def test_the_file_belongs_to_one_process_and_closed_means_unavailable(tmp_path):
    made = Warehouse(tmp_path / "w.duckdb")
    with pytest.raises(Unavailable):
        made.query("select 1")
    made.open()
    prepare(made)
    made.close()
    with pytest.raises(Unavailable):
        made.query("select 1")


def test_a_file_that_is_no_warehouse_is_put_aside(tmp_path):
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"rubbish" * 1000)
    made = Warehouse(path).open()
    prepare(made)
    assert made.query("select count(*) n from marts.fct_calls") == [{"n": 0}]
    made.close()
    assert [found.read_bytes()[:7] for found in tmp_path.glob("*.broken-*")] == [b"rubbish"]


async def test_queries_leave_the_loop_free_and_an_answer_may_be_a_little_old(warehouse):
    sql = "select count(*) n from marts.fct_calls where call_id <> $call"
    assert await warehouse.fetch(sql, {"call": "x"}, fresh_s=60) == [{"n": 0}]
    feed(warehouse, list(enumerate(call("a"), start=1)))
    assert await warehouse.fetch(sql, {"call": "x"}, fresh_s=60) == [{"n": 0}]
    assert await warehouse.fetch(sql, {"call": "x"}) == [{"n": 1}]


def test_reading_goes_on_while_a_batch_is_written(warehouse):
    feed(warehouse, list(enumerate(call("a"), start=1)))
    with warehouse.writing() as cursor:
        cursor.execute("delete from marts.fct_calls").fetchall()
        assert calls(warehouse) == ["a"]
    assert calls(warehouse) == []


def wait(condition, limit_s=10.0):
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_the_engine_fixture_has_the_log(engine):
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from event_log")).scalar_one() == 0
