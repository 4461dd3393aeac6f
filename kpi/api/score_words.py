"""A line of a score in one sentence with its own numbers, in the reader's language. Pure."""

from __future__ import annotations

from core.i18n import N_, _
from kpi.measures.catalogue import Measure
from kpi.scoring.curves import Linear, Veto
from kpi.scoring.scheme import MANUAL, SchemeLine, measured, unit_of
from kpi.scoring.score import LineScore

COUNTED = N_(
    "{name}: {value} ({counted} {numerator} / {among} {denominator}). That scores {score}; with a weight of {weight} of"
    " 100 it brings {points} points."
)
COMPARED = N_(
    "Compared by the same cases: {numerator} / {expected} expected of them × {reference}, which is everybody's value."
)
COUNTED_TIMES = N_("{name}: {value}. That scores {score}; with a weight of {weight} of 100 it brings {points} points.")
TARGET = N_("{base} are given at {target}.")
ADJUSTS = N_("{name}: {value}; it moves the total by {points} points.")
STRUCK = N_("{name}: {value} reaches the limit of {limit}: the total is nought.")
CAPPED = N_("{name}: {value} reaches the limit of {limit}: the grade is {grade} at best.")
NOT_STRUCK = N_("{name}: {value} does not reach the limit of {limit}.")
TOO_FEW = N_("{name}: too small a sample, {sample} of at least {minimum}.")
NO_DATA = N_("{name}: nothing was counted in this period.")
INSTEAD = {
    "renormalise": N_("Its weight is spread over the other lines."),
    "neutral": N_("It counts as expected, with {score}."),
    "nought": N_("It counts with 0."),
}
# What cannot be measured yet has no entry in the catalogue.
# Numerator and denominator of what people write down; a count of times has none.
WRITTEN = {
    "manual.attendance": (N_("days attended"), N_("days due")),
    "manual.training": (N_("sum of the results"), N_("results")),
}
NAMES = {"csat": N_("Satisfaction")}


def name_of(indicator: str, found: Measure | None) -> str:
    if found is not None:
        return _(found.name)
    return _({**NAMES, **MANUAL}.get(indicator, indicator))


def sentence(line: SchemeLine, score: LineScore) -> str:
    found = measured(line)
    name, figure, unit = name_of(line.indicator, found), score.figure, unit_of(line.indicator)
    if score.state != "counted":
        first = TOO_FEW if score.state == "too_few" else NO_DATA
        said = _(first, name=name, sample=figure.sample, minimum=line.minimum or 0)
        if not line.weight:
            return said
        return f"{said} {_(INSTEAD[line.missing], score=number(score.score or 0.0))}"
    value = valued(figure.value or 0.0, unit)
    if isinstance(line.curve, Veto):
        form = NOT_STRUCK if not score.struck else CAPPED if line.curve.effect == "cap_grade" else STRUCK
        return _(form, name=name, value=value, limit=valued(line.curve.limit, unit), grade=line.curve.grade)
    if not line.weight:
        return _(ADJUSTS, name=name, value=value, points=number(score.points))
    counted, among = (found.counted, found.among) if found else WRITTEN.get(line.indicator, ("", ""))
    said = _(
        COUNTED if counted else COUNTED_TIMES,
        name=name,
        value=value,
        counted=_(counted) if counted else "",
        numerator=number(figure.numerator),
        among=_(among) if among else "",
        denominator=number(figure.denominator),
        score=number(score.score or 0.0),
        weight=number(score.weight),
        points=number(score.points),
    )
    if figure.expected is not None:
        expected, of_all = number(figure.expected), valued(figure.reference or 0.0, unit)
        compared = _(COMPARED, numerator=number(figure.numerator), expected=expected, reference=of_all)
        said = f"{said} {compared}"
    if not isinstance(line.curve, Linear):
        return said
    return f"{said} {_(TARGET, base=number(line.curve.base), target=valued(line.curve.target, unit))}"


def valued(value: float, unit: str) -> str:
    if unit == "share":
        return f"{number(100 * value)} %"
    return _("{n} s", n=number(value)) if unit == "seconds" else number(value)


def number(value: float) -> str:
    """Two digits behind the point where there are any."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
