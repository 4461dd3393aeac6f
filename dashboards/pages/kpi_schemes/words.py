"""A scheme in words that people read: whom it judges, its curves, its grades. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.errors import HotlineError
from core.i18n import N_, _
from core.people.users import Role
from dashboards.components.words import ROLE_NAMES, duration
from dashboards.pages.kpi_schemes.draft import Kind
from dashboards.pages.kpi_schemes.typed import Unit, typed
from kpi.api.score_words import name_of
from kpi.measures.catalogue import MEASURES, NOT_MEASURED, lower_is_better
from kpi.scoring.curves import Band, Bonus, Deduction, Linear, Points, Rule, Steps, Veto
from kpi.scoring.grades import GradeBands, Grades
from kpi.scoring.scheme import MANUAL, Scheme, SchemeLine, SchemeScope, measured, unit_of

KINDS: Mapping[Kind, str] = {
    "linear": N_("Floor – target – stretch"),
    "band": N_("Band"),
    "steps": N_("Step table"),
    "points": N_("Points"),
    "deduction": N_("Deduction"),
    "bonus": N_("Bonus"),
    "veto": N_("Veto"),
}
NUMBERS: Mapping[str, str] = {
    "floor": N_("Floor value"),
    "target": N_("Target"),
    "stretch": N_("Stretch"),
    "base": N_("Points at target"),
    "cap": N_("Points at stretch"),
    "zero_below": N_("0 below"),
    "low": N_("Full from"),
    "high": N_("Full up to"),
    "zero_above": N_("0 above"),
    "full": N_("Full points"),
    "otherwise": N_("Otherwise"),
    "each": N_("Points for each"),
    "most": N_("At most in all"),
    "limit": N_("Limit"),
}
MISSING: Mapping[str, str] = {
    "renormalise": N_("weight spread over the others"),
    "neutral": N_("counts as expected"),
    "nought": N_("counts 0 points"),
}
ADJUSTS: Mapping[str, str] = {"none": N_("as it is"), "case_mix": N_("with the same cases of all")}
WHOSE: Mapping[str, str] = {"own": N_("the own"), "group": N_("the group's"), "house": N_("everybody's")}
UNITS: Mapping[Unit, str] = {
    "share": "%",
    "seconds": N_("min:s"),
    "number": "",
    "points": N_("points"),
    "count": "",
}
# Posts that schemes may be for.
POSTS = (Role.AGENT, Role.SUPERVISOR, Role.QA, Role.SITE_MANAGER, Role.WORKER)
OF_CALLS = ("visits", "callbacks")
OF_AGENTS = ("handling", "agent_time", "rosters", "contacts")
# What can be chosen, by what it is of; others with a number of days or minutes are kept as they are.
CHOICES: Mapping[str, Sequence[str]] = {
    N_("Queues"): [one.id for one in MEASURES.values() if one.source in OF_CALLS],
    N_("Agents"): [one.id for one in MEASURES.values() if one.source in OF_AGENTS],
    N_("Orders"): [one.id for one in MEASURES.values() if one.source not in (*OF_CALLS, *OF_AGENTS)],
    N_("Written down by people"): list(MANUAL),
    N_("Not measured yet"): list(NOT_MEASURED),
}


def indicator_name(indicator: str) -> str:
    """With its days or minutes, where they are not the usual ones."""
    try:
        found = measured(SchemeLine(indicator, 0.0, Veto(0.0)))
    except HotlineError:
        return indicator
    usual = MEASURES.get(indicator.partition("(")[0]) if found and found.number else None
    name = name_of(indicator, found)
    return f"{name} ({found.number})" if found and usual and usual.number != found.number else name


def has_case_mix(indicator: str) -> bool:
    """Whether it is known what the same cases make for everybody together."""
    try:
        found = measured(SchemeLine(indicator, 0.0, Veto(0.0))) if indicator else None
    except HotlineError:
        return False
    return found is not None and found.has_case_mix


def details(line: SchemeLine) -> str:
    """What only some lines say."""
    said = [
        _("threshold {n} s", n=line.threshold_s) if line.threshold_s else "",
        _(ADJUSTS[line.adjust]) if line.adjust != "none" else "",
        _("once a second person agrees") if line.consent else "",
    ]
    return "; ".join(filter(None, said))


def valued(value: float | None, unit: Unit) -> str:
    """With its unit: 92.5%, 4:20, 3."""
    if value is None:
        return "—"
    if unit == "seconds" and value >= 0:
        return duration(round(value))
    return f"{typed(round(value, 4), unit)}{'%' if unit == 'share' else ''}"


def direction_of(indicator: str) -> str:
    return _("less is better") if lower_is_better(indicator) else _("more is better")


def subject_words(subject: SchemeScope, sites: Mapping[str, str]) -> str:
    if subject.site:
        return _("each site") if subject.site == "*" else _("site {name}", name=sites.get(subject.site, subject.site))
    if subject.department:
        return _("department {name}", name=subject.department)
    post = post_name(subject.post)
    return f"{subject.group} × {post}" if subject.group else _("{post}, every group", post=post)


def post_name(post: str) -> str:
    return _(ROLE_NAMES[Role(post)]) if post in set(Role) else post


def days(scheme: Scheme) -> str:
    if scheme.ends:
        return _("{begins} to {ends}", begins=scheme.begins, ends=scheme.ends)
    return _("from {begins} on", begins=scheme.begins)


def points(value: float) -> str:
    return _("{n} points", n=typed(value, "points"))


def curve_words(rule: Rule, indicator: str) -> str:
    """What a value scores, in one sentence."""
    unit = unit_of(indicator)

    def at(value: float, score: float) -> str:
        return _("{value}: {points}", value=valued(value, unit), points=points(score))

    match rule:
        case Linear():
            return "; ".join((at(rule.floor, 0), at(rule.target, rule.base), at(rule.stretch, rule.cap)))
        case Band():
            full = _(
                "{low} to {high}: {points}",
                low=valued(rule.low, unit),
                high=valued(rule.high, unit),
                points=points(rule.full),
            )
            return f"{full}; " + _(
                "0 at {below} and {above}", below=valued(rule.zero_below, unit), above=valued(rule.zero_above, unit)
            )
        case Steps():
            form = N_("up to {value}: {points}") if rule.reverse else N_("from {value}: {points}")
            steps = [_(form, value=valued(value, unit), points=points(score)) for value, score in rule.steps]
            return "; ".join((*steps, _("otherwise {points}", points=points(rule.otherwise))))
        case Points():
            return "; ".join(at(value, score) for value, score in rule.points)
        case Deduction():
            return _(
                "{each} off for each, {most} at most", each=typed(rule.each, "points"), most=typed(rule.most, "points")
            )
        case Bonus():
            return _(
                "{each} more for each, {most} at most", each=typed(rule.each, "points"), most=typed(rule.most, "points")
            )
        case Veto():
            form = N_("at {limit} or less: {effect}") if rule.reverse else N_("at {limit} or more: {effect}")
            effect = _("grade {grade} at best", grade=rule.grade) if rule.effect == "cap_grade" else _("total 0")
            return _(form, limit=valued(rule.limit, unit), effect=effect)


def grade_words(grades: Grades) -> str:
    if isinstance(grades, GradeBands):
        return "; ".join(
            _("{grade} from {limit}", grade=name, limit=typed(limit, "points")) for name, limit in grades.bands
        )
    return "; ".join(f"{name} {typed(share, 'points')}%" for name, share in grades.shares)
