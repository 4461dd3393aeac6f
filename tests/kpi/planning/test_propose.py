"""Proposed rosters: always within the rules, never worse than what stands, and open about what holds them back."""

import sys
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.rosters.records import Leave, Rules, Template, epoch, planned
from core.rosters.rules import problem
from kpi.planning import bench
from kpi.planning.coverage import covered
from kpi.planning.greedy import first_roster
from kpi.planning.ground import PlanningProblem
from kpi.planning.problem import PlannedAgent, RosterProblem
from kpi.planning.propose import propose, standing_choices

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = "2026-11-23"
EARLY = Template(1, "早班", 480, 960)
LATE = Template(2, "晚班", 960, 1440)
NIGHT = Template(3, "夜班", 1320, 1920)
REPAIR = Template(4, "抢修", 480, 960, (), ("repair",))


def ask(
    people, needs, *, days=7, templates=(EARLY, LATE), rules=None, pools=None, limit_s=5.0, due_h=40.0, standing=()
):
    """``needs`` maps a pool to (first quarter, last quarter not included, people)."""
    table = {}
    for pool, (first, last, count) in needs.items():
        day = tuple(float(count) if first <= slot < last else 0.0 for slot in range(96))
        table[pool] = (day,) * days
    return RosterProblem(
        FIRST,
        days,
        "Asia/Shanghai",
        tuple(people),
        tuple(templates),
        pools or {pool: (pool,) for pool in needs},
        table,
        rules or Rules(),
        due_h * 3600,
        tuple(standing),
        limit_s,
        workers=2,
    )


def crew(count, serves=("general",), skills=(), **more):
    return [PlannedAgent(str(8001 + n), tuple(serves), tuple(skills), **more) for n in range(count)]


def left(ground, chosen):
    return ground.uncovered(chosen, ground.rested(chosen))


def breaches(made: RosterProblem, shifts):
    """Every rule, by the service's own check, for each shift against all others of its agent."""
    found = []
    for person in made.people:
        mine = [s for s in shifts if s.extension == person.extension]
        numbered = [replace(s, id=n + 1) for n, s in enumerate([*mine, *(f for f in person.fixed if f not in mine)])]
        for shift in numbered[: len(mine)]:
            others = [other for other in numbered if other.id != shift.id]
            said = problem(shift, others, person.leaves, person.skills, made.rules, ZONE)
            if said is not None:
                found.append(str(said))
    return found


def test_enough_people_cover_everything_and_it_is_proven():
    made = ask(crew(6), {"general": (32, 96, 2)})
    found = propose(made)
    assert (found.short_h, found.bound_h, found.proven, found.holds_back) == (0, 0, True, {})
    assert breaches(made, found.shifts) == []
    for day in {shift.day for shift in found.shifts}:
        names = [shift.name for shift in found.shifts if shift.day == day]
        assert names.count("早班") >= 2
        assert names.count("晚班") >= 2


def test_leave_is_respected_and_named_when_it_holds_back():
    away = Leave("8001", epoch(FIRST, 0, ZONE), epoch("2026-11-28", 0, ZONE), "年假")
    made = ask([PlannedAgent("8001", ("general",), (), leaves=(away,))], {"general": (32, 64, 1)}, days=5)
    found = propose(made)
    assert found.shifts == ()
    assert found.short_h == 40
    assert found.holds_back == {"leave": 40}


def test_weekly_hours_hold_back_one_person_and_the_hours_are_told():
    made = ask(crew(1), {"general": (32, 64, 1)}, rules=Rules(most_days_in_row=7))
    found = propose(made)
    assert found.short_h == 16
    assert found.proven
    assert found.holds_back == {"week": 16}


def test_days_in_a_row_hold_back_where_hours_would_allow_more():
    made = ask(crew(1), {"general": (32, 64, 1)}, rules=Rules(most_week_s=100 * 3600, most_days_in_row=5))
    found = propose(made)
    assert found.short_h == 8
    assert found.holds_back == {"row": 8}
    assert breaches(made, found.shifts) == []


