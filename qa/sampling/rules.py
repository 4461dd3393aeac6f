"""How a plan picks: at random for each agent and week, and calls at risk besides. Pure.

Only the random part may be averaged: it alone stands for all calls.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from core.errors import BadInput
from core.i18n import N_
from qa.sampling.frame import FrameCall

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
Stratum = Literal["category", "length", "hour"]
RiskReason = Literal[
    "complaint",
    "long_hold",
    "overtalk",
    "dissatisfied",
    "repeat_caller",
    "urged_order",
    "new_agent",
    "transferred_twice",
]
ExclusionReason = Literal["no_recording", "too_short", "supervision", "drawn_before"]
RISK_WORDS: dict[RiskReason, str] = {
    "complaint": N_("a complaint"),
    "long_hold": N_("long hold"),
    "overtalk": N_("both talk at once"),
    "dissatisfied": N_("dissatisfied caller"),
    "repeat_caller": N_("repeat caller"),
    "urged_order": N_("urged order"),
    "new_agent": N_("new agent"),
    "transferred_twice": N_("transferred twice"),
}
EXCLUSION_WORDS: dict[ExclusionReason, str] = {
    "no_recording": N_("no recording"),
    "too_short": N_("too short"),
    "supervision": N_("a supervisor is in it"),
    "drawn_before": N_("drawn before"),
}
MOST = 50


@dataclass(frozen=True, slots=True)
class RandomRule:
    """``lengths`` are the borders in seconds of talk between the strata of ``length``."""

    __pydantic_config__ = STRICT
    per_agent_week: Annotated[int, Field(ge=0, le=MOST)] = 2
    strata: Annotated[tuple[Stratum, ...], Field(max_length=3)] = ()
    lengths: Annotated[tuple[float, ...], Field(max_length=10)] = (60.0, 180.0, 600.0)


@dataclass(frozen=True, slots=True)
class RiskRule:
    """At most ``per_agent_week`` calls that have one of ``reasons``, those with the most reasons first."""

    __pydantic_config__ = STRICT
    per_agent_week: Annotated[int, Field(ge=0, le=MOST)] = 1
    reasons: Annotated[tuple[RiskReason, ...], Field(max_length=8)] = ()
    long_hold_s: Annotated[float, Field(gt=0, le=86_400)] = 120.0
    overtalk_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.1


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """``shortest_s``: calls with less talk are left out."""

    __pydantic_config__ = STRICT
    random: RandomRule = RandomRule()
    risk: RiskRule = RiskRule()
    shortest_s: Annotated[float, Field(ge=0, le=3600)] = 20.0


def problems(rules: SamplingRules) -> Iterator[BadInput]:
    if not rules.random.per_agent_week and not (rules.risk.per_agent_week and rules.risk.reasons):
        yield BadInput(
            "The plan would draw nothing.",
            field="rules",
            remedy="Say how many calls are drawn at random, or for which risks.",
        )
    lengths = list(rules.random.lengths)
    if lengths != sorted(set(lengths)) or any(one <= 0 for one in lengths):
        yield BadInput(
            "The borders of the lengths do not rise.",
            field="rules.random.lengths",
            remedy="Write seconds above 0, each more than the one before.",
        )
    for names, field in ((rules.random.strata, "rules.random.strata"), (rules.risk.reasons, "rules.risk.reasons")):
        if len(set(names)) < len(names):
            yield BadInput("A word stands here twice.", field=field, remedy="Name each once.")


def exclusion(call: FrameCall, rules: SamplingRules) -> ExclusionReason | None:
    """Why it is not drawn from."""
    if not call.recorded:
        return "no_recording"
    if call.talk_s < rules.shortest_s:
        return "too_short"
    if call.supervised:
        return "supervision"
    return "drawn_before" if call.drawn_before else None


def risks(call: FrameCall, rule: RiskRule) -> tuple[RiskReason, ...]:
    """Those of the rule that the call has."""
    has: dict[RiskReason, bool] = {
        "complaint": call.complaint,
        "long_hold": call.hold_s >= rule.long_hold_s,
        "overtalk": call.overtalk_ratio is not None and call.overtalk_ratio >= rule.overtalk_ratio,
        "dissatisfied": call.dissatisfied,
        "repeat_caller": call.repeat_caller,
        "urged_order": call.urged,
        "new_agent": call.new_agent,
        "transferred_twice": call.transfers >= 2,
    }
    return tuple(reason for reason in rule.reasons if has[reason])


def stratum(call: FrameCall, rule: RandomRule) -> tuple[str, ...]:
    """The part of the frame that it belongs to."""
    parts = {
        "category": call.category,
        "length": f"{bisect_right(rule.lengths, call.talk_s):02d}",
        "hour": f"{call.hour:02d}",
    }
    return tuple(parts[name] for name in rule.strata)
