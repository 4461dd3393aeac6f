"""Nobody scores own calls or the same agent too often; the work is shared, and what nobody may score stays in sight."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from qa.sampling.assignment import CallToScore, QaScorer, assign

SCORERS = [QaScorer("an"), QaScorer("bo", "8001"), QaScorer("cai", "8002")]


def test_the_work_is_shared_and_an_agent_goes_from_scorer_to_scorer():
    calls = [CallToScore(f"c{n}", f"9{n % 3}") for n in range(9)]
    found = assign(calls, SCORERS, 2)
    assert Counter(found.values()) == {"an": 3, "bo": 3, "cai": 3}
    assert max(Counter((found[one.call_id], one.agent) for one in calls).values()) <= 2


def test_who_let_the_deadline_pass_does_not_get_it_again():
    assert assign([CallToScore("c1", "9", frozenset({"an", "cai"}))], SCORERS, 5) == {"c1": "bo"}


def test_a_call_that_nobody_may_score_stays_without_a_scorer():
    assert assign([CallToScore("c1", "8001")], SCORERS[1:2], 5) == {"c1": None}
    assert assign([CallToScore("c1", "9")], SCORERS[:1], 2, {("an", "9"): 2}) == {"c1": None}


@given(st.lists(st.sampled_from(["8001", "8002", "9"]), max_size=40), st.integers(1, 6))
def test_whoever_may_score_does_so_within_the_limits(agents, most):
    calls = [CallToScore(f"c{n}", agent) for n, agent in enumerate(agents)]
    found = assign(calls, SCORERS, most)
    pairs = Counter((found[one.call_id], one.agent) for one in calls)
    extensions = {one.name: one.extension for one in SCORERS}
    for (scorer, agent), n in pairs.items():
        if scorer is not None:
            assert n <= most
            assert extensions[scorer] != agent
    # Only where every place is taken a call stays without one.
    for agent in set(agents):
        places = most * sum(one.extension != agent for one in SCORERS)
        assert pairs[None, agent] == max(agents.count(agent) - places, 0)
