"""Need against roster: pools, quarters, breaks, nights, and what too few means."""

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rosters.records import Template, planned
from kpi.planning import staffing
from kpi.planning.erlang import Target, needed
from kpi.planning.staffing import ALL, SLOTS, Demand, between, expected, gaps, level, need, on_duty, pools, rostered

ZONE = ZoneInfo("Asia/Shanghai")
DAY = "2026-11-23"
EARLY = Template(1, "早班", 480, 960, ((720, 750),))
NIGHT = Template(2, "夜班", 1320, 1920)


def demand(queue, calls, aht=180.0, target=None):
    return Demand(queue, np.full((1, SLOTS), float(calls)), aht, target or Target(0.8, 20.0, 0.85, 0.1))


def test_the_pool_of_all_comes_first_and_puts_calls_and_handling_together():
    whole, general, repair = pools([demand("general", 10, 120), demand("repair", 5, 300)])
    assert [pool.id for pool in (whole, general, repair)] == [ALL, "general", "repair"]
    assert whole.calls[0, 0] == 15
    assert whole.aht_s[0, 0] == pytest.approx((10 * 120 + 5 * 300) / 15)
    assert whole.queues == {"general", "repair"}


def test_one_queue_alone_is_all_there_is():
    assert [pool.id for pool in pools([demand("general", 10)])] == ["general"]


def test_the_strictest_promise_holds_for_all_together():
    strict = Target(0.8, 15.0, 0.85, 0.1)
    whole = pools([demand("general", 10), demand("repair", 5, target=strict)])[0]
    assert whole.target.threshold_s == 15.0


def test_people_together_are_fewer_than_people_apart():
    whole, *single = [need(pool) for pool in pools([demand("a", 20), demand("b", 20), demand("c", 20)])]
    assert whole.agents[0, 0] < sum(one.agents[0, 0] for one in single)


def test_what_is_not_known_needs_no_number():
    unknown = Demand("general", np.full((1, SLOTS), np.nan), 180, Target())
    found = need(pools([unknown])[0])
    assert np.isnan(found.rostered).all()
    assert gaps(found, np.zeros((1, SLOTS)), DAY, 0.1) == []


def test_a_quarter_without_calls_needs_nobody():
    found = need(pools([demand("general", 0)])[0])
    assert (found.rostered == 0).all()


@given(st.floats(0.05, 60), st.floats(30, 400), st.floats(0, 0.4))
def test_the_fewest_to_roster_keep_the_target_and_stay_below_the_usual_figure(load, aht_s, shrinkage):
    target = Target(0.8, 20.0, 0.85, shrinkage)
    found = needed(load, 1.0, 1.0, target)
    usual = needed(load * 900 / aht_s, 900.0, aht_s, target)
    people = staffing.to_roster(load, aht_s, target, usual.agents)
    assert usual.agents <= people <= max(usual.rostered, usual.agents)
    assert between(load, aht_s, 20.0, people * (1 - shrinkage)) >= 0.8 - 1e-6
    if people > usual.agents:
        fewer = between(load, aht_s, 20.0, (people - 1) * (1 - shrinkage))
        assert fewer is None or fewer < 0.8 or load > 0.85 * (people - 1) * (1 - shrinkage) - 1e-6
    assert found.agents >= 1


def test_a_broken_number_of_people_lies_between_the_whole_ones():
    two, three, half = (between(1.5, 180, 20, n) for n in (2, 3, 2.5))
    assert half == pytest.approx((two + three) / 2)
    assert between(2.5, 180, 20, 2.0) is None
    assert between(2.5, 180, 20, 2.4) == pytest.approx(0.4 * between(2.5, 180, 20, 3))


def test_a_shift_is_on_duty_but_for_its_break():
    grid = on_duty([planned(EARLY, "8001", DAY, ZONE)], DAY, 1, ZONE)["8001"][0]
    assert grid[32:48].tolist() == [1.0] * 16
    assert grid[48:50].tolist() == [0.0, 0.0]
    assert grid[50:64].tolist() == [1.0] * 14
    assert grid.sum() == 30


def test_a_night_shift_reaches_into_the_next_day_and_from_the_day_before():
    both = on_duty([planned(NIGHT, "8001", DAY, ZONE)], DAY, 2, ZONE)["8001"]
    assert (both[0].sum(), both[1].sum()) == (8, 32)
    after = on_duty([planned(NIGHT, "8001", "2026-11-22", ZONE)], DAY, 1, ZONE)["8001"]
    assert after[0].sum() == 32


