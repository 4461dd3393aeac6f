"""How much higher or lower a scorer scores than others do on the same calls. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from qa.agreement.intervals import LEVEL, Interval, of_mean


@dataclass(frozen=True, slots=True)
class Leniency:
    """``points`` above (lenient) or below nought (severe); ``interval`` is ``None`` where one call says too little."""

    scorer: str
    points: float
    interval: Interval | None
    calls: int


def leniency(
    scores: Mapping[str, Mapping[str, float]], masters: Mapping[str, float] | None = None, level: float = LEVEL
) -> list[Leniency]:
    """``scores`` of each scorer by call. Compared with the master score of the call where there is one, else with the
    mean of the others; calls with neither say nothing."""
    found = []
    for scorer, own in sorted(scores.items()):
        others = {name: theirs for name, theirs in scores.items() if name != scorer}
        gaps = [
            given - measure
            for call, given in sorted(own.items())
            if (measure := _measure(call, others, masters or {})) is not None
        ]
        if gaps:
            found.append(Leniency(scorer, fmean(gaps), of_mean(gaps, level), len(gaps)))
    return found


def _measure(call: str, others: Mapping[str, Mapping[str, float]], masters: Mapping[str, float]) -> float | None:
    if call in masters:
        return masters[call]
    theirs = [scores[call] for scores in others.values() if call in scores]
    return fmean(theirs) if theirs else None
