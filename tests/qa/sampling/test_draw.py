"""The same seed and frame give the same calls; every call has the same chance; what was left out is listed with its reason."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from core.errors import HotlineError
from qa.sampling.draw import chance, draw
from qa.sampling.frame import FrameCall, frame_json, frame_of
from qa.sampling.rules import RandomRule, RiskRule, SamplingRules, problems, stratum

RISKS = (
    "complaint",
    "long_hold",
    "overtalk",
    "dissatisfied",
    "repeat_caller",
    "urged_order",
    "new_agent",
    "transferred_twice",
)
RULES = SamplingRules(RandomRule(2), RiskRule(1, RISKS))


def call(n, agent="8001", week="2026-W48", **more):
    return FrameCall(**{"call_id": f"c{n:03d}", "agent": agent, "week": week, "hour": 9, "talk_s": 100.0} | more)


CALLS = st.builds(
    FrameCall,
    call_id=st.integers(0, 9999).map(lambda n: f"c{n}"),
    agent=st.sampled_from(["8001", "8002"]),
    week=st.sampled_from(["2026-W48", "2026-W49"]),
    hour=st.integers(8, 11),
    talk_s=st.sampled_from([5.0, 30.0, 100.0, 700.0]),
    category=st.sampled_from(["", "leak", "bill"]),
    recorded=st.integers(0, 5).map(bool),
    supervised=st.integers(0, 5).map(lambda n: n == 5),
    hold_s=st.sampled_from([0.0, 150.0]),
    transfers=st.integers(0, 2),
    overtalk_ratio=st.sampled_from([None, 0.0, 0.2]),
    complaint=st.booleans(),
)
FRAMES = st.lists(CALLS, max_size=40, unique_by=lambda one: one.call_id)
SOME_RULES = st.builds(
    SamplingRules,
    st.builds(
        RandomRule, st.integers(0, 4), st.lists(st.sampled_from(["category", "length", "hour"]), unique=True).map(tuple)
    ),
    st.builds(RiskRule, st.integers(0, 3), st.lists(st.sampled_from(RISKS), unique=True).map(tuple)),
)


@given(FRAMES, SOME_RULES, st.integers(0, 2**40), st.randoms())
def test_the_same_seed_and_frame_give_the_same_draw_in_whatever_order(frame, rules, seed, chance):
    found = draw(frame, rules, seed)
    shuffled = list(frame)
    chance.shuffle(shuffled)
    assert draw(shuffled, rules, seed) == found
    assert draw(frame_of(json.loads(json.dumps(frame_json(shuffled)))), rules, seed) == found


@given(FRAMES, SOME_RULES, st.integers(0, 2**40))
def test_of_each_agents_week_as_many_are_drawn_as_the_rules_say(frame, rules, seed):
    found = draw(frame, rules, seed)
    out = {one.call_id for one in found.excluded}
    eligible = [one for one in frame if one.call_id not in out]
    assert len(eligible) == found.eligible
    assert len({one.call_id for one in found.calls} | out) == len(found.calls) + len(out)
    for place, n in Counter((one.agent, one.week) for one in eligible).items():
        drawn = [one for one in found.calls if (one.agent, one.week) == place]
        assert sum(one.part == "random" for one in drawn) == min(n, rules.random.per_agent_week)
        assert sum(one.part == "risk" for one in drawn) <= rules.risk.per_agent_week
    assert all(one.reasons for one in found.calls if one.part == "risk")


@given(FRAMES, SOME_RULES, st.integers(0, 2**40))
def test_each_stratum_has_its_share_to_within_one_call(frame, rules, seed):
    found = draw(frame, rules, seed)
    out = {one.call_id for one in found.excluded}
    by_id = {one.call_id: one for one in frame}
    n = rules.random.per_agent_week
    for place in {(one.agent, one.week) for one in found.calls}:
        eligible = [one for one in frame if one.call_id not in out and (one.agent, one.week) == place]
        if n >= len(eligible):
            continue
        there = Counter(stratum(one, rules.random) for one in eligible)
        drawn = Counter(
            stratum(by_id[one.call_id], rules.random)
            for one in found.calls
            if one.part == "random" and (one.agent, one.week) == place
        )
        assert all(abs(drawn[part] - n * count / len(eligible)) < 1 for part, count in there.items())


def test_every_call_has_the_same_chance_also_in_strata_of_different_size():
    frame = [call(n, category="leak" if n < 7 else "bill" if n < 9 else "gas") for n in range(10)]
    rules = SamplingRules(RandomRule(3, ("category",)), RiskRule(0))
    times = Counter(one.call_id for seed in range(2000) for one in draw(frame, rules, seed).calls)
    # 600 of 2,000 each; the standard deviation is 20.5.
    assert all(abs(times[one.call_id] - 600) < 80 for one in frame)


def test_another_seed_gives_another_draw():
    frame = [call(n) for n in range(50)]
    assert len({tuple(one.call_id for one in draw(frame, RULES, seed).calls) for seed in range(20)}) > 15


def test_chance_stays_what_it_was():
    # Draws of years ago come out again: these figures may never change.
    assert chance(1, "call", "c001") == 0.66199511749688
    frame = [call(n) for n in range(12)]
    assert [one.call_id for one in draw(frame, RULES, 20261201).calls] == ["c000", "c004"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"recorded": False, "talk_s": 1.0}, "no_recording"),
        ({"talk_s": 19.9}, "too_short"),
        ({"supervised": True}, "supervision"),
        ({"drawn_before": True}, "drawn_before"),
    ],
)
def test_what_is_not_drawn_from_is_listed_with_its_reason(more, reason):
    found = draw([call(1, **more), call(2)], RULES, 1)
    assert [(one.call_id, one.reason) for one in found.excluded] == [("c001", reason)]
    assert [one.call_id for one in found.calls] == ["c002"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"complaint": True}, "complaint"),
        ({"hold_s": 120.0}, "long_hold"),
        ({"overtalk_ratio": 0.1}, "overtalk"),
        ({"dissatisfied": True}, "dissatisfied"),
        ({"repeat_caller": True}, "repeat_caller"),
        ({"urged": True}, "urged_order"),
        ({"new_agent": True}, "new_agent"),
        ({"transfers": 2}, "transferred_twice"),
    ],
)
def test_a_call_at_risk_is_picked_with_its_reason(more, reason):
    rules = SamplingRules(RandomRule(0), RiskRule(1, RISKS))
    (found,) = draw([call(1), call(2, **more), call(3)], rules, 1).calls
    assert (found.call_id, found.part, found.reasons) == ("c002", "risk", (reason,))


def test_of_many_at_risk_those_with_the_most_reasons_come_first():
    rules = SamplingRules(RandomRule(0), RiskRule(2, RISKS))
    frame = [call(n, complaint=True) for n in range(5)] + [call(9, complaint=True, urged=True)]
    assert draw(frame, rules, 3).calls[0].call_id == "c009"


def test_a_frame_with_nothing_gives_nothing():
    assert draw([], RULES, 1).calls == ()


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (SamplingRules(RandomRule(0), RiskRule(1)), "rules"),
        (replace(RULES, random=RandomRule(1, lengths=(60, 30))), "rules.random.lengths"),
        (replace(RULES, random=RandomRule(1, ("hour", "hour"))), "rules.random.strata"),
    ],
)
def test_rules_that_cannot_draw_are_refused_by_their_field(rules, field):
    (wrong,) = problems(rules)
    assert isinstance(wrong, HotlineError)
    assert wrong.field == field
    assert list(problems(TypeAdapter(SamplingRules).validate_python({}))) == []
