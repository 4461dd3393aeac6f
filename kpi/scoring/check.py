"""What is wrong with a scheme: each thing by its field, with the remedy. Pure.

A page asks while one types; saving asks too, so that nothing wrong is ever kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from core.errors import BadInput, HotlineError, Several
from core.i18n import N_
from kpi.measures.catalogue import MEASURES
from kpi.scoring.curves import (
    FULL,
    Band,
    Bonus,
    Deduction,
    Linear,
    Points,
    Rule,
    Steps,
    Veto,
    is_monotone,
)
from kpi.scoring.grades import GradeBands
from kpi.scoring.scheme import MANUAL, Scheme, SchemeLine, SchemeScope, measured, possible, settle, unit_of

# A share above this was written in per cent; more work than was scheduled may be 1.3 of it.
LARGEST_SHARE = 2.0
MOST_POINTS = 1000.0


def weight_sum(scheme: Scheme) -> float:
    return round(math.fsum(line.weight for line in scheme.lines), 6)


def problems(scheme: Scheme) -> list[BadInput]:
    """Everything at once, in the order of the form."""
    found = [*_of_scheme(scheme), *_of_subject(scheme.subject)]
    for n, line in enumerate(scheme.lines):
        found += _of_line(scheme, line, f"lines.{n}")
    return found


def checked(scheme: Scheme) -> Scheme:
    """The scheme with everything written down, or ``BadInput``; ``Several`` where more than one thing is wrong."""
    found = problems(scheme)
    if found:
        raise found[0] if len(found) == 1 else Several(found)
    return settle(scheme)


def day_of(said: str, field: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadInput("There is no day {day}.", field=field, remedy="Write 2026-10-01.", day=said) from None


def _of_scheme(scheme: Scheme) -> Iterator[BadInput]:
    if not scheme.name.strip():
        yield BadInput("A scheme needs a name.", field="name", remedy="Say whom it judges.")
    days = []
    for said, field in ((scheme.begins, "from"), (scheme.ends, "to")):
        try:
            days.append(day_of(said, field) if said is not None else date.max)
        except BadInput as wrong:
            yield wrong
    if len(days) == 2 and days[1] < days[0]:
        yield BadInput("The last day lies before the first.", field="to", remedy="Choose a later last day.")
    whole = weight_sum(scheme)
    if whole != 100:
        yield BadInput(
            "The weights sum to {whole}, not to 100.",
            field="lines",
            remedy=N_("Take {off} away.") if whole > 100 else N_("Add {off}."),
            whole=f"{whole:g}",
            off=f"{abs(round(100 - whole, 6)):g}",
        )
    yield from _of_grades(scheme)


def _of_grades(scheme: Scheme) -> Iterator[BadInput]:
    grades = scheme.grades
    if not grades.names or len(set(grades.names)) < len(grades.names) or not all(map(str.strip, grades.names)):
        yield BadInput("Each grade needs a name of its own.", field="grades", remedy="Correct the names.")
    if isinstance(grades, GradeBands):
        limits = [least for _name, least in grades.bands]
        if limits != sorted(limits, reverse=True) or len(set(limits)) < len(limits):
            yield BadInput(
                "The limits of the grades do not fall from the best to the last.",
                field="grades",
                remedy="Give each grade a lower limit than the one before.",
            )
        return
    whole = round(math.fsum(share for _name, share in grades.shares), 6)
    if whole != 100 or any(share < 0 for _name, share in grades.shares):
        yield BadInput(
            "The shares of the grades sum to {whole}, not to 100.",
            field="grades",
            remedy="Correct the shares; each is 0 or more.",
            whole=f"{whole:g}",
        )


def _of_subject(subject: SchemeScope) -> Iterator[BadInput]:
    named = [name for name in ("post", "site", "department") if getattr(subject, name)]
    if len(named) != 1 or (subject.group and not subject.post):
        yield BadInput(
            "A scheme is for a post, with or without its work group, for a site, or for a department.",
            field="for",
            remedy="Name exactly one of them.",
        )


def _of_line(scheme: Scheme, line: SchemeLine, where: str) -> Iterator[BadInput]:
    try:
        found = measured(line)
        whose = possible(scheme.subject, line)
    except HotlineError as unknown:
        yield BadInput(
            unknown.message, field=f"{where}.indicator", remedy=unknown.remedy, **_without_field(unknown.values)
        )
        return
    if line.of is not None and line.of not in whose:
        yield BadInput(
            "{indicator} is not known so finely.",
            field=f"{where}.of",
            remedy="Use one of: {known}.",
            indicator=line.indicator,
            known=", ".join(whose),
        )
    if line.threshold_s is not None and not line.indicator.startswith("service_level."):
        yield BadInput("Only service levels have a threshold.", field=f"{where}.threshold_s", remedy="Leave it out.")
    if line.adjust == "case_mix" and (found is None or not found.has_case_mix):
        yield BadInput(
            "{indicator} is not compared by the same cases.",
            field=f"{where}.adjust",
            remedy="Use one of: {known}.",
            indicator=line.indicator,
            known=", ".join(one.id for one in MEASURES.values() if one.has_case_mix),
        )
    elif line.adjust == "case_mix" and (line.of or whose[0]) == "house":
        yield BadInput(
            "All together are what the same cases are compared with.",
            field=f"{where}.adjust",
            remedy="Judge by the own figure or the group's, or compare nothing.",
        )
    if line.consent and line.indicator not in MANUAL:
        yield BadInput("Only what people write down needs consent.", field=f"{where}.consent", remedy="Leave it out.")
    yield from _of_weight(line, where)
    yield from _of_rule(scheme, line, f"{where}.curve")
    if unit_of(line.indicator) == "share" and any(abs(x) > LARGEST_SHARE for x in _values(line.curve)):
        yield BadInput(
            "{indicator} is a share: 85 % is written 0.85.",
            field=f"{where}.curve",
            remedy="Write the curve's values between 0 and 1.",
            indicator=line.indicator,
        )


def _of_weight(line: SchemeLine, where: str) -> Iterator[BadInput]:
    field = f"{where}.weight"
    if not 0 <= line.weight <= 100:
        yield BadInput("A weight lies between 0 and 100.", field=field, remedy="Correct the weight.")
    elif isinstance(line.curve, Veto) and line.weight:
        yield BadInput("A veto has no weight.", field=field, remedy="Write 0.")
    elif not line.weight and not isinstance(line.curve, (Veto, Deduction, Bonus)):
        yield BadInput(
            "A line without weight counts nothing.",
            field=field,
            remedy="Give it a weight, or take the line out. Only deductions, bonuses and vetoes have none.",
        )


def _of_rule(scheme: Scheme, line: SchemeLine, where: str) -> Iterator[BadInput]:
    # With its direction, where it was left to the indicator.
    rule = settle(Scheme("-", scheme.subject, (line,), scheme.begins)).lines[0].curve
    match rule:
        case Linear():
            yield from _of_linear(rule, where)
        case Band():
            if not rule.zero_below < rule.low <= rule.high < rule.zero_above:
                yield BadInput(
                    "The borders of a band do not rise.",
                    field=where,
                    remedy="They must rise: zero_below, low, high, zero_above; only low and high may be equal.",
                )
        case Steps():
            yield from _of_steps(rule, where)
        case Points():
            yield from _of_points(rule, where)
        case Deduction() | Bonus():
            if not (rule.each > 0 and 0 < rule.most <= MOST_POINTS):
                yield BadInput(
                    "The points of a deduction or bonus are not right.",
                    field=where,
                    remedy="Each counts more than 0 points, and all together at most {most}.",
                    most=f"{MOST_POINTS:g}",
                )
            elif isinstance(rule, Deduction) and line.weight and rule.most > FULL:
                yield BadInput(
                    "More than the whole score cannot be taken off.",
                    field=f"{where}.most",
                    remedy="Write 100 at most.",
                )
        case Veto():
            if rule.effect == "cap_grade" and rule.grade not in scheme.grades.names:
                yield BadInput(
                    "The grade {grade} is none of this scheme's.",
                    field=f"{where}.grade",
                    remedy="Use one of: {known}.",
                    grade=rule.grade,
                    known=", ".join(scheme.grades.names),
                )


def _of_linear(rule: Linear, where: str) -> Iterator[BadInput]:
    order = [rule.floor, rule.target, rule.stretch]
    if rule.reverse:
        order.reverse()
    if not order[0] < order[1] < order[2]:
        yield BadInput(
            N_("Floor, target and stretch do not fall: of this indicator less is better.")
            if rule.reverse
            else N_("Floor, target and stretch do not rise."),
            field=where,
            remedy=N_("Put the floor above the target and the stretch below it.")
            if rule.reverse
            else N_("Put the floor below the target and the stretch above it."),
        )
    if not 0 < rule.base <= rule.cap <= MOST_POINTS:
        yield BadInput(
            "The points at target and stretch are not right.",
            field=where,
            remedy="base must be more than 0, and cap not less than base.",
        )


def _of_steps(rule: Steps, where: str) -> Iterator[BadInput]:
    limits = [limit for limit, _score in rule.steps]
    if not limits or len(set(limits)) < len(limits):
        yield BadInput("Each step needs a limit of its own.", field=where, remedy="Correct the limits.")
    elif not is_monotone([score for _limit, score in rule.knots]):
        yield _back(where)
    yield from _of_scores([rule.otherwise, *(score for _limit, score in rule.steps)], where)


def _of_points(rule: Points, where: str) -> Iterator[BadInput]:
    values = [value for value, _score in rule.points]
    if len(values) < 2 or values[0] == values[-1]:
        yield BadInput("A curve needs two points at least.", field=where, remedy="Add points of different values.")
    elif values != sorted(values) or any(values.count(value) > 2 for value in values):
        yield BadInput(
            "The curve goes back: its values must rise from point to point.",
            field=where,
            remedy="Order the points by value; the same value may stand twice, as a jump.",
        )
    elif not is_monotone([score for _value, score in rule.points]):
        yield _back(where)
    yield from _of_scores([score for _value, score in rule.points], where)


def _back(where: str) -> BadInput:
    return BadInput(
        "The curve goes back: a better value would score less.",
        field=where,
        remedy="Let the scores only rise, or only fall; for the best value in the middle use a band.",
    )


def _of_scores(scores: list[float], where: str) -> Iterator[BadInput]:
    if any(not 0 <= score <= MOST_POINTS for score in scores):
        yield BadInput(
            "This figure must lie between {least} and {most}.",
            field=where,
            remedy="Correct the figure.",
            least="0",
            most=f"{MOST_POINTS:g}",
        )


def _values(rule: Rule) -> list[float]:
    """The values of the indicator that it names."""
    match rule:
        case Deduction() | Bonus():
            return []
        case Veto():
            return [rule.limit]
        case Steps():
            return [limit for limit, _score in rule.steps]
    return [value for value, _score in rule.knots]


def _without_field(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name != "field"}
