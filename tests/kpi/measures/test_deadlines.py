"""A missed deadline stays missed: figures of orders reassigned, returned, extended, against a count in plain Python."""

import asyncio
import random
from zoneinfo import ZoneInfo

import pytest

from core.installation.definition import Installation
from core.workorders.case import Report, facts, opened
from core.workorders.categories import TimeLimit
from core.workorders.deadlines import Terms
from core.workorders.shipped import DEFAULT
from core.workorders.workflow import TransitionRequest
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures.catalogue import measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON
from tests.etl.order_facts import clock, step, told
from tests.etl.order_facts import opened as opened_fact

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600, 86_400
TAKE_S, FINISH_S = 15.0, 600.0


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def asked(warehouse, name, *, since=NOON, until=NOON + DAY, now=NOON + 2 * DAY):
    """Numerator and denominator."""
    one = measure(name)
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    ((_, row),) = asyncio.run(measuring.answer(MeasureQuery(one, since, until, (), now)))
    return one.of.numerator(row), one.of.denominator(row)


def office_facts(name, *steps):
    """What the office itself tells of an order: each step is ``(seconds after noon, event, role, fields)``."""
    report = Report("phone", "repair.no_water", "normal", "无水", "agent8001", site="east")
    limits = ((TimeLimit("take", TAKE_S), TimeLimit("finish", FINISH_S)),)
    case = opened(name, DEFAULT, report, Terms("normal", limits, ZONE), NOON)
    found = facts(None, case)
    for at, event, role, fields in steps:
        after = case.step("somebody", TransitionRequest(event, role, NOON + at, fields))
        found += facts(case, after)
        case = after
    return [(at - NOON, fact) for at, fact in found]


ACCEPTED = (0, "accept", "agent", {})
DISPATCHED = (0, "dispatch", "agent", {"site": "east"})


def in_one_log(*orders):
    return told(sorted((pair for one in orders for pair in one), key=lambda pair: pair[0]))


def three(second):
    """Three orders that nobody takes in 15 s; with the first something happens after half a minute."""
    late = (20, "take", "site_manager", {})
    return [
        office_facts("A", ACCEPTED, DISPATCHED, second),
        office_facts("B", ACCEPTED, DISPATCHED, late),
        office_facts("C", ACCEPTED, DISPATCHED),
    ]


