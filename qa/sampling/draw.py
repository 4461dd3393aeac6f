"""From frame, rules and seed to the drawn calls. Pure: the same three give the same draw, in whatever order and by
whatever program.

Chance is SHA-256 of the seed and the call's id, which needs no generator whose sequence could change. The random part
is a systematic sample with a random start (Madow and Madow 1944) of each agent's week, its calls in the order of their
strata and by chance within: every call of it has the same probability n / N, so that a plain mean is right, and each
stratum has its share to within one call.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.sampling.frame import FrameCall
from qa.sampling.rules import ExclusionReason, RiskReason, SamplingRules, exclusion, risks, stratum

Part = Literal["random", "risk"]


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """``reasons``: the risks that it has, also where chance picked it."""

    call_id: str
    agent: str
    week: str
    part: Part
    reasons: tuple[RiskReason, ...]


@dataclass(frozen=True, slots=True)
class ExcludedCall:
    call_id: str
    agent: str
    reason: ExclusionReason


@dataclass(frozen=True, slots=True)
class SampleDraw:
    """``eligible``: how many calls the random part stands for."""

    calls: tuple[DrawnCall, ...]
    excluded: tuple[ExcludedCall, ...]
    eligible: int


def draw(frame: Iterable[FrameCall], rules: SamplingRules, seed: int) -> SampleDraw:
    """In the order of agents and weeks, the random part first."""
    weeks: dict[tuple[str, str], list[FrameCall]] = defaultdict(list)
    excluded = []
    for call in sorted(frame, key=lambda one: one.call_id):
        reason = exclusion(call, rules)
        if reason is not None:
            excluded.append(ExcludedCall(call.call_id, call.agent, reason))
        else:
            weeks[call.agent, call.week].append(call)
    drawn = [one for _, calls in sorted(weeks.items()) for one in _of_week(calls, rules, seed)]
    return SampleDraw(tuple(drawn), tuple(excluded), sum(map(len, weeks.values())))


def chance(seed: int, *about: str) -> float:
    """From 0 to 1, without 1; the same for the same."""
    said = "\n".join((str(seed), *about)).encode()
    return (int.from_bytes(hashlib.sha256(said).digest()[:7], "big") >> 3) / 2**53


def _of_week(calls: Sequence[FrameCall], rules: SamplingRules, seed: int) -> list[DrawnCall]:
    by_chance = sorted(calls, key=lambda one: (chance(seed, "call", one.call_id), one.call_id))
    at_random = _systematic(
        sorted(by_chance, key=lambda one: stratum(one, rules.random)),
        rules.random.per_agent_week,
        chance(seed, "start", calls[0].agent, calls[0].week),
    )
    left = [one for one in by_chance if one not in at_random and risks(one, rules.risk)]
    left.sort(key=lambda one: -len(risks(one, rules.risk)))
    return [
        *(_drawn(one, "random", rules) for one in at_random),
        *(_drawn(one, "risk", rules) for one in left[: rules.risk.per_agent_week]),
    ]


def _systematic(calls: Sequence[FrameCall], n: int, start: float) -> list[FrameCall]:
    if n >= len(calls):
        return list(calls)
    step = len(calls) / n if n else 0.0
    # Rounding may not lead past the end.
    return [calls[min(int((start + k) * step), len(calls) - 1)] for k in range(n)]


def _drawn(call: FrameCall, part: Part, rules: SamplingRules) -> DrawnCall:
    return DrawnCall(call.call_id, call.agent, call.week, part, risks(call, rules.risk))
