"""Breaks in turn: within their windows, as long as they were, never over one another, and never to the calls' harm."""

from dataclasses import replace
from itertools import combinations_with_replacement, pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rosters.records import Leave, Rules, Template, epoch, less_leave, planned
from core.rosters.rules import break_problem, shape_problem
from kpi.planning.breaks import BreakCover, hurt, places, spread
from kpi.planning.coverage import covered, options
from kpi.planning.problem import PlannedAgent, RosterProblem
from kpi.planning.propose import propose
from kpi.planning.staffing import SLOTS, on_duty

ZONE, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DAY = "2026-11-23"
EARLY = Template(1, "早班", 480, 960, ((720, 765),), (), ((660, 810),))
TWICE = Template(2, "长班", 480, 1140, ((645, 660), (840, 870)), (), ((600, 690), (780, 930)))
NIGHT = Template(3, "夜班", 1320, 1920, ((1590, 1650),), (), ((1500, 1740),))
STILL = Template(4, "日班", 540, 1020, ((720, 750),))
ALL = {template.id: template for template in (EARLY, TWICE, NIGHT, STILL)}


def grid(level, days=1):
    """People needed: one figure for every quarter, or a list of them."""
    return np.broadcast_to(np.array(level, dtype=float), (days, SLOTS)).copy()


def hours(level, first=32, last=64):
    """The figure from eight to four, nobody outside."""
    return [level if first <= slot < last else 0 for slot in range(SLOTS)]


def floor(needed, *people, least=0, days=1, zone=ZONE):
    serves = {extension: frozenset(needed) for extension in people}
    return BreakCover(DAY, days, zone, {pool: grid(level, days) for pool, level in needed.items()}, serves, least)


def crew(template, count, day=DAY, first=8001, zone=ZONE):
    return [planned(template, str(first + n), day, zone) for n in range(count)]


def away_together(shifts):
    """The most who rest in the same quarter of an hour."""
    begins = [round(pause.start) for shift in shifts for pause in shift.breaks]
    times = range(min(begins), max(begins) + 7200, 900)
    return max(sum(p.start <= at < p.end for shift in shifts for p in shift.breaks) for at in times)


def test_a_whole_shift_no_longer_goes_to_lunch_at_once():
    shifts = crew(EARLY, 10)
    office = floor({"all": hours(8)}, *(s.extension for s in shifts))
    apart = spread(shifts, [], ALL, office)
    assert away_together(shifts) == 10
    # Three rests of 45 minutes fit one after the other into two and a half hours: the tenth person makes it four.
    assert away_together(apart) == 4
    assert hurt(shifts, office)[1] == 8 * 3
    # 30 quarters of rest, of which two at a time cost nothing: 20 in the ten quarters of the window.
    assert hurt(apart, office)[1] == 30 - 20


def test_breaks_go_where_the_calls_are_few():
    need = hours(3)
    for slot in range(44, 48):
        need[slot] = 0
    shifts = crew(EARLY, 3)
    apart = spread(shifts, [], ALL, floor({"all": need}, "8001", "8002", "8003"))
    assert hurt(apart, floor({"all": need}, "8001", "8002", "8003"))[1] == 0
    assert all(epoch(DAY, 660, ZONE) <= p.start and p.end <= epoch(DAY, 720, ZONE) for s in apart for p in s.breaks)


def test_the_floor_is_kept_though_the_calls_would_let_everybody_go():
    need = hours(1)
    need[52] = 2
    shifts = crew(EARLY, 3)
    office = floor({"all": need}, "8001", "8002", "8003", least=2)
    apart = spread(shifts, [], ALL, office)
    assert hurt(shifts, office)[0] > 0
    assert hurt(apart, office)[0] == 0
    assert away_together(apart) == 1


def test_a_floor_that_cannot_be_had_is_missed_by_as_little_as_may_be():
    shifts = crew(EARLY, 1)
    office = floor({"all": hours(1)}, "8001", least=1)
    assert hurt(spread(shifts, [], ALL, office), office)[0] == 3


