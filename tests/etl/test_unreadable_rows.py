"""Rows of the event log that cannot be read or counted: the feed goes on, says which they are, and takes mended ones in."""

import json
import random
import threading

import pytest
from sqlalchemy import text

from core.db import event_log
from etl.feed import Feeder
from etl.warehouse import Warehouse
from tests.etl.conftest import contents, day_of_calls

EVENTS = [event for _, event in day_of_calls()[-200:]]


def change(engine, number, **columns):
    """Writes over columns of one row, and gives back what stood there."""
    with engine.begin() as connection:
        names = ", ".join(columns)
        old = connection.execute(text(f"select {names} from event_log where id = :id"), {"id": number}).mappings().one()
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        connection.execute(text(f"update event_log set {sets} where id = :id"), {"id": number, **columns})
    return dict(old)


@pytest.fixture
def right(engine, tmp_path):
    """What a log without damage comes to."""
    with engine.begin() as connection:
        event_log.append(connection, EVENTS)
    warehouse = Warehouse(tmp_path / "right.duckdb").open()
    Feeder(engine, warehouse).catch_up()
    found = contents(warehouse)
    warehouse.close()
    return found


@pytest.mark.parametrize(
    "columns",
    [
        {"payload": '{"call_id": "a'},
        {"payload": "17"},
        {"at_us": 1 << 62},
        {"uid": ""},
        {"version": -1},
    ],
)
def test_the_feed_goes_on_behind_a_row_that_nobody_can_read_and_takes_it_in_once_it_is_mended(
    engine, warehouse, right, columns
):
    before = change(engine, 70, **columns)
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    assert warehouse.query("select count(*)::int n, max(id)::int last from raw.event_log") == [{"n": 199, "last": 200}]
    assert list(feeder.unreadable) == [70]
    assert feeder.status()["unreadable"] == 1
    feeder.feed_again()
    feeder.catch_up()
    assert list(feeder.unreadable) == [70]
    change(engine, 70, **before)
    feeder.feed_again()
    feeder.catch_up()
    assert feeder.unreadable == {}
    assert "unreadable" not in feeder.status()
    assert contents(warehouse) == right
    feeder.stop()


def test_a_row_that_somebody_took_out_of_the_log_is_not_waited_for(engine, warehouse, right):
    change(engine, 70, payload="no")
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    with engine.begin() as connection:
        connection.execute(text("delete from event_log where id = 70"))
    feeder.feed_again()
    feeder.catch_up()
    assert feeder.unreadable == {}


def test_a_fact_that_no_mart_takes_is_found_by_halves_and_no_other_is_lost(engine, warehouse, right, monkeypatch):
    import duckdb

    from etl import feed as module

    real = module._insert_raw

    def refuses(cursor, events):
        if any(number in (13, 14, 155) for number, _ in events):
            raise duckdb.ConversionException("Could not convert")
        real(cursor, events)

    monkeypatch.setattr(module, "_insert_raw", refuses)
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    assert list(feeder.unreadable) == [13, 14, 155]
    assert warehouse.query("select count(*)::int n from raw.event_log") == [{"n": 197}]
    # A program that can takes them in at its start.
    monkeypatch.setattr(module, "_insert_raw", real)
    again = Feeder(engine, warehouse)
    again.catch_up()
    assert again.unreadable == {}
    assert contents(warehouse) == right


def test_a_program_that_can_count_nothing_feeds_nothing(engine, warehouse, right, monkeypatch):
    import duckdb

    from etl import feed as module
    from etl import quarantine

    def refuses(*_all):
        raise duckdb.ConversionException("Could not convert")

    monkeypatch.setattr(module, "_insert_raw", refuses)
    monkeypatch.setattr(quarantine, "MOST", 5)
    feeder = Feeder(engine, warehouse)
    with pytest.raises(duckdb.ConversionException):
        feeder.catch_up()
    assert len(feeder.unreadable) == 5


def test_an_older_copy_under_the_running_feed_is_noticed_and_everything_filled_anew(engine, warehouse, right):
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    with engine.begin() as connection:
        connection.execute(text("delete from event_log where id > 120"))
    feeder.catch_up()
    assert warehouse.query("select max(id)::int n from raw.event_log") == [{"n": 120}]
    # The log went on from there to where it had been, and further: ids alone would say nothing.
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select setval('event_log_id_seq', 120)"))
        else:
            connection.execute(text("update sqlite_sequence set seq = 120 where name = 'event_log'"))
        event_log.append(connection, EVENTS[130:])
    feeder.catch_up()
    assert warehouse.query("select max(id)::int n, count(*)::int c from raw.event_log") == [{"n": 190, "c": 190}]
    with engine.connect() as connection:
        uids = [event.uid for _, event in event_log.read_after(connection, 0)]
    assert [row["uid"] for row in warehouse.query("select uid from raw.event_log order by id")] == uids


@pytest.mark.parametrize("seed", range(6))
def test_bytes_of_an_sqlite_log_that_turn_over_stop_nothing(tmp_path, seed):
    """Wherever they fall in the table's rows: text that is no text, JSON that is none, pages that make no sense."""
    from core.db import connect, migrate

    path = tmp_path / "log.db"
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    with engine.begin() as connection:
        event_log.append(connection, EVENTS)
        pages = connection.execute(
            text("select pageno from dbstat where name = 'event_log' and pagetype = 'leaf' order by pageno")
        ).scalars()
        leaves = list(pages)[:-1]
        size = connection.execute(text("pragma page_size")).scalar()
    engine.dispose()
    chance = random.Random(seed)
    with path.open("r+b") as file:
        for _ in range(8):
            at = (chance.choice(leaves) - 1) * size + chance.randrange(size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
    engine = connect(f"sqlite:///{path}")
    warehouse = Warehouse(tmp_path / "warehouse.duckdb").open()
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    (row,) = warehouse.query("select count(*)::int n, max(id)::int last from raw.event_log")
    assert row["last"] == len(EVENTS)
    assert row["n"] >= 60
    fed = warehouse.query("select id, payload from raw.event_log")
    assert all(isinstance(json.loads(one["payload"]), dict) for one in fed)
    warehouse.close()
    engine.dispose()


def test_each_mended_row_has_a_hang_s_time_for_itself(engine, warehouse, right, monkeypatch):
    from etl import feed as module

    numbers = (13, 70, 155)
    before = {number: change(engine, number, payload="no") for number in numbers}
    feeder = Feeder(engine, warehouse)
    feeder.catch_up()
    for number, columns in before.items():
        change(engine, number, **columns)
    # Its clock: each row takes two thirds of what a hang takes, and the feeder is asked as if it ran.
    real, now = module.load_late, [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    feeder._thread, feeder._round_began = threading.current_thread(), now[0]
    turned = []

    def slow(*args):
        now[0] += module.HUNG_S * 2 / 3
        turned.append(feeder.turns())
        real(*args)

    monkeypatch.setattr(module, "load_late", slow)
    feeder.feed_again()
    feeder.once()
    feeder._thread = None
    assert turned == [True] * 3
    assert feeder.unreadable == {}
    assert contents(warehouse) == right
