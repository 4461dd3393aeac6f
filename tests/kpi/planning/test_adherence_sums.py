"""Sums of many shifts at once against the definition taken literally, second by second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rosters.records import Shift, Span
from kpi.planning.adherence import AROUND_S, WORKING, AdherenceSums, PlannedState, Stretch, is_adherent
from kpi.planning.adherence_sums import NO_STATES, StateTimes, sums_of_shifts

# A step is a minute; the definition is asked at the middle of each.
STEP = 60
STATES = ("ready", "ringing", "talking", "hold", "wrap_up", "break", "offline")
DAY = 1440


def minutes(start: int, end: int) -> Span:
    return Span(start * STEP, end * STEP)


@st.composite
def shifts(draw):
    """One a day, with a break and perhaps leave in it."""
    found = []
    for day in range(draw(st.integers(1, 3))):
        start = day * DAY + draw(st.integers(300, 700))
        end = start + draw(st.integers(60, 500))
        pause = start + draw(st.integers(0, 40))
        away = draw(st.one_of(st.none(), st.integers(start, end - 1)))
        found.append(
            Shift(
                "8001",
                f"2026-11-{10 + day}",
                start * STEP,
                end * STEP,
                breaks=(minutes(pause, pause + 15),),
                away=() if away is None else (minutes(away, min(end, away + 60)),),
                id=day + 1,
            )
        )
    return found


@st.composite
def stretches(draw):
    """In order, with gaps between some of them."""
    found, at = [], draw(st.integers(100, 800))
    for _ in range(draw(st.integers(0, 25))):
        at += draw(st.sampled_from((0, 0, 0, 7, 120)))
        end = at + draw(st.integers(1, 200))
        found.append(Stretch(draw(st.sampled_from(STATES)), at * STEP, end * STEP))
        at = end
    return found


def planned(shift: Shift, at: float) -> PlannedState:
    if not shift.starts_at <= at < shift.ends_at:
        return "off"
    if any(span.start <= at < span.end for span in shift.away):
        return "leave"
    return "break" if any(span.start <= at < span.end for span in shift.breaks) else "work"


def literally(shift: Shift, own: list[Shift], states: list[Stretch], known: float, now: float) -> AdherenceSums:
    before = max((o.ends_at for o in own if o.ends_at <= shift.starts_at), default=-1e12)
    after = min((o.starts_at for o in own if o.starts_at >= shift.ends_at), default=1e12)
    reach = (
        max(shift.starts_at - AROUND_S, (before + shift.starts_at) / 2),
        min(shift.ends_at + AROUND_S, (after + shift.ends_at) / 2),
    )
    sums = dict.fromkeys(("scheduled", "adherent", "work", "worked"), 0.0)
    first = begin = end = None
    for half in range(int(known) * 2, int(now) * 2, STEP):
        at = half / 2 + STEP / 4
        state = next((one.state for one in states if one.start <= at < one.end), "offline")
        plan = planned(shift, at)
        step = STEP / 2
        if plan == "off":
            sums["worked"] += step * (reach[0] <= at < reach[1] and state in WORKING)
        if plan in {"work", "break"}:
            begin = at - STEP / 4 if begin is None else begin
            end = at + STEP / 4
            sums["scheduled"] += step
            sums["adherent"] += step * is_adherent(plan, state)
            sums["work"] += step * (plan == "work")
            sums["worked"] += step * (state in WORKING)
            if first is None and state in WORKING:
                first = at - STEP / 4
    if begin is None:
        return AdherenceSums()
    late = (end if first is None else first) - begin
    absent = int(first is None and shift.ends_at <= now)
    return AdherenceSums(*sums.values(), late, 1, absent)


@given(shifts(), stretches(), st.integers(0, 1200), st.integers(0, 4000))
def test_sums_are_those_of_the_definition(own, states, known, lasts):
    now = (known + lasts) * STEP
    found = sums_of_shifts(own, own, StateTimes.of(states), known * STEP, now)
    assert found == [literally(one, own, states, known * STEP, now) for one in own]


@given(shifts(), stretches(), st.integers(0, 4000))
def test_shifts_asked_for_together_are_those_asked_for_alone(own, states, now):
    times = StateTimes.of(states)
    together = sums_of_shifts(own, own, times, 0.0, now * STEP)
    assert together == [sums_of_shifts([one], own, times, 0.0, now * STEP)[0] for one in own]


def test_who_was_never_seen_has_not_kept_to_it():
    shift = Shift("8001", "2026-11-10", 0.0, 3600.0, id=1)
    (found,) = sums_of_shifts([shift], [shift], NO_STATES, 0.0, 7200.0)
    assert found == AdherenceSums(3600.0, 0.0, 3600.0, 0.0, 3600.0, 1, 1)
    assert found.adherence == 0.0
    assert sums_of_shifts([], [], NO_STATES, 0.0, 1.0) == []


def test_of_states_that_overlap_the_earlier_one_keeps_its_time():
    shift = Shift("8001", "2026-11-10", 0.0, 600.0, id=1)
    states = StateTimes.of([Stretch("break", 0.0, 300.0), Stretch("ready", 200.0, 600.0)])
    (found,) = sums_of_shifts([shift], [shift], states, 0.0, 600.0)
    assert found.adherent_s == pytest.approx(300.0)
