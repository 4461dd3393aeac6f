"""What planning makes of sums from the marts."""

import random

import pytest

from kpi.reading import FIRST_AHT_S, Handling


def test_mean_handling_is_a_ratio_of_sums_and_assumed_where_nothing_was_answered():
    assert Handling(4, 400.0, 40.0, 80.0).aht_s == 130.0
    assert Handling(0, 0.0, 0.0, 0.0).aht_s == FIRST_AHT_S
    both = Handling(1, 100.0, 0.0, 0.0) + Handling(3, 600.0, 0.0, 0.0)
    assert both.aht_s == 175.0


def test_patience_is_found_although_most_callers_are_answered_before_it_ends():
    chance = random.Random(1)
    waits, gave_up = 0.0, 0
    for _call in range(20_000):
        patience, offered = chance.expovariate(1 / 110), chance.expovariate(1 / 25)
        waits += min(patience, offered)
        gave_up += patience < offered
    found = Handling(20_000 - gave_up, 0.0, 0.0, 0.0, gave_up, waits).patience_s
    assert found == pytest.approx(110, rel=0.05)


def test_a_handful_who_gave_up_tell_no_patience():
    assert Handling(100, 0.0, 0.0, 0.0, 3, 500.0).patience_s is None
