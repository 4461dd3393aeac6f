"""A folder above adds facts and marts of its own, and nothing below it is touched: rebuilding, quarantine, the proof
and filling anew go for them as for ours."""

import random
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from core import events as ev
from core.db import event_log
from etl import families, runner, steps
from etl.families import OWN, Family, checked
from etl.feed import Feeder, load, load_late, prepare
from etl.rebuilding import plan
from etl.reconciling import Reconciling
from etl.step import FeedStep
from etl.steps import FeedPlan, ordered
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, contents, day_of_calls, feed
from tests.etl.readings import READINGS

ENTRY = EntryPoint("readings", "tests.etl.readings:READINGS", families.GROUP)


@pytest.fixture
def with_readings(monkeypatch):
    monkeypatch.setattr(families, "entry_points", lambda group: [ENTRY] if group == families.GROUP else [])
    families.installed.cache_clear()
    yield
    families.installed.cache_clear()


@pytest.fixture
def larger(with_readings, tmp_path):
    made = Warehouse(tmp_path / "larger.duckdb").open()
    prepare(made)
    yield made
    made.close()


def reading(meter, litres, at=NOON):
    payload = {"meter": meter, "litres": litres}
    return ev.Event(ev.new_uid(at), int(at * 1e6), "meter_read", 1, meter, payload)


def call(name, at=NOON):
    return ev.Event.of(ev.CallArrived(name, "inbound", "13800001111", "96001", "demo"), at)


def numbered(*events):
    return list(enumerate(events, start=1))


def found(warehouse, mart):
    return [tuple(row.values()) for row in warehouse.query(f"select * from marts.{mart} order by all")]


def test_a_family_from_above_is_fed_with_ours_in_whatever_batches(larger):
    facts = [reading(f"M{n % 7}", n) for n in range(20)] + [call(f"c{n}") for n in range(9)]
    random.Random(3).shuffle(facts)
    for size in (3, 100):
        with larger.writing() as cursor:
            cursor.execute("update raw.watermark set fingerprint = 'older'").fetchall()
        prepare(larger)
        feed(larger, numbered(*facts), size)
        last = {event.subject: event.payload["litres"] for event in facts if event.kind == "meter_read"}
        assert [(row[0], row[3]) for row in found(larger, "fct_readings")] == sorted(last.items())
        assert found(larger, "agg_readings") == [(7, sum(last.values()))]
        assert found(larger, "agg_calls_of_trunk") == [("demo", 9)]
    assert load(larger, numbered(*facts), "Asia/Shanghai") == 0


def test_a_batch_runs_the_files_of_its_families_and_the_marts_over_them_and_no_other(with_readings):
    def files(*touched):
        return {step.name.rpartition("/")[2] for step in plan().of(frozenset(touched)) if "readings" in step.name}

    assert files("calls") == {"agg_calls_of_trunk.sql"}
    theirs = {path.name for part in ("staging", "marts") for path in READINGS.files(part)} - {"schema.sql"}
    assert files("readings") == theirs
    assert files("orders") == set()


def test_what_no_mart_of_theirs_takes_is_set_aside_and_fed_once_it_is_mended(larger, engine):
    with engine.begin() as connection:
        event_log.append(connection, [reading("M1", 5), reading("M2", "much"), call("c1"), reading("M1", 6)])
    feeder = Feeder(engine, larger)
    feeder.catch_up()
    assert list(feeder.unreadable) == [2]
    assert found(larger, "fct_readings") == [("M1", 1, 2, 6)]
    assert found(larger, "agg_calls_of_trunk") == [("demo", 1)]
    load_late(larger, 2, reading("M2", 7), "Asia/Shanghai")
    assert found(larger, "agg_readings") == [(2, 13)]


def test_a_family_that_is_added_or_taken_away_has_the_file_filled_anew(warehouse, monkeypatch):
    feed(warehouse, numbered(call("c1")))
    assert "fct_readings" not in {row["table_name"] for row in warehouse.query("from information_schema.tables")}
    monkeypatch.setattr(families, "entry_points", lambda group: [ENTRY] if group == families.GROUP else [])
    families.installed.cache_clear()
    try:
        prepare(warehouse)
        assert found(warehouse, "fct_calls") == []
        feed(warehouse, numbered(call("c1"), reading("M1", 5)))
        assert found(warehouse, "agg_readings") == [(1, 5)]
    finally:
        families.installed.cache_clear()