def test_a_shift_that_begins_within_a_quarter_counts_in_part():
    grid = on_duty([planned(Template(0, "x", 485, 970), "8001", DAY, ZONE)], DAY, 1, ZONE)["8001"][0]
    assert grid[32] == pytest.approx(2 / 3)
    assert grid[64] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_of_changing_clocks_have_their_real_length(day, hours):
    """Paid hours are real ones, quarters are those of the clock on the wall."""
    zone = ZoneInfo("Europe/Berlin")
    shift = planned(Template(0, "x", 0, 600), "8001", day, zone)
    assert shift.paid_s / 3600 == 10 + hours - 24
    grid = on_duty([shift], day, 1, zone)["8001"][0]
    assert (grid <= 1.0001).all()


def test_an_agent_counts_in_every_pool_that_she_serves():
    duty = on_duty([planned(EARLY, e, DAY, ZONE) for e in ("8001", "8002")], DAY, 1, ZONE)
    serves = {"8001": ["general"], "8002": ["general", "repair"]}
    whole, general, repair = pools([demand("general", 1), demand("repair", 1)])
    assert [rostered(duty, serves, pool)[0, 36] for pool in (whole, general, repair)] == [2, 2, 1]
    assert rostered({}, serves, whole).sum() == 0


def test_too_few_is_amber_and_fewer_than_the_load_is_red():
    assert level(2.0, 4, 4, 0.1) == ""
    assert level(2.0, 4, 3, 0.1) == "warn"
    assert level(2.0, 4, 2, 0.1) == "bad"
    assert level(2.0, np.nan, 0, 0.1) == ""


def test_red_is_exactly_where_there_is_no_expected_service_level():
    pool = pools([demand("general", 10)])[0]
    wanted = need(pool)
    for people in range(8):
        mark = level(wanted.load[0, 0], wanted.rostered[0, 0], people, 0.1)
        served = expected(pool, (0, 0), people)
        assert (mark == "") == (served is not None and served >= 0.8 - 1e-9), people
        if served is None:
            assert mark == "bad"


def test_gaps_are_runs_of_equal_level_with_the_most_missing():
    wanted = need(pools([demand("general", 10)])[0])
    there = np.full((1, SLOTS), wanted.rostered[0, 0])
    there[0, 40:44] -= 1
    there[0, 44:46] = 0
    found = gaps(wanted, there, DAY, 0.1)
    assert [(g.first_slot, g.last_slot, g.level) for g in found] == [(40, 43, "warn"), (44, 45, "bad")]
    assert found[1].short == wanted.rostered[0, 0]
    assert staffing.short_hours(wanted, there)[0] == (4 + 2 * wanted.rostered[0, 0]) / 4


def test_too_many_at_noon_do_not_make_up_for_too_few_in_the_evening():
    wanted = need(pools([demand("general", 10)])[0])
    there = np.full((1, SLOTS), wanted.rostered[0, 0])
    there[0, :40] += 5
    there[0, 80:] -= 1
    assert staffing.short_hours(wanted, there)[0] == 4


def test_the_day_of_a_gap_is_its_own():
    wanted = need(pools([Demand("general", np.full((2, SLOTS), 10.0), 180.0, Target(0.8, 20.0, 0.85, 0.1))])[0])
    there = np.full((2, SLOTS), wanted.rostered[0, 0])
    there[0, 92:] -= 1
    there[1, :4] -= 1
    found = gaps(wanted, there, DAY, 0.1)
    assert [(g.day, g.first_slot, g.last_slot) for g in found] == [(DAY, 92, 95), ("2026-11-24", 0, 3)]
    assert date.fromisoformat(found[1].day)


def test_more_people_lose_fewer_callers_and_nobody_there_loses_all():
    pool = pools([demand("general", 10)])[0]
    shares = [staffing.abandoning(pool, (0, 0), people, 90.0) for people in range(8)]
    assert shares[0] == pytest.approx(1.0)
    assert all(one > other for one, other in pairwise(shares))
    assert shares[7] < 0.01
    assert staffing.abandoning(pools([demand("general", 0)])[0], (0, 0), 0, 90.0) == 0.0


def test_a_night_in_which_an_hour_is_skipped_is_worked_in_all_its_other_quarters():
    berlin = ZoneInfo("Europe/Berlin")
    night = planned(Template(1, "夜班", 1320, 1920), "8001", "2026-03-28", berlin)
    row = on_duty([night], "2026-03-28", 2, berlin)["8001"]
    # From two to three there is no clock, and nobody is needed there.
    assert list(np.nonzero(row[1])[0]) == [*range(8), *range(12, 32)]
    assert row[row > 0].min() == 1.0
