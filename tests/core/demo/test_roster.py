"""The demo's rosters: within the rules, two at night, as people came where history says so."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import ShiftTemplateRow
from core.demo import history, installation, roster
from core.installation.service import load_installation, save_installation
from core.rosters import service as rosters
from core.rosters import swaps as roster_swaps
from core.rosters import templates as roster_templates
from core.rosters.rules import problem
from tests.conftest import database_of

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday, a Wednesday at night, a Sunday: the demo is made on any day.
MOMENTS = (1795392000.0, 1795620000.0, 1795924800.0)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.deep])])
def database_url(request, tmp_path):
    """Rosters use nothing that only one of the databases has."""
    yield from database_of(request, tmp_path)


@pytest.fixture(params=MOMENTS)
def made(request, session: Session):
    event_log.append(session, history.events(4, 96000, request.param))
    roster.fill(session, request.param, "Asia/Shanghai")
    save_installation(session, installation.demo_installation())
    return session, request.param


def around(session, now):
    today = datetime.fromtimestamp(now, ZONE).date().isoformat()
    return today, rosters.roster(session, rosters.later(today, -28), 60, ZONE)


def test_no_shift_breaks_a_rule_and_none_lies_in_leave(made):
    session, now = made
    skills = {agent.extension: agent.skills for agent in load_installation(session).agents.values()}
    rules = rosters.settings(session).rules
    _today, found = around(session, now)
    for extension, shifts in rosters.by_agent(found.shifts).items():
        leaves = [leave for leave in found.leaves if leave.extension == extension]
        for shift in shifts:
            assert problem(shift, shifts, leaves, skills[extension], rules, ZONE) is None, shift


def test_it_reaches_two_weeks_back_and_two_ahead_with_two_people_every_coming_night(made):
    session, now = made
    today, found = around(session, now)
    days = {shift.day for shift in found.shifts}
    assert min(days) <= rosters.later(today, -14)
    assert max(days) == rosters.later(today, 14)
    for n in range(1, 14):
        nights = [s for s in found.shifts if s.day == rosters.later(today, n) and s.name == "夜班"]
        assert len(nights) == 2


def test_days_with_history_are_rostered_as_people_came(made):
    session, now = made
    today, found = around(session, now)
    presence = roster.presence(roster._states(session), now)
    # Today's shifts go on, or are still to come.
    past = [s for s in found.shifts if rosters.later(today, -3) <= s.day < rosters.later(today, -1)]
    assert len(past) > 10
    for shift in past:
        there = sum(
            max(0.0, min(span.end, shift.ends_at) - max(span.start, shift.starts_at))
            for span in presence[shift.extension]
        )
        assert there > shift.span.seconds / 2


def test_templates_are_marked_as_examples_and_the_swap_can_be_approved(made):
    session, now = made
    assert all(row.example for row in session.scalars(select(ShiftTemplateRow)))
    assert [template.name for template in roster_templates.templates(session)] == [
        "甲班",
        "乙班",
        "丙班",
        "夜班",
        "抢修班",
    ]
    (swap,) = roster_swaps.swaps(session, 0.0)
    assert swap["state"] == "accepted"
    done = roster_swaps.decide(session, swap["id"], "supervisor", now, ZONE, approve=True)
    assert done["state"] == "approved"


def test_the_same_moment_gives_the_same_roster(made):
    session, now = made
    presence = roster.presence(roster._states(session), now)
    one, other = (roster.roster(now, presence, [], ZONE) for _again in range(2))
    assert one == other


# A fortnight in steps that meet every hour of the day, and the days that are unlike others.
ANY_TIME = tuple(1795392000.0 + n * 31 * 3600 for n in range(11)) + tuple(
    datetime.fromisoformat(at).replace(tzinfo=ZONE).timestamp()
    for at in (
        "2026-02-17T03:00",
        "2026-10-01T00:01",
        "2026-11-29T20:30",
        "2026-11-30T23:58",
        "2026-12-31T23:59",
        "2027-01-01T04:00",
        "2028-02-29T07:20",
    )
)


@pytest.mark.parametrize("now", ANY_TIME, ids=lambda at: f"{datetime.fromtimestamp(at, ZONE):%a-%m-%d-%H:%M}")
def test_at_any_moment_somebody_is_rostered_for_every_queue(now):
    states = [e for e in history.events(2, 96000, now) if e.kind == "agent_state_changed"]
    presence = roster.presence(((e.subject, e.at_us, e.payload["state"]) for e in states), now)
    on = {s.extension for s in roster.roster(now, presence, (), ZONE) if s.starts_at <= now < s.ends_at}
    served = {queue for extension, _name, _group, queues in installation.AGENTS if extension in on for queue in queues}
    assert served == {queue.id for queue in installation.QUEUES}
