"""Adherence: plan against states, second by second; and the laws that hold whatever the states."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rosters.records import Shift, Span, Template, planned
from kpi.planning.adherence import WORKING, AdherenceSums, Stretch, is_adherent, pieces, plan_at, right_now
from kpi.planning.adherence_sums import sums_of

ZONE = ZoneInfo("Asia/Shanghai")
EARLY = replace(planned(Template(1, "早班", 480, 960, ((720, 750),)), "8001", "2026-11-23", ZONE), id=1)
START, END = EARLY.starts_at, EARLY.ends_at
HOUR = 3600.0


def at(clock: str) -> float:
    hours, minutes = clock.split(":")
    return START + (int(hours) - 8) * HOUR + int(minutes) * 60


def states(*parts: tuple[str, str, str]) -> list[Stretch]:
    return [Stretch(state, at(begin), at(end)) for state, begin, end in parts]


def sums(stretches, now="18:00", known="00:00", neighbours=()):
    return sums_of(EARLY, neighbours, stretches, at(known), at(now))


def test_a_day_as_planned_is_a_hundred_percent():
    found = sums(states(("ready", "8:00", "12:00"), ("break", "12:00", "12:30"), ("talking", "12:30", "16:00")))
    assert (found.adherence, found.conformance, found.late_s) == (1.0, 1.0, 0.0)
    assert (found.scheduled_s, found.planned_work_s) == (8 * HOUR, 7.5 * HOUR)


def test_a_break_at_another_time_costs_twice_in_adherence_and_nothing_in_conformance():
    found = sums(states(("ready", "8:00", "11:00"), ("break", "11:00", "11:30"), ("ready", "11:30", "16:00")))
    assert found.adherence == pytest.approx(7 / 8)
    assert found.conformance == 1.0


def test_coming_late_and_staying_on_evens_out_in_conformance_only():
    found = sums(states(("ready", "9:00", "12:00"), ("offline", "12:00", "12:30"), ("ready", "12:30", "17:00")))
    assert found.late_s == HOUR
    assert found.adherence == pytest.approx(7 / 8)
    assert found.conformance == 1.0


def test_a_call_that_runs_into_the_break_is_nobody_s_fault_but_waiting_for_one_is():
    talks = sums(states(("ready", "8:00", "11:55"), ("talking", "11:55", "12:30"), ("ready", "12:30", "16:00")))
    assert talks.adherence == 1.0
    waits = sums(states(("ready", "8:00", "16:00")))
    assert waits.adherence == pytest.approx(7.5 / 8)
    assert waits.conformance == pytest.approx(8 / 7.5)


def test_who_never_came_is_absent_and_who_is_not_there_yet_is_only_late():
    gone = sums([])
    assert (gone.absent, gone.adherence, gone.conformance) == (1, pytest.approx(0.5 / 8), 0.0)
    running = sums([], now="9:00")
    assert (running.absent, running.late_s, running.scheduled_s) == (0, HOUR, HOUR)


def test_trouble_is_not_work():
    found = sums(states(("ready", "8:00", "10:00"), ("trouble", "10:00", "11:00"), ("ready", "11:00", "16:00")))
    assert found.conformance == pytest.approx(7 / 7.5)


def test_a_shift_that_goes_on_is_judged_up_to_now():
    found = sums(states(("ready", "8:00", "18:00")), now="10:00")
    assert (found.scheduled_s, found.adherence) == (2 * HOUR, 1.0)


def test_time_before_anything_was_written_down_is_not_counted():
    found = sums(states(("ready", "10:00", "16:00")), known="10:00")
    assert found.scheduled_s == 6 * HOUR
    assert found.late_s == 0
    nothing = sums([], known="17:00")
    assert nothing == AdherenceSums()
    assert nothing.adherence is None
    assert nothing.conformance is None


def test_work_outside_counts_for_the_nearest_shift_only():
    night = replace(EARLY, id=2, starts_at=at("22:00"), ends_at=at("22:00") + 8 * HOUR, breaks=())
    late = states(("ready", "8:00", "16:00"), ("ready", "18:30", "19:30"))
    # 19:00 is half-way between the two shifts.
    assert sums(late, now="23:00", neighbours=[night]).worked_s == 8 * HOUR + 1800
    assert sums(late, now="23:00").worked_s == 8 * HOUR + HOUR
    far = states(("ready", "8:00", "16:00"), ("ready", "20:00", "21:00"))
    assert sums(far, now="23:00").worked_s == 8 * HOUR


def test_pieces_say_what_was_planned_and_what_there_was():
    found = pieces(EARLY, states(("ready", "8:30", "12:10")), at("0:00"), at("12:30"))
    said = [(p.plan, p.state, p.adherent, p.span.seconds / 60) for p in found]
    assert said == [
        ("work", "offline", False, 30),
        ("work", "ready", True, 210),
        ("break", "ready", False, 10),
        ("break", "offline", True, 20),
    ]


def test_sums_of_shifts_are_sums_and_ratios_are_made_of_them():
    one, other = AdherenceSums(100.0, 50.0, 90.0, 45.0, 1.0, 1, 0), AdherenceSums(300.0, 300.0, 300.0, 330.0, 0.0, 1, 1)
    both = one + other
    assert both.adherence == 350 / 400
    assert both.conformance == 375 / 390
    assert (both.shifts, both.absent) == (2, 1)


# --- now -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "state", "since", "plan", "good", "off_since"),
    [
        ("9:00", "ready", "8:00", "work", True, None),
        ("9:00", "offline", "7:00", "work", False, "8:00"),
        ("9:00", "break", "8:40", "work", False, "8:40"),
        ("12:10", "break", "12:05", "break", True, None),
        ("12:10", "talking", "11:50", "break", True, None),
        ("12:10", "ready", "11:00", "break", False, "12:00"),
        ("7:00", "offline", "6:00", "off", True, None),
        ("7:00", "ready", "6:00", "off", True, None),
    ],
)
def test_now_somebody_is_where_the_roster_says_or_not_and_since_when(clock, state, since, plan, good, off_since):
    found = right_now("8001", [EARLY], state, at(since), at(clock))
    assert (found.plan, found.adherent) == (plan, good)
    assert found.off_since == (None if off_since is None else at(off_since))


def test_the_next_change_is_the_next_border_of_the_plan():
    assert right_now("8001", [EARLY], "ready", None, at("9:00")).next_change == at("12:00")
    assert right_now("8001", [EARLY], "ready", None, at("17:00")).next_change is None


def test_the_last_second_is_still_on_duty_and_the_end_is_not():
    assert plan_at([EARLY], END - 1)[0] == "work"
    assert plan_at([EARLY], END)[0] == "off"


# --- laws ------------------------------------------------------------------------------------------------------

STATES = ("ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble")
days = st.lists(st.tuples(st.sampled_from(STATES), st.integers(1, 200)), max_size=20)
shifts = st.builds(
    lambda begin, length, pause: Shift(
        "8001",
        "2026-11-23",
        begin * 60.0,
        (begin + length) * 60.0,
        breaks=(Span((begin + pause) * 60.0, (begin + pause + 20) * 60.0),) if pause + 20 <= length else (),
        id=1,
    ),
    st.integers(0, 600),
    st.integers(60, 700),
    st.integers(10, 600),
)


def stretch_out(parts, begin=0.0):
    found, now = [], begin
    for state, minutes in parts:
        found.append(Stretch(state, now, now + minutes * 60.0))
        now += minutes * 60.0
    return found


@given(shifts, days, st.integers(0, 1500), st.integers(0, 800))
def test_shares_stay_shares_and_every_second_of_the_shift_is_in_one_piece(shift, parts, now, known):
    stretches = stretch_out(parts)
    found = pieces(shift, stretches, known * 60.0, now * 60.0)
    window = max(0.0, min(shift.ends_at, now * 60.0) - max(shift.starts_at, known * 60.0))
    assert sum(piece.span.seconds for piece in found) == pytest.approx(window)
    for one, other in pairwise(found):
        assert one.span.end == other.span.start
    total = sums_of(shift, [], stretches, known * 60.0, now * 60.0)
    assert 0 <= total.adherent_s <= total.scheduled_s + 1e-6
    assert 0 <= total.planned_work_s <= total.scheduled_s + 1e-6
    assert total.scheduled_s == pytest.approx(window)
    assert total.late_s <= total.scheduled_s + 1e-6


@given(shifts, days, st.integers(0, 1500))
def test_second_by_second_it_is_the_same(shift, parts, now):
    """The sums against a count of every minute's middle."""
    stretches = stretch_out(parts)
    total = sums_of(shift, [], stretches, 0.0, now * 60.0)
    adherent = worked = 0
    for minute in range(1700):
        second = minute * 60.0 + 30
        if second >= now * 60.0:
            break
        state = next((s.state for s in stretches if s.start <= second < s.end), "offline")
        plan, _shift = plan_at([shift], second)
        adherent += 60 * (plan != "off" and is_adherent(plan, state))
        near = shift.starts_at - 4 * HOUR <= second < shift.ends_at + 4 * HOUR
        worked += 60 * (near and state in WORKING)
    assert total.adherent_s == adherent
    if total.scheduled_s:
        assert total.worked_s == worked


