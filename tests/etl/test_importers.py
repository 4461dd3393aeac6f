"""Calls of other systems: traps of the published log, our own form, and what a second run changes."""

import csv
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from core.cli import build
from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect, event_log
from core.errors import BadInput, NotFound
from etl.cli import Format, import_calls
from etl.feed import Feeder
from etl.importers import bank, native
from etl.importers.rows import Tally, events_of
from etl.runner import statements
from etl.warehouse import Warehouse

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(1999, 1, 4)
BANK_LOG = Path(__file__).parents[3] / "shared" / "data" / "bank_call_centre_one_day.csv"
HEAD = (
    "vru+line,call_id,type,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server"
)
NATIVE_HEAD = (
    "call_id,arrived_at,ended_at,caller,queue,queued_at,answered_at,agent,outcome,hold_seconds,wrap_up_seconds,category"
)


@pytest.fixture
def home(tmp_path):
    init_installation(tmp_path / "home", demo=False)
    return tmp_path / "home"


def kinds_of(parse, head, line):
    """The kinds of facts that a line becomes, or the reason why it becomes none."""
    row = dict(zip(head.split(","), line.split(","), strict=True))
    tally = Tally()
    found = list(events_of([(2, row)], parse, "test", tally))
    return [event.kind for event in found[0]] if found else next(iter(tally.refused))


TALK = ["agent_rang", "ring_ended", "call_answered"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "A,1,PS,9:00:00,9:00:10,10,9:00:10,9:01:00,50,AGENT,9:00:59,9:02:00,61,ANA",
            ["call_arrived", "flow_entered", "call_queued", *TALK, "queue_left", "segment_ended", "call_ended"],
        ),
        # Straight to a person: 0:00:00 is never, not midnight.
        (
            "A,1,PS,9:00:00,9:00:10,10,0:00:00,0:00:00,0,AGENT,9:00:10,9:02:00,110,ANA",
            ["call_arrived", "flow_entered", *TALK, "segment_ended", "call_ended", "call_queued", "queue_left"],
        ),
        (
            "A,1,PS,9:00:00,9:00:10,10,9:00:10,9:01:00,50,HANG,0:00:00,0:00:00,0,NO_SERVER",
            ["call_arrived", "flow_entered", "call_queued", "queue_left", "call_ended"],
        ),
        (
            "A,1,PS,9:00:00,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER",
            ["call_arrived", "flow_entered", "call_ended"],
        ),
        ("A,1,PS,9:00:00,9:00:10,10,9:00:10,9:01:00,50,PHANTOM,9:01:00,9:01:02,2,NO_SERVER", "PHANTOM is no call."),
        (
            "A,1,PS,9:00:00,8:59:00,-60,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER",
            "The menu was left before it was entered.",
        ),
        (
            "A,1,PS,9:00:00,9:00:10,10,9:00:10,9:01:00,50,AGENT,0:00:00,0:00:00,0,ANA",
            "Answered, but never served.",
        ),
        ("A,1,PS,nine,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER", "A time cannot be read."),
        ("A,1,PS,9:00:00,9:00:10,10,0:00:00,0:00:00,0,LOST,0:00:00,0:00:00,0,NO_SERVER", "The outcome is unknown."),
    ],
)
def test_what_a_line_of_the_bank_s_log_is(line, expected):
    assert kinds_of(bank.parser(DAY, ZONE), HEAD, line) == expected


def test_who_was_served_before_the_queue_was_entered_waited_as_long_before_that():
    line = "A,1,PS,9:00:00,9:00:10,10,9:00:31,9:01:31,60,AGENT,9:00:30,9:02:00,90,ANA"
    _key, facts = bank.parser(DAY, ZONE)(dict(zip(HEAD.split(","), line.split(","), strict=True)))
    at = {fact.KIND: moment for moment, fact in facts}
    assert at["queue_left"] == at["call_answered"]
    assert at["queue_left"] - at["call_queued"] == 60
    kinds = [fact.KIND for _moment, fact in facts]
    assert kinds.index("call_queued") < kinds.index("call_answered")