def test_those_who_serve_the_same_calls_rest_in_turn():
    """Two serve repairs: together at the desk otherwise, one of them always stays."""
    shifts = crew(EARLY, 4)
    serves = {"8001": {"repair"}, "8002": {"repair"}, "8003": {"general"}, "8004": {"general"}}
    office = BreakCover(
        DAY,
        1,
        ZONE,
        {"repair": grid(hours(1)), "general": grid(hours(1))},
        {e: frozenset(pools) for e, pools in serves.items()},
    )
    apart = spread(shifts, [], ALL, office)
    for one, other in ((0, 1), (2, 3)):
        assert not apart[one].breaks[0].meets(apart[other].breaks[0])


def test_others_who_are_there_count_and_stay_as_they_are():
    other = planned(STILL, "8009", DAY, ZONE)
    shifts = crew(EARLY, 1)
    office = floor({"all": hours(1)}, "8001", "8009")
    (apart,) = spread(shifts, [other], ALL, office)
    assert not apart.breaks[0].meets(other.breaks[0])


def test_leave_in_a_shift_is_no_time_to_rest_for_free():
    """Nobody is there anyway: a break in the own leave takes nothing from the calls, and is where it goes."""
    gone = Leave("8001", epoch(DAY, 690, ZONE), epoch(DAY, 750, ZONE), "事假")
    (shift,) = [less_leave(one, [gone]) for one in crew(EARLY, 1)]
    (apart,) = spread([shift], [], ALL, floor({"all": hours(1)}, "8001"))
    assert gone.starts_at <= apart.breaks[0].start
    assert apart.breaks[0].end <= gone.ends_at


@pytest.mark.parametrize("change", [{"template_id": None}, {"ends_at": epoch(DAY, 1000, ZONE)}, {"template_id": 99}])
def test_a_shift_with_times_of_its_own_keeps_its_breaks(change):
    shifts = [replace(one, **change) for one in crew(EARLY, 4)]
    assert spread(shifts, [], ALL, floor({"all": 4}, "8001", "8002", "8003", "8004")) == tuple(shifts)


def test_a_wide_window_is_looked_at_in_longer_steps_and_never_past_its_end():
    wide = Template(9, "x", 0, 780, ((300, 330),), (), ((0, 780),))
    found = places(wide, 0)
    assert len(found) <= 15
    assert found[0] == 0
    assert max(found) + 30 <= 780
    assert 300 in found


def test_a_break_s_times_take_the_quarters_they_lie_in():
    (times,) = options(EARLY).values()
    assert [start for start, _slots in times] == list(range(660, 766, 15))
    assert times[0][1] == {44, 45, 46}
    assert all(slots <= covered(replace(EARLY, breaks=())) for _start, slots in times)


# --- laws ------------------------------------------------------------------------------------------------------

offices = st.tuples(
    st.lists(
        st.tuples(st.sampled_from([EARLY, TWICE, NIGHT, STILL]), st.sets(st.sampled_from("ab"), min_size=1)), max_size=7
    ),
    st.lists(st.integers(0, 4), min_size=SLOTS, max_size=SLOTS),
    st.lists(st.integers(0, 3), min_size=SLOTS, max_size=SLOTS),
    st.integers(0, 3),
)


def made(office, zone=ZONE, day=DAY):
    people, one, other, least = office
    shifts = [planned(template, str(8001 + n), day, zone) for n, (template, _pools) in enumerate(people)]
    serves = {str(8001 + n): frozenset(pools) for n, (_template, pools) in enumerate(people)}
    return shifts, BreakCover(day, 2, zone, {"a": grid(one, 2), "b": grid(other, 2)}, serves, least)


@settings(max_examples=120)
@given(offices)
def test_breaks_stay_in_their_windows_keep_their_length_and_do_not_overlap(office):
    shifts, ground = made(office)
    apart = spread(shifts, [], ALL, ground)
    assert [replace(one, breaks=()) for one in apart] == [replace(one, breaks=()) for one in shifts]
    for shift, before in zip(apart, shifts, strict=True):
        assert shape_problem(shift) is None
        assert break_problem(shift, ALL[shift.template_id], ZONE) is None
        assert [pause.seconds for pause in shift.breaks] == [pause.seconds for pause in before.breaks]
        assert all(one.end <= other.start for one, other in pairwise(shift.breaks))
        if shift.template_id == STILL.id:
            assert shift.breaks == before.breaks