@given(shifts, days, st.integers(1, 19))
def test_cutting_a_stretch_in_two_changes_nothing(shift, parts, where):
    stretches = stretch_out(parts)
    cut = []
    for n, one in enumerate(stretches):
        middle = (one.start + one.end) / 2
        cut += [replace(one, end=middle), replace(one, start=middle)] if n == where else [one]
    assert sums_of(shift, [], cut, 0.0, 1e9) == sums_of(shift, [], stretches, 0.0, 1e9)


def test_leave_of_hours_inside_a_shift_is_neither_scheduled_nor_missed():
    shift = planned(Template(1, "早班", 480, 960), "8001", "2026-11-23", ZoneInfo("Asia/Shanghai"))
    gone = Span(shift.starts_at + 6 * 3600, shift.ends_at)
    shorter = replace(shift, away=(gone,))
    states = [Stretch("ready", shift.starts_at, gone.start)]
    found = sums_of(shorter, [], states, 0.0, shift.ends_at + 60)
    assert (found.scheduled_s, found.planned_work_s, found.adherence, found.conformance) == (21600, 21600, 1, 1)
    assert sums_of(shift, [], states, 0.0, shift.ends_at + 60).adherence == 0.75
    assert plan_at([shorter], gone.start + 1) == ("leave", shorter)
    assert right_now("8001", [shorter], "offline", gone.start, gone.start + 1).adherent
    assert [piece.plan for piece in pieces(shorter, states, 0.0, shift.ends_at)] == ["work", "leave"]


def test_a_break_that_was_moved_is_the_one_that_counts():
    zone = ZoneInfo("Asia/Shanghai")
    shift = planned(Template(1, "早班", 480, 960, ((720, 765),)), "8001", "2026-11-23", zone)
    later = replace(shift, breaks=(Span(shift.breaks[0].start + 3600, shift.breaks[0].end + 3600),))
    away = [Stretch("break", *later.breaks[0]), Stretch("ready", shift.starts_at, later.breaks[0].start)]
    away.append(Stretch("ready", later.breaks[0].end, shift.ends_at))
    assert sums_of(later, [], away, 0.0, shift.ends_at + 60).adherence == 1
    # Of the break where it was, he was away for none and waited for calls instead.
    assert sums_of(shift, [], away, 0.0, shift.ends_at + 60).adherent_s == 8 * 3600 - 2 * 45 * 60