def test_a_call_back_of_the_bank_is_no_inbound_call():
    line = "A,1,TT,9:00:00,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER"
    _key, facts = bank.parser(DAY, ZONE)(dict(zip(HEAD.split(","), line.split(","), strict=True)))
    assert facts[0][1].direction == "outbound"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "x,2026-11-20T09:00:00,2026-11-20T09:05:00,138,q,2026-11-20T09:00:10,2026-11-20T09:00:30,7,answered,5,9,查询",
            [
                *("call_arrived", "call_queued", "queue_left", *TALK, "call_held", "call_resumed", "segment_ended"),
                *("call_ended", "wrap_up_started", "wrap_up_ended"),
            ],
        ),
        (
            "x,2026-11-20T09:00:00+08:00,2026-11-20T09:05:00+08:00,138,q,,,,overflow,,,",
            ["call_arrived", "call_queued", "queue_left", "call_ended"],
        ),
        (",2026-11-20T09:00:00,2026-11-20T09:05:00,138,,,,,,,,", "call_id is empty."),
        ("x,2026-11-20T09:00:00,2026-11-20T08:05:00,138,,,,,,,,", "The times are not in order."),
        ("x,yesterday,2026-11-20T08:05:00,138,,,,,,,,", "A time cannot be read."),
        ("x,2026-11-20T09:00:00,,138,,,,,,,,", "The call has no beginning or no end."),
        ("x,2026-11-20T09:00:00,2026-11-20T09:05:00,138,q,,,,answered,,,", "The outcome does not fit the times."),
        ("x,2026-11-20T09:00:00,2026-11-20T09:05:00,1,,,2026-11-20T09:01:00,,,,,", "Answered, but by nobody."),
        (
            "x,2026-11-20T09:00:00,2026-11-20T09:05:00,1,,,2026-11-20T09:01:00,7,,900,,",
            "Longer on hold than in the call.",
        ),
        (
            "x,2026-11-20T09:00:00,2026-11-20T09:05:00,1,,,2026-11-20T09:01:00,7,,abc,,",
            "A length is no number of seconds.",
        ),
    ],
)
def test_what_a_line_in_our_own_form_is(line, expected):
    assert kinds_of(native.parser(ZONE), NATIVE_HEAD, line) == expected


def test_a_file_may_tell_a_call_twice_but_it_is_taken_once(home, tmp_path):
    line = "x,2026-11-20T09:00:00,2026-11-20T09:05:00,138,,,,,,,,"
    file = tmp_path / "calls.csv"
    file.write_text(f"\ufeff{NATIVE_HEAD}\n{line}\n{line}\n", "utf-8")
    tally, new = import_calls(file, home, Format.NATIVE, DAY)
    assert (tally.read, tally.taken, new) == (2, 1, 2)
    assert tally.examples == {"The same call stands in the file twice.": 3}
    assert import_calls(file, home, Format.NATIVE, DAY)[1] == 0


@pytest.mark.parametrize(
    ("content", "error", "field"),
    [(None, NotFound, "FILE"), (b"a,b\n1,2\n", BadInput, "FILE"), (HEAD.encode() + b"\n\xff\xfe,\n", BadInput, "FILE")],
)
def test_a_file_that_is_none_of_ours_is_refused_whole(home, tmp_path, content, error, field):
    file = tmp_path / "calls.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error) as refused:
        import_calls(file, home, Format.BANK, DAY)
    assert refused.value.field == field


def test_a_folder_without_a_site_is_refused(tmp_path):
    with pytest.raises(NotFound) as refused:
        import_calls(tmp_path / "x.csv", tmp_path, Format.NATIVE, DAY)
    assert refused.value.field == "--home"


