"""Signs of working for the score, counted from the facts of a short day: exactly what each says, and lists agree."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import events as ev
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.lists.call_list import SIGNS, CallList
from kpi.lists.order_list import OrderList
from kpi.schemes.values import Judged
from kpi.scoring.scheme import SchemeScope
from kpi.signs.counting import OF_AGENTS, OF_SITES, beyond, signs
from tests.etl.conftest import NOON
from tests.etl.order_facts import opened, step, told

HOUR = 3600
PEOPLE = [Judged("8001", "王芳", "早班"), Judged("8002", "李娜", "早班"), Judged("8003", "刘洋", "晚班")]


def call(n, at, agent, talk, *, reason="caller_hung_up", to=""):
    name, segment = f"call-{n}", f"call-{n}-0"
    yield at, ev.CallArrived(name, "inbound", f"1390000{n:04d}", "96001")
    yield at, ev.CallQueued(name, "general", 0, 1)
    yield at + 5, ev.QueueLeft(name, "general", "answered", agent)
    yield at + 3, ev.AgentRang(name, segment, agent, "general")
    yield at + 5, ev.RingEnded(name, segment, agent, "answered")
    yield at + 5, ev.CallAnswered(name, segment, agent, "general")
    if to:
        yield at + 5 + talk, ev.CallTransferred(name, segment, agent, "blind", to)
    yield at + 5 + talk, ev.SegmentEnded(name, segment, agent, "transferred" if to else reason)
    yield at + 5 + talk, ev.WrapUpStarted(name, segment, agent, 60)
    yield at + 15 + talk, ev.WrapUpEnded(name, segment, agent)
    yield at + 20 + talk, ev.CallEnded(name, reason if not to else "caller_hung_up", 200)


def states(agent, *changes):
    return [(at, ev.AgentStateChanged(agent, state)) for at, state in changes]


def day():
    yield from call(1, 100, "8001", 9.5, reason="agent_hung_up")
    yield from call(2, 400, "8001", 10)
    yield from call(3, 700, "8001", 200, to="8002")
    # Two minutes before she goes home, and one of half an hour before lunch, which is no going home.
    yield from call(4, 4 * HOUR - 420, "8001", 295, to="8002")
    yield from call(5, 2 * HOUR - 420, "8001", 295, to="8002")
    yield from call(6, 100, "8002", 60, reason="agent_hung_up")
    yield from call(7, 400, "8002", 60)
    # Of another day.
    yield from call(8, -HOUR, "8002", 3)
    yield from states("8001", (0, "ready"), (2 * HOUR, "offline"), (2 * HOUR + 1800, "ready"), (4 * HOUR, "offline"))
    # Ready for 9 s and away, three times; once for 12 s, once for 5 s until somebody rang.
    runs = [
        (0, "ready"),
        (9, "break"),
        (300, "ready"),
        (305, "offline"),
        (600, "ready"),
        (608, "break"),
        (900, "ready"),
    ]
    yield from states("8002", *runs, (912, "break"), (1200, "ready"), (1205, "ringing"), (1215, "ready"))


def orders():
    for n, (again, by) in enumerate([(True, "agent8001"), (False, "agent8001"), (False, "agent8002")], 1):
        order = f"261123-000{n}"
        yield 100 * n, opened(order, by=by)
        yield 100 * n, step(order, "close_at_once", "draft", "closed", by)
        if again:
            yield 1000 + n, step(order, "reopen", "closed", "accepted", "supervisor", round=2)
            yield 2000 + n, step(order, "close", "accepted", "closed", "supervisor", round=2)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("signs") / "warehouse.duckdb").open()
    prepare(made)
    load(made, told(sorted([*day(), *orders()], key=lambda pair: pair[0])), "Asia/Shanghai")
    yield made
    made.close()


class Accounts:
    """Whoever asks for the office's accounts."""

    async def in_session(self, _work):
        return {"8001": "agent8001", "8002": "agent8002"}


def found(warehouse, subject, people=PEOPLE):
    answer = asyncio.run(signs(Accounts(), warehouse, subject, people, NOON, NOON + 6 * HOUR))
    return {who: {one.sign.id: one for one in own} for who, own in answer.items()}


def test_each_sign_counts_what_it_says(warehouse):
    known = found(warehouse, SchemeScope(post="agent"))
    assert {who: {name: (one.count, one.base) for name, one in own.items()} for who, own in known.items()} == {
        "8001": {
            "short_talk": (1, 5),
            "agent_hung_up": (1, 5),
            "late_transfer": (1, 3),
            "flicker": (0, 2),
            "reopened_at_intake": (1, 2),
        },
        "8002": {
            "short_talk": (0, 2),
            "agent_hung_up": (1, 2),
            "late_transfer": (0, 0),
            "flicker": (3, 6),
            "reopened_at_intake": (0, 1),
        },
        "8003": {sign.id: (0, 0) for sign in OF_AGENTS},
    }
    assert known["8001"]["agent_hung_up"].median == pytest.approx((1 / 5 + 1 / 2) / 2)
    assert known["8003"]["agent_hung_up"].median is None
    assert known["8001"]["reopened_at_intake"].owner == "agent8001"


def test_sites_have_orders_that_were_opened_again_and_other_posts_have_no_signs(warehouse):
    known = found(warehouse, SchemeScope(site="*"), [Judged("east", "东站"), Judged("west", "西站")])
    assert [(one.count, one.base) for one in known["east"].values()] == [(1, 3)]
    assert [one.sign for one in known["east"].values()] == list(OF_SITES)
    assert found(warehouse, SchemeScope(post="supervisor")) == {}


@pytest.mark.parametrize("sign", SIGNS)
def test_the_list_of_calls_shows_exactly_those(warehouse, sign):
    period = {"from_at": naive(NOON), "until": naive(NOON + 6 * HOUR)}
    known = found(warehouse, SchemeScope(post="agent"))
    for one in PEOPLE:
        listed = CallList(**period, agent=one.key, sign=sign)
        rows = asyncio.run(listed.page(warehouse, 100, 0, list))
        totals = asyncio.run(listed.totals(warehouse))
        assert len(rows) == totals.all_rows == known[one.key][sign].count
    everybody = asyncio.run(CallList(**period, sign=sign).page(warehouse, 100, 0, list))
    assert len(everybody) == sum(known[one.key][sign].count for one in PEOPLE)
    assert (
        asyncio.run(CallList(**period, sign=sign, own="8002").totals(warehouse)).all_rows == known["8002"][sign].count
    )


def test_the_list_of_orders_shows_exactly_those(warehouse):
    period = {"at": naive(NOON + 6 * HOUR), "from_at": naive(NOON), "until": naive(NOON + 6 * HOUR)}
    at_once = OrderList(**period, flag="again_at_once", opened_by="agent8001")
    assert asyncio.run(at_once.totals(warehouse)).all_orders == 1
    again = OrderList(**period, by_closing=True, now="closed", flag="again", site="east")
    assert asyncio.run(again.totals(warehouse)).all_orders == 1


def naive(at):
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_only_more_than_chance_would_give_stands_out(count, rest, share):
    outside = beyond(share / 100, count, count + rest)
    if outside is not None:
        assert count / (count + rest) > share / 100
    assert beyond(share / 100, count + 1, count + 1 + rest) is not None or outside is None


def test_few_calls_shame_nobody():
    assert beyond(0.05, 1, 3) is None
    assert beyond(0.05, 30, 90) == "99.8"
    assert beyond(0.05, 10, 90) == "95"
    assert beyond(0.05, 9, 90) is None
    assert beyond(0.5, 0, 0) is None