@settings(max_examples=120)
@given(offices)
def test_coverage_is_never_worse_than_with_the_usual_breaks(office):
    shifts, ground = made(office)
    assert hurt(spread(shifts, [], ALL, ground), ground) <= hurt(shifts, ground)
    # Without a floor that counts first, not a quarter more is uncovered.
    free = replace(ground, least=0)
    assert hurt(spread(shifts, [], ALL, free), free)[1] <= hurt(shifts, free)[1]


@settings(max_examples=60)
@given(offices)
def test_spreading_again_changes_nothing_for_the_worse(office):
    shifts, ground = made(office)
    once = spread(shifts, [], ALL, ground)
    assert hurt(spread(once, [], ALL, ground), ground) <= hurt(once, ground)


@settings(max_examples=30)
@given(offices, st.sampled_from(["2026-03-28", "2026-10-24"]))
def test_a_night_over_a_change_of_clocks_keeps_its_rest_and_its_coverage(office, day):
    shifts, ground = made(office, BERLIN, day)
    apart = spread(shifts, [], ALL, ground)
    assert hurt(apart, ground) <= hurt(shifts, ground)
    assert all(shape_problem(shift) is None for shift in apart)


@settings(max_examples=60)
@given(st.integers(1, 4), st.lists(st.integers(0, 4), min_size=10, max_size=10))
def test_a_small_office_is_spread_as_well_as_trying_everything(count, need):
    """Four people at most, eight times each: the best of all of them, counted quarter by quarter."""
    shifts = crew(EARLY, count)
    office = floor({"all": [0] * 44 + need + [0] * (SLOTS - 54)}, *(s.extension for s in shifts))
    rests = [np.array([float(at <= slot < at + 3) for slot in range(10)]) for at in range(8)]
    best = min(
        np.clip(np.array(need) + np.sum(chosen, axis=0) - count, 0, None).sum()
        for chosen in combinations_with_replacement(rests, count)
    )
    assert hurt(spread(shifts, [], ALL, office), office)[1] == best


# --- proposals -------------------------------------------------------------------------------------------------


def ask(count, need, template, *, days=5, least=0, leaves=()):
    people = tuple(
        PlannedAgent(
            str(8001 + n), ("general",), (), (), tuple(one for one in leaves if one.extension == str(8001 + n))
        )
        for n in range(count)
    )
    table = (tuple(float(value) for value in need),) * days
    return RosterProblem(
        DAY, days, "Asia/Shanghai", people, (template,), {"all": ("general",)}, {"all": table}, Rules(), 40 * 3600.0,
        limit_s=5.0, workers=2, least_present=least,
    )  # fmt: skip


def uncovered_h(made, shifts):
    duty = on_duty(shifts, made.first_day, made.days, ZONE)
    there = np.sum(list(duty.values()), axis=0) if duty else np.zeros((made.days, SLOTS))
    return float(np.clip(np.array(made.needs["all"]) - there, 0, None).sum()) / 4


def test_a_proposal_counts_on_breaks_in_turn_and_proves_it():
    need = hours(3)
    staggered, together = ask(4, need, EARLY), ask(4, need, replace(EARLY, windows=()))
    apart, at_once = propose(staggered), propose(together)
    # Four people for three: one may always rest, but not four.
    assert apart.short_h == uncovered_h(staggered, apart.shifts)
    assert at_once.short_h == uncovered_h(together, at_once.shifts)
    assert apart.short_h < at_once.short_h
    assert apart.proven


def test_a_proposal_keeps_the_floor_while_others_rest():
    need = hours(1)
    made = ask(3, need, EARLY, least=2)
    found = propose(made)
    for day in {shift.day for shift in found.shifts}:
        here = [shift for shift in found.shifts if shift.day == day]
        assert away_together(here) <= max(1, len(here) - 2)


def test_leave_of_a_part_of_a_day_leaves_the_rest_to_be_worked():
    need = hours(1)
    gone = Leave("8001", epoch(DAY, 480, ZONE), epoch(DAY, 600, ZONE), "事假")
    made = ask(1, need, EARLY, leaves=(gone,))
    found = propose(made)
    (first,) = [shift for shift in found.shifts if shift.day == DAY]
    assert first.away == (gone.span,)
    assert found.short_h == uncovered_h(made, found.shifts)
