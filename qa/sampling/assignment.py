"""Who scores which of the drawn calls. Pure.

Nobody scores own calls, nor the same agent more often than the plan says. Within that everybody gets as many as the
others, and an agent goes from scorer to scorer. A call that nobody may score stays without one, and is shown so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class QaScorer:
    """``extension``: of the own phone, empty without one."""

    name: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class CallToScore:
    """``not_by``: who had it, and let the deadline pass."""

    call_id: str
    agent: str
    not_by: AbstractSet[str] = field(default_factory=frozenset)


def assign(
    calls: Sequence[CallToScore],
    scorers: Sequence[QaScorer],
    most_of_agent: int,
    before: Mapping[tuple[str, str], int] | None = None,
) -> dict[str, str | None]:
    """The scorer's name by call. ``before``: how many calls of an agent a scorer has already, ``(scorer, agent)``."""
    pairs = Counter(before or {})
    load: Counter[str] = Counter()
    for (name, _agent), n in pairs.items():
        load[name] += n
    found: dict[str, str | None] = {}
    for call in calls:
        free = [
            one.name
            for one in scorers
            if one.extension != call.agent
            and one.name not in call.not_by
            and pairs[one.name, call.agent] < most_of_agent
        ]
        best = min(free, key=lambda name: (load[name], pairs[name, call.agent], name), default=None)
        found[call.call_id] = best
        if best is not None:
            pairs[best, call.agent] += 1
            load[best] += 1
    return found
