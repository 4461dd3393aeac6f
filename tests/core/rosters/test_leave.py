"""Leave of a part of a day: what is left of a shift stays, if it is an hour; whole days take it away."""

import pytest

from core.errors import BadInput, Conflict
from core.rosters import leave as roster_leave
from core.rosters import service as rosters
from core.rosters.leave import LeaveRequest
from core.rosters.records import Span, epoch
from tests.core.rosters.test_service import AT, EARLY, NIGHT, ZONE, office, put  # noqa: F401 - fixture

DAY = "2026-11-24"


def enter(session, start, end, *, first=DAY, last=DAY, extension="8001", take=False):
    wanted = LeaveRequest(extension, first, last, "事假", "", take, start, end)
    return roster_leave.ask_leave(session, wanted, "chief", AT, ZONE, approve=True)


def at(minute, day=DAY):
    return epoch(day, minute, ZONE)


def test_the_rest_of_a_shift_is_worked(office):  # noqa: F811
    shift = put(office, "8001", DAY)
    enter(office, 840, 1020)
    left = rosters.one_shift(office, shift.id)
    assert left.away == (Span(at(840), at(960)),)
    assert left.work == (Span(at(480), at(720)), Span(at(750), at(840)))
    assert left.paid_s == shift.paid_s
    assert rosters.roster(office, DAY, 1, ZONE).shifts == (left,)


def test_too_little_left_of_a_shift_takes_it_away_but_only_when_asked_to(office):  # noqa: F811
    shift = put(office, "8001", DAY)
    with pytest.raises(Conflict) as refused:
        enter(office, 480, 930)
    assert refused.value.field == "take_shifts_away"
    enter(office, 480, 930, take=True)
    assert shift.id not in {one.id for one in rosters.roster(office, DAY, 1, ZONE).shifts}


def test_two_leaves_of_hours_are_taken_off_together(office):  # noqa: F811
    put(office, "8001", DAY)
    enter(office, 480, 720)
    with pytest.raises(Conflict) as refused:
        enter(office, 750, 930)
    assert refused.value.field == "take_shifts_away"


def test_a_shift_is_put_beside_leave_of_hours_and_not_into_it(office):  # noqa: F811
    enter(office, 900, 1200)
    assert put(office, "8001", DAY).id
    enter(office, 420, 930, extension="8003")
    with pytest.raises(Conflict) as refused:
        put(office, "8003", DAY)
    assert refused.value.field == "day"


def test_leave_from_an_afternoon_to_a_morning_reaches_over_the_days(office):  # noqa: F811
    put(office, "8001", DAY)
    leave = enter(office, 840, 600, last="2026-11-26")
    assert leave.span == Span(at(840), at(600, "2026-11-26"))
    assert rosters.roster(office, "2026-11-25", 1, ZONE).leaves == (leave,)


def test_a_night_that_goes_on_into_the_leave_is_shorter(office):  # noqa: F811
    night = put(office, "8001", "2026-11-23", NIGHT)
    enter(office, 360, 720)
    assert rosters.one_shift(office, night.id).away == (Span(at(360), at(480)),)
    # As the roster of that day alone reads it: the leave begins after its last midnight.
    (found,) = rosters.roster(office, "2026-11-23", 1, ZONE).shifts
    assert found.away == (Span(at(360), at(480)),)


@pytest.mark.parametrize(("start", "end"), [(600, 600), (600, 540), (600, 605)])
def test_leave_that_ends_before_it_begins_is_refused(office, start, end):  # noqa: F811
    with pytest.raises(BadInput) as refused:
        enter(office, start, end)
    assert refused.value.field == "end"


def test_a_leave_that_ends_gives_the_shift_back(office):  # noqa: F811
    shift = put(office, "8001", DAY)
    leave = enter(office, 840, 960)
    roster_leave.end_leave(office, leave.id, "chief", AT)
    assert rosters.one_shift(office, shift.id).away == ()
