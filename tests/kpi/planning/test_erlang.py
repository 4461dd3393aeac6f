"""Erlang against what others published, against pyworkforce, and against its own laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyworkforce.queuing import ErlangC

from kpi.planning.erlang import Target, blocked, load_of, needed, service, service_with_patience, waiting


def test_the_worked_example_of_call_centre_helper():
    """callcentrehelper.com, "Erlang C Formula - Made Simple With an Easy Worked Example": 100 calls in 30 minutes of
    180 s, 80 % in 20 s, at most 85 % occupied, 30 % shrinkage: 10 erlangs, 14 agents, Pw 17.4 %, service level 88.8 %,
    7.8 s, occupancy 71.4 %, 20 people."""
    assert load_of(100, 1800, 180) == 10
    found = needed(100, 1800, 180, Target(0.80, 20, 0.85, 0.30))
    assert (found.agents, found.rostered, found.bound) == (14, 20, "service level")
    assert found.service.waits == pytest.approx(0.174, abs=0.0005)
    assert found.service.service_level == pytest.approx(0.888, abs=0.0005)
    assert found.service.asa_s == pytest.approx(7.8, abs=0.05)
    assert found.service.occupancy == pytest.approx(0.714, abs=0.0005)


def test_the_worked_example_of_mitan():
    """mitan.co.uk, "The Erlang-C Formula": 360 calls in 30 minutes of 4 minutes, 55 agents, 15 s: traffic 48,
    occupancy 87.3 %, 23.9 % wait, 8.2 s on the mean, 84.6 % within 15 s."""
    found = service(load_of(360, 1800, 240), 240, 55, 15)
    assert found.load == 48
    assert found.occupancy == pytest.approx(0.873, abs=0.0005)
    assert found.waits == pytest.approx(0.239, abs=0.0005)
    assert found.asa_s == pytest.approx(8.2, abs=0.05)
    assert found.service_level == pytest.approx(0.846, abs=0.0005)


@pytest.mark.parametrize(("load", "servers", "share"), [(3.87, 8, 0.05), (4.08, 10, 0.01)])
def test_the_printed_table_of_erlang_c(load, servers, share):
    """A textbook's table C of trunked radio: 8 channels carry 3.87 erlangs at 5 % delayed, 10 carry 4.08 at 1 %."""
    assert waiting(load, servers) == pytest.approx(share, abs=0.0002)


