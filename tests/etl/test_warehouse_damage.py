"""Bytes of the analytics file turn over, or half of it is gone: it is put aside and is whole again from the event log."""

import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from core.db import event_log
from core.errors import Unavailable
from etl import damage
from etl.feed import Feeder
from etl.warehouse import Warehouse
from tests.etl.conftest import contents, day_of_calls

EVENTS = [event for _, event in day_of_calls()[-300:]]
FLIPS = 8


def flip(path, chance, most=None):
    """One bit of one byte, within the first ``most`` bytes."""
    at = chance.randrange(min(path.stat().st_size, most or 1 << 40))
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << chance.randrange(8))]))


def fed(feeder):
    """As the feed's thread: what it could not do it tries again."""
    for _ in range(6):
        try:
            return feeder.catch_up()
        except (duckdb.Error, Unavailable):
            feeder._checked = False
    raise AssertionError("never fed")


def whole_again(feeder, warehouse):
    """Everything as it would be in a file that was never damaged; what is refused in words is asked again."""
    for _ in range(5):
        fed(feeder)
        try:
            found = contents(warehouse)
            if len(warehouse.query("select id from raw.event_log")) == len(EVENTS):
                return found
        except Unavailable:
            continue
    raise AssertionError("never whole")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A closed file with everything in it, another with the last half in its WAL, and what they contain."""
    folder = tmp_path_factory.mktemp("made")
    closed, logged = folder / "closed.duckdb", folder / "logged.duckdb"
    from core.db import connect, migrate

    engine = connect(f"sqlite:///{folder / 'log.db'}")
    migrate(engine)
    with engine.begin() as connection:
        event_log.append(connection, EVENTS[:150])
    warehouse = Warehouse(closed).open()
    Feeder(engine, warehouse).catch_up()
    warehouse.close()
    shutil.copy(closed, logged)
    warehouse = Warehouse(logged).open()
    with engine.begin() as connection:
        event_log.append(connection, EVENTS[150:])
    Feeder(engine, warehouse).catch_up()
    for suffix in ("", ".wal"):
        shutil.copy(f"{logged}{suffix}", folder / f"kept.duckdb{suffix}")
    right = contents(warehouse)
    warehouse.close()
    yield engine, folder, right
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FLIPS))
@pytest.mark.parametrize("victim", ["head", "blocks", "wal"])
def test_a_flipped_byte_is_found_and_everything_is_filled_anew(made, tmp_path, victim, seed):
    engine, folder, right = made
    path = tmp_path / "warehouse.duckdb"
    source = folder / ("kept.duckdb" if victim == "wal" else "logged.duckdb")
    shutil.copy(source, path)
    if victim == "wal":
        shutil.copy(f"{source}.wal", f"{path}.wal")
    chance = random.Random(seed)
    flip(tmp_path / f"{path.name}{'.wal' if victim == 'wal' else ''}", chance, 12288 if victim == "head" else None)
    warehouse = Warehouse(path).open()
    feeder = Feeder(engine, warehouse)
    try:
        assert whole_again(feeder, warehouse) == right
        assert bool(warehouse.aside()) == (warehouse.generation > 0)
    finally:
        warehouse.close()
    again = Warehouse(path).open()
    assert whole_again(Feeder(engine, again), again) == right
    again.close()


@pytest.mark.parametrize("left", [0.0, 0.01, 0.5, 0.95])
def test_a_file_cut_short_while_it_is_open_is_whole_again_at_once_or_at_the_next_start(made, tmp_path, left):
    engine, folder, right = made
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "logged.duckdb", path)
    warehouse = Warehouse(path).open()
    os.truncate(path, int(path.stat().st_size * left))
    feeder = Feeder(engine, warehouse)
    whole_again(feeder, warehouse)
    warehouse.close()
    warehouse = Warehouse(path).open()
    feeder = Feeder(engine, warehouse)
    assert whole_again(feeder, warehouse) == right
    warehouse.close()


def test_a_query_that_runs_on_the_damaged_file_is_ended_for_the_healing(made, tmp_path):
    engine, folder, right = made
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "logged.duckdb", path)
    warehouse = Warehouse(path).open()
    with ThreadPoolExecutor(1) as reader:
        asked = reader.submit(warehouse.query, "select count(*) from range(30000000000) t(x) where x % 7 = 3")
        while not warehouse._cursors:
            pass
        warehouse._note(duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2"))
        assert whole_again(Feeder(engine, warehouse), warehouse) == right
        with pytest.raises((duckdb.Error, Unavailable)):
            asked.result(20)
    assert warehouse.generation == 1
    warehouse.close()


def test_a_query_between_the_damage_and_the_feed_is_refused_in_words(made, tmp_path):
    _engine, folder, _right = made
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "logged.duckdb", path)
    warehouse = Warehouse(path).open()
    warehouse._note(duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2"))
    with pytest.raises(Unavailable, match="filled anew"):
        warehouse.query("select * from marts.fct_calls")
    with pytest.raises(duckdb.ParserException):
        warehouse.query("selec 1")
    warehouse.close()


def test_a_wrong_statement_is_no_damage_and_a_bug_that_looks_like_it_costs_one_look(made, tmp_path):
    _engine, folder, _right = made
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "logged.duckdb", path)
    warehouse = Warehouse(path).open()
    for wrong in ("select nothing from nowhere", "select cast('x' as int)", "select error('no')"):
        with pytest.raises(duckdb.Error):
            warehouse.query(wrong)
    for _ in range(3):
        warehouse._note(duckdb.InternalException("INTERNAL Error: Attempted to access index 1 of vector of size 0"))
        assert warehouse.query("select count(*) > 0 n from raw.event_log") == [{"n": True}]
    assert (warehouse.generation, warehouse.aside()) == (0, "")
    warehouse.close()


def test_a_file_that_may_not_be_read_is_no_damaged_one(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    path.mkdir()
    with pytest.raises(Unavailable):
        Warehouse(path).open()
    assert path.is_dir()


@pytest.mark.parametrize(
    ("problem", "damaged", "perhaps"),
    [
        (duckdb.Error("Corrupt database file: computed checksum 5"), True, True),
        (duckdb.IOException("IO Error: Could not read enough bytes from file"), True, True),
        (duckdb.SerializationException("Failed to deserialize"), False, True),
        (duckdb.FatalException("FATAL Error: Failed to create checkpoint: No space left on device"), False, False),
        (duckdb.BinderException("no such column"), False, False),
        (duckdb.InterruptException("interrupted"), False, False),
        (duckdb.OutOfMemoryException("out of memory"), False, False),
        (ValueError("Corrupt database file"), False, False),
    ],
)
def test_what_an_error_says_about_the_file(problem, damaged, perhaps):
    assert damage.certain(problem) is damaged
    assert damage.possible(problem) is perhaps
