"""The rules of a roster on their own: what is refused, with which field, and what is not."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, Conflict
from core.rosters.records import Leave, Rules, Shift, Span, Template, epoch, planned, week_of, without
from core.rosters.rules import problem

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
EARLY = Template(1, "早班", 480, 960, ((720, 750),))
LATE = Template(2, "晚班", 960, 1440)
NIGHT = Template(3, "夜班", 1320, 1950)
REPAIR = Template(4, "抢修", 480, 960, (), ("repair",))


def on(template: Template, day: str, zone: ZoneInfo = ZONE) -> Shift:
    return planned(template, "8001", day, zone)


def found(shift, others=(), leaves=(), skills=(), rules=None, zone=ZONE):
    return problem(shift, list(others), list(leaves), skills, rules or Rules(), zone)


def test_a_shift_alone_breaks_no_rule():
    assert found(on(EARLY, "2026-11-23")) is None


def test_an_overlap_is_refused_and_names_the_other_shift():
    refused = found(on(EARLY, "2026-11-23"), [replace(on(NIGHT, "2026-11-22"), id=7)])
    assert isinstance(refused, Conflict)
    assert refused.field == "day"
    assert "夜班" in str(refused)
    assert "11-22 22:00" in str(refused)


@pytest.mark.parametrize(
    ("before", "after", "refused"), [(LATE, EARLY, True), (EARLY, EARLY, False), (LATE, LATE, False)]
)
def test_eleven_hours_of_rest_lie_between_two_shifts(before, after, refused):
    said = found(on(after, "2026-11-24"), [replace(on(before, "2026-11-23"), id=1)])
    assert (said is not None) is refused
    if said is not None:
        assert said.field == "start"
        assert "only 8 h" in str(said)
        assert "11 h are least" in str(said)


def test_rest_also_counts_towards_the_shift_after():
    assert found(on(LATE, "2026-11-23"), [replace(on(EARLY, "2026-11-24"), id=1)]).field == "start"


def test_rest_is_counted_in_real_hours_when_clocks_change():
    """In Berlin the night of 29 March 2026 is an hour short: 21:30 to 8:30 is ten hours."""
    evening = Template(1, "A", 780, 1290)
    morning = Template(2, "B", 510, 960)
    usual = found(on(morning, "2026-03-22", BERLIN), [replace(on(evening, "2026-03-21", BERLIN), id=1)], zone=BERLIN)
    short = found(on(morning, "2026-03-29", BERLIN), [replace(on(evening, "2026-03-28", BERLIN), id=1)], zone=BERLIN)
    assert usual is None
    assert "only 10 h" in str(short)


def test_approved_leave_keeps_shifts_away_and_asked_leave_does_not():
    start, end = epoch("2026-11-24", 0, ZONE), epoch("2026-11-25", 0, ZONE)
    leave = Leave("8001", start, end, "年假")
    refused = found(on(EARLY, "2026-11-24"), leaves=[leave])
    assert "年假" in str(refused)
    assert found(on(EARLY, "2026-11-24"), leaves=[replace(leave, state="asked")]) is None
    # A night shift that reaches into the leave's first morning is refused too.
    assert found(on(NIGHT, "2026-11-23"), leaves=[leave]).field == "day"
    assert found(on(EARLY, "2026-11-23"), leaves=[leave]) is None


def test_a_missing_skill_is_named():
    refused = found(on(REPAIR, "2026-11-23"), skills=("billing",))
    assert refused.field == "extension"
    assert "repair" in str(refused)
    assert found(on(REPAIR, "2026-11-23"), skills=("billing", "repair")) is None


def test_breaks_are_not_paid_and_the_week_is_counted_from_monday():
    week = [replace(on(EARLY, f"2026-11-{day}"), id=day) for day in (23, 24, 25, 26, 27)]
    assert week[0].paid_s == 7.5 * 3600
    assert week_of("2026-11-29") == "2026-11-23"
    rules = Rules(most_week_s=44 * 3600, most_days_in_row=7)
    sixth = found(on(EARLY, "2026-11-28"), week, rules=rules)
    assert "45 h in the week of 2026-11-23" in str(sixth)
    assert found(on(EARLY, "2026-11-30"), week, rules=rules) is None


def test_seven_days_in_a_row_are_one_too_many():
    six = [replace(on(EARLY, f"2026-11-{day}"), id=day) for day in (22, 23, 24, 26, 27, 28)]
    rules = Rules(most_week_s=100 * 3600)
    refused = found(on(EARLY, "2026-11-25"), six, rules=rules)
    assert "7 days in a row, 2026-11-22 to 2026-11-28" in str(refused)
    assert found(on(EARLY, "2026-11-25"), six[1:], rules=rules) is None


def test_a_moved_shift_is_not_in_its_own_way():
    shift = replace(on(EARLY, "2026-11-23"), id=5)
    assert found(replace(on(LATE, "2026-11-23"), id=5), [shift]) is None
    assert found(on(LATE, "2026-11-23"), [shift]) is not None


@pytest.mark.parametrize(
    ("template", "field"),
    [
        (Template(0, "x", 480, 530), "end"),
        (Template(0, "x", 480, 480 + 14 * 60), "end"),
        (Template(0, "x", 480, 960, ((470, 500),)), "breaks"),
        (Template(0, "x", 480, 960, ((600, 640), (630, 660))), "breaks"),
        (Template(0, "x", 480, 960, ((600, 600),)), "breaks"),
    ],
)
def test_impossible_shifts_are_bad_input_with_the_field(template, field):
    refused = found(on(template, "2026-11-23"))
    assert isinstance(refused, BadInput)
    assert refused.field == field


spans = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 30)).map(lambda one: Span(float(one[0]), float(one[0] + one[1]))),
    max_size=6,
)


@settings(deadline=None)
@given(spans, spans)
def test_cutting_out_leaves_exactly_what_lies_outside(kept, gaps):
    left = without(kept, gaps)
    for second in range(132):
        at = second + 0.5
        inside = sum(one.start <= at < one.end for one in kept) if not any(g.start <= at < g.end for g in gaps) else 0
        assert sum(one.start <= at < one.end for one in left) == inside


templates = st.builds(
    lambda start, hours: Template(0, "x", start * 15, start * 15 + hours * 60),
    st.integers(0, 95),
    st.integers(1, 13),
)
plans = st.lists(st.tuples(st.integers(0, 13), templates), max_size=10)


@settings(deadline=None)
@given(plans, st.sampled_from([ZONE, BERLIN, ZoneInfo("America/New_York")]))
def test_whatever_is_put_in_by_the_rules_keeps_them_all(wanted, zone):
    """Shifts that pass one by one never overlap, rest eleven hours, and stay within week and row."""
    rules, kept = Rules(), []
    for n, (day, template) in enumerate(wanted):
        shift = planned(template, "8001", f"2026-03-{22 + day:02d}" if day < 10 else f"2026-04-{day - 9:02d}", zone)
        if problem(shift, kept, [], (), rules, zone) is None:
            kept.append(replace(shift, id=n + 1))
    ordered = sorted(kept, key=lambda shift: shift.starts_at)
    for one, other in pairwise(ordered):
        assert other.starts_at - one.ends_at >= rules.least_rest_s
    for week in {week_of(shift.day) for shift in kept}:
        assert sum(shift.paid_s for shift in kept if week_of(shift.day) == week) <= rules.most_week_s
    # Taken out and put back, each is still within the rules: the order of putting does not matter.
    for shift in kept:
        assert problem(replace(shift, id=0), [o for o in kept if o.id != shift.id], [], (), rules, zone) is None


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_a_break_in_the_hour_in_which_clocks_change_keeps_its_length(day):
    night = replace(NIGHT, breaks=((1575, 1635),))
    shift = planned(night, "8001", day, BERLIN)
    assert [pause.seconds for pause in shift.breaks] == [3600]
    assert found(shift, zone=BERLIN) is None
