"""What a desk is told of its caller, and of whom it is told nothing."""

import asyncio
from datetime import date
from types import SimpleNamespace

import pytest

from core import events as ev
from core.errors import NotAllowed
from core.people.users import Role, User
from dashboards.components import earlier_calls
from dashboards.pages.desk import queries
from dashboards.pages.desk.routes import number_of
from tests.etl.conftest import day_of_calls, feed, warehouse  # noqa: F401 - a fixture
from tests.etl.test_marts import one_call, told

OWN = User(1, "agent8001", "王芳", Role.AGENT, "8001")
OTHER = User(2, "agent8002", "李娜", Role.AGENT, "8002")
SUPERVISOR = User(3, "supervisor", "班长", Role.SUPERVISOR, "8090")
ROW = {"id": "c1", "direction": "inbound", "caller": "13900000042", "did": "96000", "agent": "8001", "parties": []}


def floor(row, **seats):
    live = SimpleNamespace(call=lambda _id: row, agent=lambda extension: seats.get(f"a{extension}"))
    return SimpleNamespace(live=live, parts={})


def asked(user, row, **seats):
    return asyncio.run(number_of(floor(row, **seats), user, row["id"]))


def test_the_agent_of_the_call_is_told_who_is_on_the_line():
    assert asked(OWN, ROW) == "13900000042"


def test_another_agent_is_not():
    with pytest.raises(NotAllowed):
        asked(OTHER, ROW)


def test_a_colleague_who_is_asked_first_or_whose_phone_rings_for_the_call_is():
    assert asked(OTHER, {**ROW, "parties": ["8001", "8002"]}) == "13900000042"
    assert asked(OTHER, ROW, a8002={"call_id": "c1"}) == "13900000042"


def test_a_supervisor_is():
    assert asked(SUPERVISOR, ROW) == "13900000042"


def test_of_a_call_out_it_is_the_number_dialled():
    out = {**ROW, "direction": "outbound", "caller": "8001", "did": "13900000077"}
    assert asked(OWN, out) == "13900000077"


def test_earlier_calls_are_all_of_the_number_whoever_answered(warehouse):  # noqa: F811
    feed(warehouse, day_of_calls())
    row = warehouse.query(
        "select caller, max_by(call_id, arrived_at) as call_id, count(*) as calls from marts.fct_calls "
        "group by caller order by calls desc limit 1",
    )[0]
    earlier, count = asyncio.run(earlier_calls.earlier(warehouse, row["caller"], row["call_id"], date(2026, 1, 1)))
    assert count == row["calls"] - 1 > 0
    assert len(earlier) == min(count, earlier_calls.EARLIER_SHOWN)
    assert [call["arrived_at"] for call in earlier] == sorted((call["arrived_at"] for call in earlier), reverse=True)
    assert row["call_id"] not in {call["id"] for call in earlier}


def test_the_own_day_is_a_mean_of_sums_and_none_before_the_first_call(warehouse):  # noqa: F811
    feed(warehouse, day_of_calls())
    day = date(2026, 11, 23)
    segments = warehouse.query(
        "select count(*) as n, sum(talk_seconds + hold_seconds + wrap_up_seconds) as seconds "
        "from marts.fct_call_segments where extension = '8001' and answered_at is not null and day = date '2026-11-23'",
    )[0]
    found = asyncio.run(queries.today(warehouse, "8001", day))
    assert found["handled"] == segments["n"] > 0
    assert found["mean_handling_s"] == pytest.approx(segments["seconds"] / segments["n"])
    assert asyncio.run(queries.today(warehouse, "8001", date(2020, 1, 1))) == {"handled": 0, "mean_handling_s": None}


def test_while_the_first_call_is_still_in_wrap_up_there_is_no_mean_handling_time(warehouse):  # noqa: F811
    first = [one for one in one_call() if one[1].kind not in ("wrap_up_started", "wrap_up_ended")]
    feed(warehouse, first)
    with warehouse.writing() as cursor:
        cursor.execute(
            "update marts.agg_agent_interval set handled = 1, talk_seconds = 0, hold_seconds = 0, wrap_up_seconds = 0"
        ).fetchall()
    (extension, day) = next(
        (row["extension"], row["day"]) for row in warehouse.query("select extension, day from marts.agg_agent_interval")
    )
    found = asyncio.run(queries.today(warehouse, extension, day))
    assert found["handled"] >= 1
    assert found["mean_handling_s"] is None


def test_who_keeps_the_number_back_has_no_earlier_calls(warehouse):  # noqa: F811
    nobody = [
        (0, ev.CallArrived("n1", "inbound", "", "96000", "demo")),
        (5, ev.CallEnded("n1", "caller_hung_up")),
        # As the log had it before numbers had one form.
        (10, ev.CallArrived("n2", "inbound", "anonymous", "96000", "demo")),
        (15, ev.CallEnded("n2", "caller_hung_up")),
    ]
    feed(warehouse, told(*nobody))
    kept = warehouse.query("select caller from marts.fct_calls order by call_id")
    assert [row["caller"] for row in kept] == ["", ""]
    assert asyncio.run(earlier_calls.earlier(warehouse, "", "none", date(2026, 1, 1))) == ([], 0)
