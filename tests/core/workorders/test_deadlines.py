"""Clocks of orders: limits by category, urgency, pipe and hour; calendars; pauses; extensions; and laws that hold always."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.clock import iso
from core.installation.definition import Calendar
from core.workorders.calendars import counted_s, moment_after
from core.workorders.categories import SHIPPED_TREE, WORKDAYS, TimeLimit, limits_of
from core.workorders.deadlines import LEVELS, Moment, Terms, clocks, earliest, next_level, relimited
from core.workorders.shipped import DEFAULT

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600.0, 86_400.0
OFFICE = Calendar(
    "office", (*([(("08:30", "12:00"), ("13:30", "17:30"))] * 5), (), ()), ("2026-10-01",), ("2026-10-10",)
)
DAYS = Calendar(WORKDAYS, (*([(("00:00", "24:00"),)] * 5), (), ()), ("2026-10-01", "2026-10-02"), ("2026-10-10",))
NIGHTS = Calendar("nights", ((("22:00", "06:00"),),) * 7)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


NOON = at("2026-11-25T12:00")


def terms(category="repair.low_pressure", urgency="normal", **more):
    return Terms(urgency, limits_of(SHIPPED_TREE, category), ZONE, {WORKDAYS: DAYS, "office": OFFICE}, **more)


def moments(*steps):
    return [Moment(event, state, when, *rest) for event, state, when, *rest in steps]


def run(given_terms, *steps):
    return clocks(DEFAULT, given_terms, moments(*steps))


ACCEPT = ("accept", "accepted", NOON)


def test_the_site_has_an_hour_by_day_and_an_hour_and_a_half_by_night():
    by_day = run(terms("repair.burst", "emergency"), ACCEPT)["arrive"]
    night = at("2026-11-25T23:30")
    by_night = run(terms("repair.burst", "emergency"), ("accept", "accepted", night))["arrive"]
    assert (by_day.due_at - NOON, by_night.due_at - night) == (60 * 60, 90 * 60)
    assert by_night.night


def test_a_wide_pipe_has_longer_to_be_mended():
    assert run(terms(), ACCEPT)["finish"].limit_s == 24 * HOUR
    assert run(terms(diameter_mm=100), ACCEPT)["finish"].limit_s == 24 * HOUR
    assert run(terms(diameter_mm=150), ACCEPT)["finish"].limit_s == 48 * HOUR


def test_the_nearest_categorys_limit_wins_over_a_more_particular_one_above_it():
    own = ((TimeLimit("arrive", 7200.0),), *limits_of(SHIPPED_TREE, "repair.no_water"))
    assert run(replace(terms(urgency="urgent"), limits=own), ACCEPT)["arrive"].limit_s == 7200.0


def test_taking_in_time_meets_the_clock_and_too_late_misses_it():
    dispatched = ("dispatch", "dispatched", NOON + 60)
    in_time = run(terms(), ACCEPT, dispatched, ("take", "taken", NOON + 600))["take"]
    late = run(terms(), ACCEPT, dispatched, ("take", "taken", NOON + 4000))["take"]
    assert (in_time.state, late.state) == ("met", "missed")
    assert not in_time.overdue(NOON + DAY)
    assert late.overdue(NOON + DAY)


def test_reassigning_begins_the_take_clock_anew_and_leaves_the_total_alone():
    steps = (ACCEPT, ("dispatch", "dispatched", NOON), ("take", "taken", NOON + 60))
    before, after = run(terms(), *steps), run(terms(), *steps, ("reassign", "dispatched", NOON + 600))
    assert (after["take"].state, after["take"].began_at) == ("running", NOON + 600)
    assert after["total"] == before["total"]


def test_a_deadline_missed_before_a_reassignment_or_a_return_stays_missed():
    dispatched = (ACCEPT, ("dispatch", "dispatched", NOON))
    due = run(terms(), *dispatched)["take"].due_at
    late = run(terms(), *dispatched, ("reassign", "dispatched", due + 5))["take"]
    assert (late.state, late.missed) == ("running", ((due, due + 5),))
    assert late.explained(due + 6)["missed"][0].keys() == {"due_at", "until"}
    in_time = run(terms(), *dispatched, ("reassign", "dispatched", due - 5))["take"]
    assert (in_time.state, in_time.missed) == ("running", ())
    back = (*dispatched, ("return", "accepted", due + 5))
    assert run(terms(), *back)["take"].state == "missed"
    again = run(terms(), *back, ("dispatch", "dispatched", due + 9))["take"]
    assert (again.state, again.missed) == ("running", ((due, due + 5),))


def test_an_extension_after_the_deadline_makes_no_failure_good():
    due = NOON + 24 * HOUR
    extended = (*WORK, ("extend", "working", due + HOUR, due + 9 * HOUR))
    found = run(terms(), *extended, ("submit", "in_review", due + 2 * HOUR))["finish"]
    assert (found.state, found.missed, found.first_due_at) == ("met", ((due, due + HOUR),), due)
    before = run(terms(), *WORK, ("extend", "working", due - HOUR, due + 9 * HOUR))["finish"]
    assert (before.missed, before.due_at) == ((), due + 9 * HOUR)


def test_a_returned_order_stops_the_take_clock_only():
    found = run(terms(), ACCEPT, ("dispatch", "dispatched", NOON), ("return", "accepted", NOON + 60))
    assert (found["take"].state, found["arrive"].state, found["total"].state) == ("stopped", "running", "running")


WORK = (ACCEPT, ("dispatch", "dispatched", NOON), ("take", "taken", NOON), ("work", "working", NOON + HOUR))


def test_a_suspension_pauses_the_work_but_never_what_the_customer_sees():
    suspended = (*WORK, ("suspend", "suspended", NOON + 2 * HOUR))
    held = run(terms(), *suspended)
    assert (held["finish"].state, held["finish"].due_at) == ("paused", None)
    assert held["finish"].elapsed_s(NOON + 9 * HOUR) == 2 * HOUR
    assert held["total"].state == "running"
    resumed = run(terms(), *suspended, ("resume", "working", NOON + 5 * HOUR))
    assert resumed["finish"].due_at == NOON + 27 * HOUR
    assert resumed["finish"].first_due_at == NOON + 24 * HOUR
    assert resumed["total"].due_at == NOON + 72 * HOUR


def test_a_pause_after_the_deadline_excuses_nothing():
    late = run(terms(), *WORK, ("suspend", "suspended", NOON + 25 * HOUR))
    assert late["finish"].due_at == NOON + 24 * HOUR
    assert late["finish"].overdue(NOON + 26 * HOUR)
    assert earliest(late.values()) == NOON + 24 * HOUR


def test_an_emergency_runs_day_and_night_and_never_pauses():
    wanted = replace(terms("service.connect", "emergency"))
    found = run(wanted, *WORK, ("suspend", "suspended", NOON + 2 * HOUR))
    assert found["finish"].calendar is None
    assert found["finish"].state == "running"


def test_working_days_leave_out_weekends_and_holidays_and_count_make_up_days():
    # 2026-09-30 is a Wednesday; Thursday and Friday are holidays, Saturday the 10th is made up.
    found = run(terms("service.connect"), ("accept", "accepted", at("2026-09-30T10:00")))
    assert found["finish"].due_at == at("2026-10-09T10:00")
    assert found["close"].due_at == at("2026-10-12T10:00")


def test_an_extension_moves_the_work_and_the_total_and_keeps_the_first_date():
    until = NOON + 100 * HOUR
    found = run(terms(), *WORK, ("extend", "working", NOON + HOUR, until))
    assert {name: found[name].due_at for name in ("finish", "close", "total")} == dict.fromkeys(
        ("finish", "close", "total"), until
    )
    assert found["finish"].first_due_at == NOON + 24 * HOUR
    assert found["take"].state == "met"


def test_an_extension_never_shortens():
    found = run(
        terms(), *WORK, ("extend", "working", NOON, NOON + 100 * HOUR), ("extend", "working", NOON, NOON + 90 * HOUR)
    )
    assert found["total"].due_at == NOON + 100 * HOUR


def test_a_deadline_that_came_with_the_order_wins():
    for until in (NOON + HOUR, NOON + 500 * HOUR):
        found = run(terms(given_due_at=until), *WORK, ("extend", "working", NOON, NOON + 1000 * HOUR))
        assert (found["close"].due_at, found["total"].due_at) == (until, until)
        assert found["close"].given


def test_urging_never_moves_a_due_date():
    urged = run(terms(), *WORK, ("urge", "working", NOON + HOUR), ("supervise", "working", NOON + HOUR))
    assert urged == run(terms(), *WORK)


def test_an_order_split_off_again_goes_on_from_its_first_day():
    split = run(terms(), *WORK, ("merge", "merged", NOON + 2 * HOUR), ("split", "accepted", NOON + 3 * HOUR))
    assert (split["total"].state, split["total"].due_at) == ("running", NOON + 72 * HOUR)
    assert run(terms(), *WORK, ("merge", "merged", NOON + 2 * HOUR))["total"].state == "stopped"


def test_reopening_begins_the_work_anew_and_the_total_runs_on():
    done = (*WORK, ("submit", "in_review", NOON + 3 * HOUR), ("close_out", "awaiting_visit", NOON + 4 * HOUR))
    again = run(terms(), *done, ("reopen", "accepted", NOON + 5 * HOUR))
    assert again["finish"].due_at == NOON + 29 * HOUR
    assert again["total"].due_at == NOON + 72 * HOUR
    assert again["return_visit"].state == "met"


def test_levels_come_one_after_the_other_and_end_with_the_clock():
    clock = run(terms(), ACCEPT)["total"]
    told, heard = 0, []
    while (level := next_level(clock, told)) is not None:
        told = level[0]
        heard.append(level)
    assert [(percent, role) for percent, role, _at in heard] == list(LEVELS)
    assert [when - NOON for _p, _r, when in heard] == [36 * HOUR, 57.6 * HOUR, 72 * HOUR, 108 * HOUR]
    closed = run(terms(), ACCEPT, ("answer", "closed", NOON + 60))["total"]
    assert next_level(closed, 0) is None


def test_a_clock_explains_itself():
    said = run(terms("repair.burst", "emergency"), ACCEPT)["arrive"].explained(NOON + 1800)
    assert said["calendar"] == "7x24"
    assert said["rule"] == {
        "urgency": "emergency",
        "night": False,
        "above_mm": None,
        "example": True,
        "extended_to": None,
        "given": False,
    }
    assert (said["elapsed_s"], said["share"], said["overdue"]) == (1800, 0.5, False)


# --- calendars -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-25T12:30", "2026-11-25T13:00", 0),
        ("2026-11-25T08:00", "2026-11-25T18:00", 7.5),
        ("2026-11-27T17:00", "2026-11-30T09:30", 1.5),
        ("2026-10-01T00:00", "2026-10-02T00:00", 0),
        ("2026-10-10T00:00", "2026-10-11T00:00", 7.5),
    ],
)
def test_only_opening_hours_count(start, end, hours):
    assert counted_s(OFFICE, at(start), at(end)) == hours * HOUR


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    assert counted_s(NIGHTS, at("2026-11-25T00:00"), at("2026-11-26T00:00")) == 8 * HOUR
    assert moment_after(NIGHTS, at("2026-11-25T23:00"), 7 * HOUR) == at("2026-11-26T06:00")


def test_overlapping_hours_count_once_also_across_midnight():
    both = Calendar("both", ((("22:00", "06:00"), ("05:00", "09:00"), ("08:00", "10:00")),) * 7)
    start = at("2026-11-25T00:00")
    # 0:00 to 10:00 and 22:00 to 24:00.
    assert counted_s(both, start, start + DAY) == 12 * HOUR
    assert moment_after(both, start, 11 * HOUR) == start + 23 * HOUR
    assert counted_s(both, start, start + 7 * DAY) == 7 * 12 * HOUR


def test_a_calendar_that_never_opens_counts_every_second():
    shut = Calendar("shut", ((),) * 7)
    assert moment_after(shut, NOON, HOUR) == NOON + HOUR
    assert counted_s(shut, NOON, NOON + HOUR) == HOUR


CALENDARS = st.sampled_from((None, OFFICE, DAYS, NIGHTS))
TIMES = st.floats(NOON - 40 * DAY, NOON + 40 * DAY)


@settings(max_examples=150)
@given(CALENDARS, TIMES, st.floats(0, 10 * DAY))
def test_the_moment_after_some_seconds_is_so_many_seconds_away(calendar, start, seconds):
    end = moment_after(calendar, start, seconds)
    assert end >= start
    assert counted_s(calendar, start, end) == pytest.approx(seconds, abs=0.01)


@settings(max_examples=150)
@given(CALENDARS, TIMES, st.floats(0, 5 * DAY), st.floats(0, 5 * DAY))
def test_counted_time_adds_up_and_is_never_more_than_the_walls(calendar, start, one, other):
    middle, end = start + one, start + one + other
    whole = counted_s(calendar, start, end)
    assert whole <= end - start + 1e-6
    assert whole == pytest.approx(counted_s(calendar, start, middle) + counted_s(calendar, middle, end), abs=0.01)


# --- laws of every clock ---------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                ("dispatch", "dispatched"),
                ("take", "taken"),
                ("work", "working"),
                ("suspend", "suspended"),
                ("resume", "working"),
                ("submit", "in_review"),
                ("close_out", "awaiting_visit"),
                ("reopen", "accepted"),
                ("urge", "working"),
                ("visit", "closed"),
            )
        ),
        st.floats(0, 30 * HOUR),
    ),
    max_size=12,
)
CATEGORIES = st.sampled_from(("repair.low_pressure", "service.connect", "complaint", "quality", "consultation"))
URGENCIES = st.sampled_from(("normal", "urgent", "emergency"))


def walked(steps):
    made, when = [Moment("accept", "accepted", NOON)], NOON
    for (event, state), later in steps:
        when += later
        made.append(Moment(event, state, when))
    return made, when


@settings(max_examples=150)
@given(CATEGORIES, URGENCIES, STEPS, st.floats(0, 20 * DAY), st.floats(0, 20 * DAY))
def test_clocks_never_run_backwards_nor_faster_than_the_wall(category, urgency, steps, one, other):
    made, last = walked(steps)
    for clock in clocks(DEFAULT, terms(category, urgency), made).values():
        early, late = last + one, last + one + other
        assert 0 <= clock.elapsed_s(early) <= clock.elapsed_s(late) + 1e-6
        assert clock.elapsed_s(late) <= late - clock.began_at + 1e-6


@settings(max_examples=150)
@given(CATEGORIES, STEPS)
def test_an_emergency_and_the_customers_clock_never_pause(category, steps):
    made, _last = walked(steps)
    assert all(not clock.pauses for clock in clocks(DEFAULT, terms(category, "emergency"), made).values())
    assert not clocks(DEFAULT, terms(category), made)["total"].pauses


@settings(max_examples=150)
@given(CATEGORIES, st.floats(0, 30 * HOUR), st.floats(0, 40 * HOUR), st.floats(0, 30 * HOUR), st.floats(0, 40 * HOUR))
def test_pauses_never_bring_a_deadline_forward(category, wait, pause, wait_again, pause_again):
    base = [Moment("accept", "accepted", NOON), Moment("work", "working", NOON)]
    first = [Moment("suspend", "suspended", NOON + wait), Moment("resume", "working", NOON + wait + pause)]
    start = NOON + wait + pause + wait_again
    second = [Moment("suspend", "suspended", start), Moment("resume", "working", start + pause_again)]
    due = [clocks(DEFAULT, terms(category), steps) for steps in (base, base + first, base + first + second)]
    for name in ("finish", "close", "total"):
        times = [found[name].due_at for found in due if name in found]
        assert all(later >= earlier - 0.01 for earlier, later in pairwise(times))


@settings(max_examples=150)
@given(CATEGORIES, URGENCIES, STEPS)
def test_at_its_due_time_a_clock_that_runs_is_used_up_exactly(category, urgency, steps):
    made, _last = walked(steps)
    for clock in clocks(DEFAULT, terms(category, urgency), made).values():
        if clock.state == "running" and clock.due_at is not None:
            assert clock.used_s(clock.due_at) == pytest.approx(clock.limit_s, abs=0.01)


@settings(max_examples=100)
@given(CATEGORIES, URGENCIES, STEPS)
def test_a_clock_that_has_ended_stays_as_it_is_until_it_begins_anew(category, urgency, steps):
    made, _last = walked(steps)
    seen = [clocks(DEFAULT, terms(category, urgency), made[:count]) for count in range(1, len(made) + 1)]
    for before, after in pairwise(seen):
        for name, clock in before.items():
            if not clock.runs:
                assert after[name] == clock or after[name].began_at >= clock.ended_at


# --- what is missed stays missed -------------------------------------------------------------------------------

DISPATCHED_LATE = (ACCEPT, ("dispatch", "dispatched", NOON), ("merge", "merged", NOON + 9000))


def test_a_late_clock_that_was_merged_is_missed_once_it_is_split_off():
    merged = run(terms(), *DISPATCHED_LATE)["take"]
    assert merged.state == "stopped"
    split = (*DISPATCHED_LATE, ("split", "accepted", NOON + 9100))
    found = run(terms(), *split)["take"]
    assert (found.state, found.ended_at) == ("missed", NOON + 9000)
    again = run(terms(), *split, ("dispatch", "dispatched", NOON + 9200), ("take", "taken", NOON + 9210))["take"]
    assert (again.state, again.missed) == ("met", ((found.due_at, NOON + 9000),))


def test_a_late_clock_of_an_order_that_is_done_with_its_master_stays_stopped():
    done = (*DISPATCHED_LATE, ("master_done", "awaiting_visit", NOON + 9100))
    assert run(terms(), *done)["take"].state == "stopped"


def test_a_correction_takes_back_no_miss():
    urgent, normal = terms(urgency="urgent"), terms(urgency="normal")
    found = run(urgent, ACCEPT, ("dispatch", "dispatched", NOON))
    due = found["take"].due_at
    late = relimited(DEFAULT, normal, found, due + 100)["take"]
    assert late.due_at > due
    assert late.missed == ((due, due + 100),)
    assert relimited(DEFAULT, normal, found, due - 100)["take"].missed == ()
    # A shorter limit fails the clock itself, not twice.
    assert (
        relimited(DEFAULT, urgent, run(normal, ACCEPT, ("dispatch", "dispatched", NOON)), NOON + DAY)["take"].missed
        == ()
    )


# --- what is sent back is not finished -------------------------------------------------------------------------

FINISH_DUE = NOON + 24 * HOUR
HANDED_IN = (*WORK, ("submit", "in_review", NOON + 3 * HOUR))
SENT_BACK = (
    (("send_back", "working", NOON + 4 * HOUR),),
    (("reassign", "dispatched", NOON + 4 * HOUR), ("take", "taken", NOON + 5 * HOUR)),
    (("merge", "merged", NOON + 4 * HOUR), ("split", "accepted", NOON + 5 * HOUR)),
)


@pytest.mark.parametrize("back", SENT_BACK, ids=lambda back: back[-1][0])
def test_what_was_done_in_time_and_sent_back_is_judged_by_when_it_is_done_again(back):
    again = run(terms(), *HANDED_IN, *back)["finish"]
    assert (again.state, again.ended_at, again.due_at) == ("running", None, FINISH_DUE)
    assert again.undone == (NOON + 3 * HOUR,)
    assert again.overdue(FINISH_DUE + 1)
    # The time in the review is the house's own.
    assert again.elapsed_s(NOON + 6 * HOUR) == 6 * HOUR
    for at_last, state in ((FINISH_DUE - 1, "met"), (FINISH_DUE + 1, "missed")):
        done = run(terms(), *HANDED_IN, *back, ("submit", "in_review", at_last))["finish"]
        assert (done.state, done.ended_at, done.missed) == (state, at_last, ())
        assert done.explained(at_last)["undone"] == [iso(NOON + 3 * HOUR)]


def test_what_was_late_the_first_time_stays_late_when_it_is_sent_back():
    late = (*WORK, ("submit", "in_review", FINISH_DUE + HOUR), ("send_back", "working", FINISH_DUE + 2 * HOUR))
    found = run(terms(), *late, ("submit", "in_review", FINISH_DUE + 3 * HOUR))["finish"]
    assert (found.state, found.ended_at, found.undone) == ("missed", FINISH_DUE + HOUR, ())


def test_what_is_sent_back_pauses_and_is_extended_like_any_other_work():
    back = (*HANDED_IN, *SENT_BACK[0])
    held = (*back, ("suspend", "suspended", NOON + 5 * HOUR), ("resume", "working", NOON + 7 * HOUR))
    assert run(terms(), *held)["finish"].due_at == FINISH_DUE + 2 * HOUR
    extended = run(terms(), *back, ("extend", "working", NOON + 5 * HOUR, FINISH_DUE + 9 * HOUR))["finish"]
    assert (extended.due_at, extended.first_due_at) == (FINISH_DUE + 9 * HOUR, FINISH_DUE)


def test_an_arrival_is_not_undone_by_another_crew():
    steps = (ACCEPT, ("dispatch", "dispatched", NOON), ("arrive", "on_site", NOON + 1800))
    assert run(terms(), *steps, ("reassign", "dispatched", NOON + HOUR))["arrive"].state == "met"


def test_every_way_out_of_what_met_a_clock_begins_it_anew_undoes_it_or_is_known_to_be_no_undoing():
    """Every way back out of what met a clock either begins it anew, undoes it, or is named here with its reason."""
    happened = {("take", "return"), ("take", "reopen"), ("take", "split")}  # It had been taken; it is asked again anew.
    happened |= {("arrive", event) for event in ("reassign", "split")}  # Somebody had been there.
    happened |= {("return_visit", event) for event in ("dispatch", "reassign")}  # The visit had led to new work.
    for rule in DEFAULT.clocks:
        for event in DEFAULT.events:
            sources = {*DEFAULT.sources_of(event)} & {*rule.met_in}
            back = sources and event.to and event.to in DEFAULT.open_states and event.to not in rule.met_in
            known = event.id in (*rule.begins, *rule.undone_by) or (rule.id, event.id) in happened
            assert not back or known, (rule.id, event.id)


def test_the_process_of_before_counts_the_first_time():
    old = replace(DEFAULT, version=1, clocks=tuple(replace(rule, undone_by=()) for rule in DEFAULT.clocks))
    moments = [Moment(*step) for step in (*HANDED_IN, *SENT_BACK[0], ("submit", "in_review", FINISH_DUE + 1))]
    assert clocks(old, terms(), moments)["finish"].state == "met"