@pytest.mark.parametrize(
    "second",
    [
        (30, "reassign", "supervisor", {"site": "west"}),
        (30, "return", "site_manager", {"reason": "not_ours"}),
        (30, "take", "site_manager", {}),
    ],
    ids=["reassigned", "returned", "taken"],
)
def test_of_three_late_orders_none_is_in_time_whatever_happens_to_one(warehouse, second):
    load(warehouse, in_one_log(*three(second)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)", now=NOON + 40) == (0, 3)
    assert asked(warehouse, "overdue_rate", now=NOON + 40) == (3, 3)


def test_what_is_taken_in_time_after_a_late_reassignment_is_late_all_the_same(warehouse):
    again = [(30, "reassign", "supervisor", {"site": "west"}), (35, "take", "site_manager", {})]
    load(warehouse, in_one_log(office_facts("A", ACCEPTED, DISPATCHED, *again)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)") == (0, 1)
    assert asked(warehouse, "overdue_rate", now=NOON + 40) == (1, 1)
    rows = warehouse.query("select run_no, state from marts.fct_order_clocks where clock = 'take' order by run_no")
    assert [tuple(row.values()) for row in rows] == [(1, "missed"), (2, "met")]


def test_a_reassignment_before_the_deadline_gives_a_new_one_and_fails_nothing(warehouse):
    again = [(10, "reassign", "supervisor", {"site": "west"}), (20, "take", "site_manager", {})]
    load(warehouse, in_one_log(office_facts("A", ACCEPTED, DISPATCHED, *again)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)") == (1, 1)
    assert asked(warehouse, "overdue_rate", now=NOON + 40) == (0, 1)


TAKEN = ((5, "take", "site_manager", {}), (5, "work", "site_manager", {}))


def extended(name, at, until, done):
    more = (at, "extend", "supervisor", {"due_at": NOON + until, "note": "等配件"})
    return office_facts(name, ACCEPTED, DISPATCHED, *TAKEN, more, (done, "submit", "site_manager", {"result": "好"}))


def test_an_extension_in_time_moves_the_agreed_date_and_not_the_first(warehouse):
    load(warehouse, in_one_log(extended("A", 300, 3000, 2000)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(finish)") == (1, 1)
    assert asked(warehouse, "order_timeliness.first(finish)") == (0, 1)
    assert asked(warehouse, "overdue_rate") == (0, 1)


@pytest.mark.parametrize("now", [900, 4000])
def test_an_extension_after_the_deadline_is_neither_nothing_nor_met(warehouse, now):
    """Asked while the new date is still ahead, and when it was kept."""
    load(warehouse, in_one_log(extended("A", 700, 3000, 2000)[: -1 if now < 2000 else None]), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(finish)", now=NOON + now) == (0, 1)
    assert asked(warehouse, "order_timeliness.first(finish)", now=NOON + now) == (0, 1)
    assert asked(warehouse, "overdue_rate", now=NOON + now) == (1, 1)


def test_a_log_from_before_this_rule_says_the_same(warehouse):
    """Written by a house that told no more than the clock's new deadline."""
    facts = [
        (0, opened_fact("A")),
        (0, step("A", "dispatch", "accepted", "dispatched")),
        (0, clock("A", "take", "running", 15)),
        (30, step("A", "return", "dispatched", "accepted")),
        (30, clock("A", "take", "stopped", 15)),
        (0, opened_fact("B")),
        (0, clock("B", "finish", "running", 600)),
        (700, step("B", "extend", "working", "working", fields=f'{{"due_at": {NOON + 3000}}}')),
        (700, clock("B", "finish", "running", 3000)),
        (800, clock("B", "finish", "met", 3000)),
    ]
    load(warehouse, told(sorted(facts, key=lambda pair: pair[0])), "Asia/Shanghai")
    for name in ("order_timeliness(take)", "order_timeliness(finish)", "order_timeliness.first(finish)"):
        assert asked(warehouse, name) == (0, 1), name
    assert asked(warehouse, "overdue_rate") == (2, 2)


def test_the_failure_counts_where_it_fell_and_the_new_date_where_that_falls(warehouse):
    load(warehouse, in_one_log(extended("A", 700, 2 * DAY, 3 * DAY)), "Asia/Shanghai")
    later = {"since": NOON + DAY, "until": NOON + 4 * DAY, "now": NOON + 4 * DAY}
    assert asked(warehouse, "order_timeliness(finish)") == (0, 1)
    assert asked(warehouse, "order_timeliness(finish)", **later) == (0, 1)
    assert asked(warehouse, "order_timeliness.first(finish)", **later) == (0, 0)


def corrected(at):
    return [
        (0, opened_fact("A")),
        (0, clock("A", "finish", "running", 600)),
        (at, step("A", "correct", "working", "working", fields='{"category": "quality"}')),
        (at, clock("A", "finish", "running", 7200)),
        (800, clock("A", "finish", "met", 7200)),
    ]


def test_a_corrected_category_counts_from_the_beginning_by_its_own_limits(warehouse):
    load(warehouse, told(corrected(500)), "Asia/Shanghai")
    for name in ("order_timeliness(finish)", "order_timeliness.first(finish)"):
        assert asked(warehouse, name) == (1, 1), name
    assert asked(warehouse, "overdue_rate") == (0, 1)


def test_what_had_passed_before_a_correction_stays_missed(warehouse):
    load(warehouse, told(corrected(700)), "Asia/Shanghai")
    for name in ("order_timeliness(finish)", "order_timeliness.first(finish)"):
        assert asked(warehouse, name) == (0, 1), name
    assert asked(warehouse, "overdue_rate") == (1, 1)


MERGED = (30, "merge", "agent", {"into": "M"})
SPLIT = (50, "split", "supervisor", {"note": "不是一处"})


def late_and_merged(*then):
    """Two late orders; the first is merged after its deadline."""
    return [office_facts("A", ACCEPTED, DISPATCHED, MERGED, *then), office_facts("B", ACCEPTED, DISPATCHED)]


@pytest.mark.parametrize(
    "then",
    [
        (),
        ((60, "dispatch", "agent", {"site": "east"}),),
        ((60, "dispatch", "agent", {"site": "east"}), (65, "take", "site_manager", {})),
    ],
    ids=["split off", "dispatched again", "taken in time"],
)
def test_what_was_late_when_it_was_merged_was_late_once_it_is_split_off(warehouse, then):
    load(warehouse, in_one_log(*late_and_merged(SPLIT, *then)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)", now=NOON + 70) == (0, 2)
    assert asked(warehouse, "overdue_rate", now=NOON + 70) == (2, 2)


def test_while_it_is_merged_it_counts_nowhere(warehouse):
    load(warehouse, in_one_log(*late_and_merged()), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)", now=NOON + 70) == (0, 1)
    assert asked(warehouse, "overdue_rate", now=NOON + 70) == (1, 1)


def test_what_was_merged_in_time_is_not_late_by_the_time_it_was_away(warehouse):
    away = (10, "merge", "agent", {"into": "M"})
    load(warehouse, in_one_log(office_facts("A", ACCEPTED, DISPATCHED, away, SPLIT)), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)", now=NOON + 70) == (0, 0)


def sent_back(name, done, back, again=None):
    """Handed in, sent back at the review, and handed in once more."""
    submitted = {"result": "好"}
    steps = [(done, "submit", "site_manager", submitted), (back, "send_back", "site_manager", {"note": "仍漏水"})]
    more = [] if again is None else [(again, "submit", "site_manager", submitted)]
    return office_facts(name, ACCEPTED, DISPATCHED, *TAKEN, *steps, *more)


@pytest.mark.parametrize(
    ("done", "back", "again", "kept"),
    [(300, 400, 500, 1), (300, 400, 700, 0), (300, 700, 800, 0), (300, 400, None, 0), (700, 800, 900, 0)],
    ids=["in time again", "late again", "sent back late", "not done again", "late at once"],
)
def test_what_is_sent_back_counts_once_by_the_last_time_that_it_is_done(warehouse, done, back, again, kept):
    load(warehouse, in_one_log(sent_back("A", done, back, again)), "Asia/Shanghai")
    for name in ("order_timeliness(finish)", "order_timeliness.first(finish)"):
        assert asked(warehouse, name) == (kept, 1), name
    assert asked(warehouse, "overdue_rate") == (1 - kept, 1)
    ((run, ended, first),) = (
        row.values()
        for row in warehouse.query(
            f"select run_no, epoch(ended_at) - {NOON}, epoch(first_met_at) - {NOON}"
            " from marts.fct_order_clocks where clock = 'finish' and due_at is not null"
        )
        if row["run_no"] == 1
    )
    assert run == 1
    if done < FINISH_S:
        assert (ended, first) == (again, done)


def test_a_clock_set_back_leaves_the_steps_in_the_order_in_which_they_were_taken(warehouse):
    facts = [
        (0, opened_fact("A")),
        (100, step("A", "dispatch", "accepted", "dispatched")),
        (100, clock("A", "take", "running", 700)),
        # A minute back.
        (55, step("A", "take", "dispatched", "taken")),
        (55, clock("A", "take", "met", 700)),
    ]
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(take)") == (1, 1)
    assert warehouse.query("select state from marts.fct_orders") == [{"state": "taken"}]


# --- a recount -------------------------------------------------------------------------------------------------


def walk(rng):
    """Reassigned, returned, dispatched and taken at some time or never: ``(at, event)`` after the first dispatch."""
    steps, at, state = [], 0.0, "dispatched"
    for _ in range(rng.randint(0, 5)):
        at += rng.choice((3.0, 9.0, 14.0, 16.0, 40.0))
        event = rng.choice({"dispatched": ("reassign", "return", "take"), "accepted": ("dispatch",)}[state])
        steps.append((at, event))
        state = {"return": "accepted", "take": "taken"}.get(event, "dispatched")
        if state == "taken":
            break
    return steps


def kept_by_hand(steps, now):
    """Whether the order kept every deadline to take it that has come; ``None`` when none has."""
    verdicts, begun = [], 0.0
    for at, event in steps:
        if begun is not None and (at > begun + TAKE_S or event == "take"):
            verdicts.append((begun + TAKE_S, at <= begun + TAKE_S))
        begun = None if event in ("return", "take") else at
    if begun is not None:
        verdicts.append((begun + TAKE_S, False))
    come = [kept for due, kept in verdicts if due < now]
    return all(come) if come else None


ROLES = {"reassign": "supervisor", "return": "site_manager", "take": "site_manager", "dispatch": "agent"}
FIELDS = {"dispatch": {"site": "west"}, "return": {"reason": "other"}}


def test_whatever_becomes_of_orders_timeliness_is_what_a_plain_count_says(warehouse):
    rng = random.Random(29)
    walks = [walk(rng) for _ in range(120)]
    logs = []
    for n, steps in enumerate(walks):
        # Always to another site: to the same one again is refused.
        taken = [
            (at, event, ROLES[event], {"site": f"s{k}"} if event == "reassign" else FIELDS.get(event, {}))
            for k, (at, event) in enumerate(steps)
        ]
        logs.append(office_facts(f"o{n}", ACCEPTED, DISPATCHED, *taken))
    load(warehouse, in_one_log(*logs), "Asia/Shanghai")
    counted = [one for steps in walks if (one := kept_by_hand(steps, HOUR)) is not None]
    assert asked(warehouse, "order_timeliness(take)", now=NOON + HOUR) == (sum(counted), len(counted))
    assert 20 < sum(counted) < len(counted) - 20