@pytest.fixture(scope="module")
def bank_rows():
    if not BANK_LOG.exists():
        pytest.skip("the published log is not beside this checkout")
    with BANK_LOG.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_published_day_adds_up_to_its_own_figures(home, bank_rows):
    tally, new = import_calls(BANK_LOG, home, Format.BANK, DAY)
    assert (tally.read, tally.taken, sum(tally.refused.values())) == (2375, 2356, 19)
    assert tally.refused["PHANTOM is no call."] == 18
    assert new > 10_000
    assert import_calls(BANK_LOG, home, Format.BANK, DAY)[1] == 0
    database = connect(load_settings(home).database)
    warehouse = Warehouse(home / "warehouse.duckdb").open()
    try:
        feeder = Feeder(database, warehouse)
        feeder.catch_up()
        (row,) = warehouse.query(
            "select count(*) calls, count(*) filter (where outcome = 'answered') answered,"
            " count(*) filter (where outcome = 'ivr_only') ivr_only, sum(talk_seconds) talk,"
            " count(distinct day) as days, min(day) as first_day from marts.fct_calls"
        )
        (queues,) = warehouse.query(
            "select sum(offered) offered, sum(answered) answered, sum(abandoned) abandoned,"
            " sum(wait_answered_seconds + wait_abandoned_seconds) waited from marts.agg_queue_interval"
        )
        (houses,) = warehouse.query(
            "select sum(offered) offered, sum(answered) answered, sum(abandoned) abandoned,"
            " sum(wait_answered_seconds + wait_abandoned_seconds) waited from marts.agg_caller_interval"
        )
        assert warehouse.query(statements("checks/calls/reconciliation.sql")[0]) == []
    finally:
        warehouse.close()
        database.dispose()
    good = [
        one
        for one in bank_rows
        if one["outcome"] != "PHANTOM"
        and (int(one["vru_time"]) >= 0 or one["q_start"] != "0:00:00")
        and not (one["outcome"] == "AGENT" and one["ser_start"] == "0:00:00")
    ]
    served = [one for one in good if one["outcome"] == "AGENT"]
    assert (row["calls"], row["days"], row["first_day"]) == (len(good), 1, DAY)
    assert row["answered"] == len(served)
    assert row["talk"] == sum(int(one["ser_time"]) for one in served)
    assert row["ivr_only"] == sum(one["outcome"] == "HANG" and one["q_start"] == "0:00:00" for one in good)
    # Callers: who called back is none, who reached somebody at once waited 0 s.
    callers = [one for one in good if one["type"] != "TT"]
    waited = [one for one in callers if one["q_start"] != "0:00:00"]
    direct = [one for one in callers if one["outcome"] == "AGENT" and one["q_start"] == "0:00:00"]
    assert (sum(one["outcome"] == "AGENT" for one in waited), len(direct)) == (1238, 256)
    assert queues["answered"] == 1238 + 256
    assert queues["offered"] == len(waited) + 256 == queues["answered"] + queues["abandoned"]
    assert queues["waited"] == sum(int(one["q_time"]) for one in waited)
    assert houses == queues


def test_the_command_says_what_became_of_the_rows(home, tmp_path):
    file = tmp_path / "calls.csv"
    file.write_text(f"{NATIVE_HEAD}\nx,2026-11-20T09:00:00,2026-11-20T09:05:00,1,,,,,,,,\n,,,,,,,,,,,\n", "utf-8")
    command = ["import", "calls", str(file), "--home", str(home)]
    answer = CliRunner().invoke(build(), [*command, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0
    assert answer.stdout.strip() == '{"read": 2, "taken": 1, "refused": {"call_id is empty.": 1}, "new_events": 2}'
    assert "2" in CliRunner().invoke(build(), command, catch_exceptions=False).stdout
    database = connect(load_settings(home).database)
    with Session(database) as session:
        assert event_log.last_id(session.connection()) == 2
    database.dispose()