async def test_their_checks_are_part_of_the_hourly_proof(larger):
    feed(larger, numbered(call("c1"), reading("M1", -5), reading("M2", 5)))
    proof = Reconciling(larger, SimpleNamespace(status=lambda: {"state": "up", "behind": 0}))
    assert await proof.once()
    assert proof.status()["calls"] == ["M1"]


def test_what_they_count_of_ours_leaves_ours_as_it_is(larger, tmp_path, monkeypatch):
    rows = day_of_calls()[-300:]
    feed(larger, rows)
    with_theirs = contents(larger)
    monkeypatch.setattr(families, "entry_points", lambda group: [])
    families.installed.cache_clear()
    plain = Warehouse(tmp_path / "plain.duckdb").open()
    prepare(plain)
    feed(plain, rows, 100)
    assert contents(plain) == with_theirs
    plain.close()


def test_a_folder_that_is_not_there_is_left_out_and_what_is_no_family_refused(monkeypatch):
    families.installed.cache_clear()
    entries = [EntryPoint("gone", "gone.away:FAMILY", families.GROUP)]
    monkeypatch.setattr(families, "entry_points", lambda group: entries)
    assert families.installed() == OWN
    families.installed.cache_clear()
    entries[0] = EntryPoint("wrong", "tests.etl.conftest:NOON", families.GROUP)
    with pytest.raises(TypeError, match="is no family"):
        families.installed()


def test_two_families_of_one_name_or_table_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'calls'"):
        checked((*OWN, Family("calls", frozenset(), tmp_path)))
    with pytest.raises(ValueError, match="'No'"):
        checked((Family("No", frozenset(), tmp_path),))
    folder = tmp_path / "staging" / "other"
    folder.mkdir(parents=True)
    (folder / "mine.sql").write_text("create or replace temp table touched_calls as select 1 as one;", "utf-8")
    with pytest.raises(ValueError, match=r"touched_calls is made by .*mine\.sql and by staging/calls"):
        FeedPlan((*OWN, Family("other", frozenset(), tmp_path)))
    (folder / "mine.sql").unlink()
    (folder / "elsewhere.sql").write_text("create table elsewhere.mine (one integer);", "utf-8")
    with pytest.raises(ValueError, match="does not lie in marts"):
        FeedPlan((Family("other", frozenset(), tmp_path),))


def step(name, reads=(), fills=(), makes=()):
    return FeedStep(name, "f", True, frozenset(makes), frozenset(fills), frozenset(reads))


def test_files_run_after_those_that_make_what_they_name_and_circles_are_refused():
    a, b, c = step("a", reads=["marts.b"]), step("b", ["marts.c"], ["marts.b"]), step("c", fills=["marts.c"])
    assert [one.name for one in ordered([a, b, c])] == ["c", "b", "a"]
    with pytest.raises(ValueError, match="wait for each other"):
        ordered([b, step("c", ["marts.b"], ["marts.c"])])


def test_every_file_of_ours_runs_behind_all_that_fill_what_it_reads():
    seen: set[str] = set()
    for one in plan().steps:
        changed_later = {
            table for other in plan().steps if other.name not in seen for table in other.fills | other.makes
        }
        later = one.reads & (changed_later - one.fills - one.makes)
        assert all(not one.is_mart and table.startswith(steps.MARTS) for table in later), one.name
        seen.add(one.name)


def test_only_files_that_can_have_something_to_do_are_run(warehouse, monkeypatch):
    run, names = runner.run, []
    monkeypatch.setattr(runner, "run", lambda cursor, name, given=None: (names.append(name), run(cursor, name, given)))

    def marts(number, fact):
        names.clear()
        feed(warehouse, [(number, ev.Event.of(fact, NOON + number))])
        return [name.rpartition("/")[2] for name in names if name.startswith("marts/")]

    assert marts(1, ev.CallArrived("c1", "inbound", "13800001111", "96001")) == []
    assert marts(2, ev.CallQueued("c1", "repair", 1, 1)) == ["queue_interval_counts.sql"]
    # Nothing of the call before it is left out.
    both = ["agg_agent_interval.sql", "queue_interval_counts.sql"]
    assert sorted(marts(3, ev.AgentRang("c1", "s1", "8001", "repair"))) == both
    assert sorted(marts(4, ev.CallEnded("c1", "caller_hung_up"))) == both
    assert marts(5, ev.MediaLost(3)) == []