def test_rest_keeps_a_late_shift_from_the_early_one_after():
    made = ask(crew(1), {"general": (32, 96, 1)}, days=2)
    found = propose(made)
    first, second = sorted(found.shifts, key=lambda shift: shift.day)
    assert second.starts_at - first.ends_at >= 11 * 3600
    assert breaches(made, found.shifts) == []


def test_skills_decide_who_takes_a_shift():
    people = [PlannedAgent("8001", ("general",), ()), PlannedAgent("8002", ("repair",), ("repair",))]
    made = ask(people, {"repair": (32, 64, 1)}, days=3, templates=(REPAIR,))
    found = propose(made)
    assert {shift.extension for shift in found.shifts} == {"8002"}
    assert found.short_h == 0
    # Nobody able: lifting skills is what would help.
    unable = propose(replace(made, people=(PlannedAgent("8001", ("general",), ()),)))
    assert unable.shifts == ()
    assert unable.holds_back == {"skills": 24}


def test_shifts_before_and_after_the_days_are_looked_at():
    night = planned(NIGHT, "8001", "2026-11-22", ZONE)
    early_after = planned(EARLY, "8001", "2026-11-25", ZONE)
    person = PlannedAgent("8001", ("general",), (), fixed=(night, early_after))
    made = ask([person], {"general": (32, 96, 1)}, days=2)
    found = propose(made)
    assert breaches(made, found.shifts) == []
    assert all(shift.starts_at >= night.ends_at + 11 * 3600 for shift in found.shifts)
    assert all(shift.ends_at <= early_after.starts_at - 11 * 3600 for shift in found.shifts)


def test_a_night_shift_covers_the_next_morning_and_the_night_before_counts():
    before = planned(NIGHT, "8009", "2026-11-22", ZONE)
    people = [*crew(6), PlannedAgent("8009", ("general",), (), fixed=(before,))]
    made = ask(people, {"general": (0, 32, 1)}, days=3, templates=(NIGHT,))
    found = propose(made)
    # The first morning is covered by what stands; each later one by the night before it.
    assert found.short_h == 0
    assert {"2026-11-23", "2026-11-24"} <= {shift.day for shift in found.shifts}


def test_what_is_kept_stays_and_only_gaps_are_filled():
    kept = tuple(planned(EARLY, "8001", f"2026-11-{day}", ZONE) for day in (23, 24))
    people = [PlannedAgent("8001", ("general",), (), fixed=kept), PlannedAgent("8002", ("general",), ())]
    made = ask(people, {"general": (32, 64, 1)}, days=4, due_h=0)
    found = propose(made)
    assert set(kept) <= set(found.shifts)
    assert found.short_h == 0
    assert breaches(made, found.shifts) == []


def test_hours_and_unpopular_shifts_are_shared_out():
    made = ask(crew(4), {"general": (32, 64, 2)}, days=14, templates=(EARLY,), due_h=35, limit_s=8)
    found = propose(made)
    hours = [sum(s.paid_s for s in found.shifts if s.extension == p.extension) / 3600 for p in made.people]
    weekends = [
        sum(
            s.extension == p.extension and s.day in ("2026-11-28", "2026-11-29", "2026-12-05", "2026-12-06")
            for s in found.shifts
        )
        for p in made.people
    ]
    assert found.short_h == 0
    assert max(hours) - min(hours) <= 16
    assert max(weekends) - min(weekends) <= 1


def test_it_is_never_worse_than_what_stands():
    standing = tuple(planned(EARLY, f"800{1 + n % 3}", f"2026-11-{23 + n}", ZONE) for n in range(5))
    made = ask(crew(3), {"general": (32, 64, 1)}, days=5, standing=standing, limit_s=1.0)
    ground = PlanningProblem(made)
    assert left(ground, standing_choices(ground)) == 0
    assert propose(made).short_h == 0


def test_a_standing_roster_that_breaks_a_rule_is_no_start():
    standing = (planned(LATE, "8001", "2026-11-23", ZONE), planned(EARLY, "8001", "2026-11-24", ZONE))
    assert standing_choices(PlanningProblem(ask(crew(1), {"general": (32, 64, 1)}, standing=standing))) == set()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"people": ()}, "agents"),
        ({"templates": ()}, "templates"),
        ({"needs": {"general": ((0.0,) * 96,) * 7}}, "from"),
    ],
)
def test_what_cannot_be_proposed_is_refused_in_words(change, field):
    with pytest.raises(BadInput) as refused:
        propose(replace(ask(crew(2), {"general": (32, 64, 1)}), **change))
    assert refused.value.field == field
    assert refused.value.remedy


