"""Swaps on both databases: asked, accepted, approved; refused where a rule would break; lapsed when a shift changes."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.db.tables import AuditRow
from core.errors import BadInput, Conflict, NotAllowed
from core.rosters import leave as roster_leave
from core.rosters import service as rosters
from core.rosters import swaps as roster_swaps
from core.rosters.leave import LeaveRequest
from core.rosters.records import epoch
from core.rosters.swaps import SwapRequest
from tests.core.rosters.test_service import AT, EARLY, NIGHT, ZONE, office, put  # noqa: F401 - fixture

BEFORE = epoch("2026-11-20", 0, ZONE)
REPAIR = replace(EARLY, name="抢修", skills=("repair",))


@pytest.fixture
def shifts(office):  # noqa: F811
    """8001 works on Monday, 8003 on Wednesday."""
    return put(office, "8001", "2026-11-23"), put(office, "8003", "2026-11-25")


def ask(session, mine, theirs, me="8001", other="8003", at=BEFORE):
    wanted = SwapRequest(mine.id, other, theirs.id if theirs else None, "家里有事")
    return roster_swaps.ask(session, wanted, me, f"agent{me}", at, ZONE)


def answer(session, swap, me="8003", *, accept=True):
    return roster_swaps.answer(session, swap["id"], me, f"agent{me}", BEFORE, ZONE, accept=accept)


def decide(session, swap, *, approve=True):
    return roster_swaps.decide(session, swap["id"], "chief", BEFORE, ZONE, approve=approve, words="同意")


def holders(session, *shifts):
    return [rosters.one_shift(session, shift.id).extension for shift in shifts]


def test_asked_accepted_approved_and_the_shifts_change_hands_with_every_step_audited(office, shifts):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, theirs)
    assert swap["state"] == "asked"
    assert answer(office, swap)["state"] == "accepted"
    assert holders(office, mine, theirs) == ["8001", "8003"]
    done = decide(office, swap)
    assert (done["state"], done["decided_by"], done["decided_words"]) == ("approved", "chief", "同意")
    assert holders(office, mine, theirs) == ["8003", "8001"]
    rows = office.scalars(select(AuditRow).where(AuditRow.action.startswith("roster_swap")).order_by(AuditRow.id))
    assert [(row.user_name, row.action) for row in rows] == [
        ("agent8001", "roster_swap_asked"),
        ("agent8003", "roster_swap_accepted"),
        ("chief", "roster_swap_approved"),
    ]


def test_a_shift_can_be_given_away_for_nothing(office, shifts):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, None)
    answer(office, swap)
    decide(office, swap)
    assert holders(office, mine, theirs) == ["8003", "8003"]


def test_nobody_skips_a_step_or_acts_for_another(office, shifts):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, theirs)
    with pytest.raises(Conflict, match="has not accepted"):
        decide(office, swap)
    with pytest.raises(NotAllowed):
        answer(office, swap, "8002")
    with pytest.raises(NotAllowed):
        answer(office, swap, "8001")
    with pytest.raises(NotAllowed):
        roster_swaps.withdraw(office, swap["id"], "8003", "agent8003", BEFORE)
    with pytest.raises(NotAllowed):
        ask(office, theirs, mine)
    with pytest.raises(BadInput):
        ask(office, mine, mine, other="8001")
    with pytest.raises(BadInput):
        ask(office, mine, mine, other="8003")
    assert holders(office, mine, theirs) == ["8001", "8003"]


@pytest.mark.parametrize("step", ["declined", "refused", "withdrawn"])
def test_a_swap_that_ends_otherwise_changes_nothing_and_frees_the_shift(office, shifts, step):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, theirs)
    if step == "declined":
        ended = answer(office, swap, accept=False)
    elif step == "refused":
        answer(office, swap)
        ended = decide(office, swap, approve=False)
    else:
        ended = roster_swaps.withdraw(office, swap["id"], "8001", "agent8001", BEFORE)
    assert ended["state"] == step
    assert holders(office, mine, theirs) == ["8001", "8003"]
    with pytest.raises(Conflict, match="not open"):
        answer(office, swap)
    assert ask(office, mine, theirs)["state"] == "asked"


def test_a_second_swap_of_the_same_shift_is_refused_while_one_is_open(office, shifts):  # noqa: F811
    mine, theirs = shifts
    ask(office, mine, theirs)
    with pytest.raises(Conflict, match="open already"):
        ask(office, mine, None, other="8002")


def test_a_swap_that_would_break_a_rule_is_not_even_asked_for(office, shifts):  # noqa: F811
    mine, theirs = shifts
    put(office, "8003", "2026-11-22", NIGHT)
    with pytest.raises(Conflict) as refused:
        ask(office, mine, theirs)
    assert "8003" in str(refused.value)
    needs_skill = put(office, "8002", "2026-11-27", REPAIR)
    with pytest.raises(Conflict, match="lacks"):
        ask(office, needs_skill, None, me="8002", other="8001")


def test_what_stands_in_the_way_only_now_is_found_at_the_approval(office, shifts):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, theirs)
    answer(office, swap)
    wanted = LeaveRequest("8003", "2026-11-23", "2026-11-23", "病假")
    roster_leave.ask_leave(office, wanted, "chief", AT, ZONE, approve=True)
    with pytest.raises(Conflict, match="on leave"):
        decide(office, swap)
    assert holders(office, mine, theirs) == ["8001", "8003"]
    assert roster_swaps.swaps(office, 0.0)[0]["state"] == "accepted"


def test_a_swap_lapses_when_one_of_its_shifts_changes(office, shifts):  # noqa: F811
    mine, theirs = shifts
    swap = ask(office, mine, theirs)
    answer(office, swap)
    put(office, "8003", "2026-11-26", shift_id=theirs.id)
    assert roster_swaps.swaps(office, 0.0)[0]["state"] == "lapsed"
    with pytest.raises(Conflict):
        decide(office, swap)
    again = ask(office, mine, theirs)
    rosters.remove_shift(office, mine.id, "chief", AT, ZONE)
    assert roster_swaps.swaps(office, 0.0)[0] == {**again, "state": "lapsed", "decided_at": AT}


def test_other_swaps_of_the_same_shift_lapse_with_the_approval(office, shifts):  # noqa: F811
    mine, theirs = shifts
    third = put(office, "8002", "2026-11-27")
    first = ask(office, mine, theirs)
    ask(office, third, theirs, me="8002")
    answer(office, first)
    decide(office, first)
    assert [swap["state"] for swap in roster_swaps.swaps(office, 0.0)] == ["lapsed", "approved"]


def test_a_shift_that_has_begun_is_not_swapped(office, shifts):  # noqa: F811
    mine, theirs = shifts
    with pytest.raises(Conflict, match="has begun"):
        ask(office, mine, theirs, at=mine.starts_at)


def test_candidates_are_exactly_the_swaps_that_may_be_asked_for(office, shifts):  # noqa: F811
    mine, theirs = shifts
    put(office, "8002", "2026-11-23")
    free = put(office, "8002", "2026-11-26", REPAIR)
    found = roster_swaps.candidates(office, mine.id, "8001", BEFORE, ZONE)
    pairs = [(one["extension"], one["shift"]["id"] if one["shift"] else None) for one in found]
    # 8002 works on Monday already and could only give that very shift; her repair shift is nothing for 8001.
    assert ("8003", None) in pairs
    assert ("8003", theirs.id) in pairs
    assert ("8002", None) not in pairs
    assert ("8002", free.id) not in pairs
    for extension, shift_id in pairs:
        wanted = SwapRequest(mine.id, extension, shift_id)
        swap = roster_swaps.ask(office, wanted, "8001", "agent8001", BEFORE, ZONE)
        roster_swaps.withdraw(office, swap["id"], "8001", "agent8001", BEFORE)


def test_an_agent_sees_swaps_of_the_own_only(office, shifts):  # noqa: F811
    mine, theirs = shifts
    ask(office, mine, theirs)
    assert len(roster_swaps.swaps(office, 0.0, own="8003")) == 1
    assert roster_swaps.swaps(office, 0.0, own="8002") == []
