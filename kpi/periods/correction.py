"""What an upheld appeal changes: the figure of one line, or points of the total; everybody's score anew from what was
kept. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import BadInput
from kpi.fairness.ranges import carried
from kpi.periods.record import PersonRecord, ranked_of
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import AppealPoints, LineValue, restated, scores

LARGEST = 1e12
MOST_EFFECT = 1000.0


@dataclass(frozen=True, slots=True)
class Correction:
    """Either another ``figure`` of ``line`` (its place in the scheme), or an ``effect`` in points on the total; by
    appeal ``n``, for the reason in ``words``."""

    who: str
    line: int
    figure: LineValue | None = None
    effect: float = 0.0
    n: int = 0
    words: str = ""


def corrected(scheme: Scheme, people: Sequence[PersonRecord], corrections: Iterable[Correction]) -> list[PersonRecord]:
    """Everybody's score with the corrections, from the figures that were kept when it was published, with the ranges
    of then."""
    figures = {one.judged.key: [line.figure for line in one.score.lines] for one in people}
    moved: dict[str, list[AppealPoints]] = {}
    for one in corrections:
        if one.figure is not None:
            figures[one.who][one.line] = restated(figures[one.who][one.line], one.figure)
        elif one.effect:
            moved.setdefault(one.who, []).append(AppealPoints(one.n, one.line, one.effect, one.words))
    ordered = {who: sorted(found, key=lambda one: (one.n, one.line)) for who, found in moved.items()}
    found = scores(scheme, figures, {one.judged.key: one.judged.group for one in people}, ordered)
    ranked = ranked_of(found)
    return [
        replace(one, score=carried(one.score, score), ranked=ranked[score.group])
        for one, score in zip(people, found, strict=True)
    ]


def figure_of(numerator: float, denominator: float, sample: int) -> LineValue:
    """A figure as somebody states it; ``BadInput`` for one that no line can have."""
    for field, value in (("numerator", numerator), ("denominator", denominator)):
        if not (math.isfinite(value) and 0 <= value <= LARGEST):
            raise BadInput(
                "This figure must lie between {least} and {most}.",
                field=f"figure.{field}",
                remedy="Correct the figure.",
                least=0,
                most=f"{LARGEST:g}",
            )
    if denominator == 0 and (numerator or sample):
        raise BadInput(
            "Nothing is counted of nothing.", field="figure.denominator", remedy="Write how many there were in all."
        )
    return LineValue(numerator, denominator, numerator / denominator if denominator else None, sample)


def effect_of(points: float) -> float:
    if not (math.isfinite(points) and 0 < abs(points) <= MOST_EFFECT):
        raise BadInput(
            "The points on the total lie between {least} and {most} and are not 0.",
            field="effect",
            remedy="Correct the figure.",
            least=f"{-MOST_EFFECT:g}",
            most=f"{MOST_EFFECT:g}",
        )
    return points


def correction_json(one: Correction) -> dict[str, Any]:
    """As the appeal keeps it, beside who and line."""
    figure = one.figure
    if figure is None:
        return {"effect": one.effect}
    return {
        "figure": {"numerator": figure.numerator, "denominator": figure.denominator, "sample": figure.sample},
    }


def correction_of(who: str, line: int, raw: Mapping[str, Any], n: int = 0, words: str = "") -> Correction:
    if (figure := raw.get("figure")) is not None:
        stated = figure_of(figure["numerator"], figure["denominator"], figure["sample"])
        return Correction(who, line, stated, n=n, words=words)
    return Correction(who, line, None, raw["effect"], n, words)