def test_without_the_solver_there_is_still_a_roster(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    made = ask(crew(6), {"general": (32, 96, 2)})
    found = propose(made)
    assert not found.solver
    assert found.short_h < 20
    assert breaches(made, found.shifts) == []


def test_progress_is_told_from_the_first_roster_to_the_last():
    heard = []
    propose(ask(crew(6), {"general": (32, 96, 2)}), heard.append)
    assert heard[0]["phase"] == "count"
    assert heard[-1] == {"phase": "fair", "short_h": 0.0}


people = st.lists(
    st.tuples(
        st.sets(st.sampled_from(["general", "repair"]), min_size=1),
        st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3)), max_size=1),
        st.lists(st.tuples(st.integers(-3, -1), st.sampled_from([EARLY, LATE, NIGHT])), max_size=1),
    ),
    min_size=1,
    max_size=5,
)


def person(n, serves, away, before):
    leaves = tuple(
        Leave(str(8001 + n), epoch(FIRST, 1440 * first, ZONE), epoch(FIRST, 1440 * (first + days), ZONE), "年假")
        for first, days in away
    )
    fixed = tuple(planned(template, str(8001 + n), f"2026-11-{23 + day}", ZONE) for day, template in before)
    return PlannedAgent(str(8001 + n), tuple(sorted(serves)), ("repair",) if "repair" in serves else (), fixed, leaves)


@settings(max_examples=25)
@given(people, st.integers(1, 3), st.integers(0, 60))
def test_the_first_roster_keeps_every_rule_whoever_there_is(crew_of, count, first):
    made = ask(
        [person(n, *one) for n, one in enumerate(crew_of)],
        {"general": (first, 96, count), "repair": (32, 64, 1)},
        templates=(EARLY, LATE, NIGHT, REPAIR),
    )
    ground = PlanningProblem(made)
    chosen = first_roster(ground)
    assert ground.legal(chosen)
    assert breaches(made, ground.roster(ground.taken(sorted(chosen), ground.rested(chosen)))) == []
    assert left(ground, chosen) <= left(ground, set())


@settings(max_examples=5)
@given(people, st.integers(1, 3))
def test_a_proposal_keeps_every_rule_whoever_there_is(crew_of, count):
    made = ask(
        [person(n, *one) for n, one in enumerate(crew_of)],
        {"general": (24, 96, count), "repair": (32, 64, 1)},
        templates=(EARLY, LATE, NIGHT, REPAIR),
        limit_s=1.0,
    )
    found = propose(made)
    assert breaches(made, found.shifts) == []
    assert found.short_h >= found.bound_h


def test_rows_of_coverage_add_up_to_the_quarters():
    made = ask(crew(2), {"general": (32, 96, 2)}, days=2)
    ground = PlanningProblem(made)
    assert left(ground, set()) == sum(int(v) for day in made.needs["general"] for v in day)
    assert sum(row.weight for row in ground.rows) == 128


def test_a_break_is_not_covered_and_the_night_goes_on_after_midnight():
    with_break = Template(0, "x", 480, 960, ((720, 750),))
    assert {48, 49}.isdisjoint(covered(with_break))
    assert len(covered(with_break)) == 30
    assert min(covered(NIGHT)) == 88
    assert max(covered(NIGHT)) == 127


@pytest.mark.slow
def test_sixty_people_for_a_fortnight_are_rostered_within_the_rules():
    made, _times = bench.problem(60, 14, 20.0, 4, 1)
    found = propose(made)
    assert breaches(made, found.shifts) == []
    needed = sum(sum(day) for day in made.needs["all"]) / 4
    assert found.short_h < 0.2 * needed
    by_day = sorted(found.shifts, key=lambda shift: (shift.extension, shift.starts_at))
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(by_day) if a.extension == b.extension)