@pytest.mark.parametrize(("load", "servers", "share"), [(1.525, 4, 0.0500), (2.50, 6, 0.0282), (10.0, 15, 0.0365)])
def test_erlang_b_agrees_with_its_sum(load, servers, share):
    """A^n/n! over the sum of A^k/k!, written out; the first is the printed tables' 1.525 erlangs at 5 % for 4 lines."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    assert blocked(load, servers) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)
    assert blocked(load, servers) == pytest.approx(share, abs=0.0005)


@pytest.mark.parametrize("calls", [1, 12, 100, 640])
@pytest.mark.parametrize("aht_s", [45, 180, 420])
@pytest.mark.parametrize(("share", "occupancy"), [(0.8, 0.85), (0.95, 1.0), (0.7, 0.6)])
def test_the_same_answer_as_pyworkforce(calls, aht_s, share, occupancy):
    theirs = ErlangC(transactions=calls, asa=20 / 60, aht=aht_s / 60, interval=30, shrinkage=0.3).required_positions(
        service_level=share, max_occupancy=occupancy
    )
    ours = needed(calls, 1800, aht_s, Target(share, 20, occupancy, 0.3))
    # For the least load pyworkforce begins at two agents and never looks at one.
    if calls * aht_s / 1800 > 1:
        assert (ours.agents, ours.rostered) == (theirs["raw_positions"], theirs["positions"])
        assert ours.service.service_level == pytest.approx(theirs["service_level"], rel=1e-9)
        assert ours.service.waits == pytest.approx(theirs["waiting_probability"], rel=1e-9)
    else:
        assert ours.agents <= theirs["raw_positions"]


def test_with_no_more_agents_than_load_there_is_no_answer():
    assert waiting(10, 10) is None
    assert service(10.5, 180, 10, 20) is None
    assert service(9.99, 180, 10, 20) is not None


def test_no_calls_need_nobody():
    found = needed(0, 900, 180, Target())
    assert (found.agents, found.rostered, found.service) == (0, 0, None)


def test_the_occupancy_limit_asks_for_more_than_the_service_level():
    free = needed(400, 1800, 180, Target(0.8, 20, 1.0))
    limited = needed(400, 1800, 180, Target(0.8, 20, 0.75))
    assert limited.agents > free.agents
    assert (free.bound, limited.bound) == ("service level", "occupancy")
    assert limited.service.occupancy <= 0.75


def test_an_exact_occupancy_is_not_rounded_up():
    """8.5 erlangs at 85 % are ten agents, not eleven."""
    assert needed(85, 1800, 180, Target(0.1, 20, 0.85)).agents == 10


def test_thousands_of_agents_are_no_trouble_for_the_recursion():
    assert 0 < waiting(4900, 5000) < 1
    assert needed(50_000, 1800, 180, Target()).agents > 5000


@given(st.floats(0.01, 200), st.integers(1, 230))
def test_shares_stay_shares_and_one_more_agent_never_hurts(load, agents):
    assert 0 <= blocked(load, agents) <= 1
    one, more = service(load, 180, agents, 20), service(load, 180, agents + 1, 20)
    if one is None:
        assert agents <= load
        return
    assert 0 <= one.service_level <= 1
    assert more.service_level >= one.service_level - 1e-12
    assert more.asa_s <= one.asa_s + 1e-9
    assert blocked(load, agents) <= one.waits + 1e-12


@given(st.floats(0.1, 500), st.floats(20, 900), st.floats(0.5, 0.98), st.floats(0, 60), st.floats(0.4, 1.0))
def test_what_is_needed_keeps_the_target_and_one_less_does_not(calls, aht_s, share, threshold_s, occupancy):
    target = Target(share, threshold_s, occupancy, 0.1)
    found = needed(calls, 1800, aht_s, target)
    assert found.service.service_level >= share
    assert found.service.occupancy <= occupancy + 1e-6
    assert found.rostered * 0.9 >= found.agents - 1e-6
    less = service(found.service.load, aht_s, found.agents - 1, threshold_s)
    assert less is None or less.service_level < share or less.occupancy > occupancy - 1e-6


# --- Erlang A --------------------------------------------------------------------------------------------------


def test_the_example_of_mandelbaum_and_zeltyn():
    """The Palm/Erlang-A Queue, section 1: 48 calls a minute of a minute, 50 agents. Erlang C waits 20.8 s; with a mean
    patience of two minutes 3.1 % give up, the mean wait is 3.7 s and agents are 93 % busy."""
    assert service(48, 60, 50, 20).asa_s == pytest.approx(20.8, abs=0.05)
    found = service_with_patience(48, 60, 50, 20, 120)
    assert found.abandoned == pytest.approx(0.031, abs=0.0005)
    assert found.asa_s == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=0.005)


def stationary(load, aht_s, agents, patience_s, longest=4000):
    """Abandonment and waiting of M/M/n+M from its birth-and-death chain, state by state."""
    arrive, serve, leave = load / aht_s, 1 / aht_s, 1 / patience_s
    logs = [0.0]
    for n in range(1, longest):
        logs.append(logs[-1] + math.log(arrive / (min(n, agents) * serve + max(0, n - agents) * leave)))
    top = max(logs)
    shares = [math.exp(one - top) for one in logs]
    whole = sum(shares)
    queue = sum(max(0, n - agents) * share for n, share in enumerate(shares)) / whole
    return leave * queue / arrive, sum(shares[agents:]) / whole


@pytest.mark.parametrize(("load", "agents"), [(2, 1), (2, 3), (10, 9), (48, 50), (60, 50), (120, 100)])
@pytest.mark.parametrize("patience_s", [30, 120, 600])
def test_erlang_a_agrees_with_its_chain_also_under_overload(load, agents, patience_s):
    found = service_with_patience(load, 180, agents, 20, patience_s)
    abandoned, waits = stationary(load, 180, agents, patience_s)
    assert found.abandoned == pytest.approx(abandoned, rel=2e-3, abs=1e-5)
    assert found.waits == pytest.approx(waits, rel=2e-3)


def test_endless_patience_is_erlang_c():
    patient, endless = service_with_patience(48, 60, 50, 20, 1e7), service(48, 60, 50, 20)
    assert patient.service_level == pytest.approx(endless.service_level, abs=2e-3)
    assert patient.abandoned < 1e-4


@given(st.floats(0.1, 80), st.integers(1, 90), st.floats(5, 2000))
def test_erlang_a_keeps_its_shares_whatever_the_load(load, agents, patience_s):
    found = service_with_patience(load, 180, agents, 20, patience_s)
    assert 0 <= found.abandoned <= 1
    assert 0 <= found.service_level <= 1
    assert found.service_level + found.abandoned <= 1 + 1e-6
    assert 0 <= found.occupancy <= 1 + 1e-6
