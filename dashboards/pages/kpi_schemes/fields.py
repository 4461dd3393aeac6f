"""The fields of the editor: each with its caption, its unit, and the place where what is wrong with it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from core.i18n import N_, _
from dashboards.components.choice import choice
from dashboards.components.figure import figure
from dashboards.pages.kpi_schemes import figures, ids
from dashboards.pages.kpi_schemes.draft import NUMBERS, DraftLine, SchemeDraft
from dashboards.pages.kpi_schemes.draft_reading import subject_of
from dashboards.pages.kpi_schemes.queries import SchemeChoices
from dashboards.pages.kpi_schemes.typed import Unit
from dashboards.pages.kpi_schemes.words import (
    ADJUSTS,
    CHOICES,
    KINDS,
    MISSING,
    POSTS,
    UNITS,
    WHOSE,
    direction_of,
    has_case_mix,
    indicator_name,
    post_name,
)
from dashboards.pages.kpi_schemes.words import NUMBERS as NUMBER_NAMES
from kpi.scoring.curves import Veto
from kpi.scoring.scheme import MANUAL, SchemeLine, possible

# So long after the last key what was typed is read.
PAUSE_S = 0.3
PICTURE_PX = 112
Options = Sequence[tuple[str, str]]


def text(at: str, value: str, **more: Any) -> Any:
    return dcc.Input(
        id=ids.field(at), type="text", value=value, debounce=PAUSE_S, className="field", autoComplete="off", **more
    )


def select(at: str, options: Options | Mapping[str, Options], value: str, unknown: str = "") -> Any:
    """``unknown`` are the words of what stands there and cannot be chosen any more."""
    groups = options if isinstance(options, Mapping) else {"": options}
    known = {code for members in groups.values() for code, _words in members}
    if value not in known:
        groups = {**groups, "": [(value, unknown or value or _("Choose")), *groups.get("", [])]}
    return choice(ids.choice(at), groups, value)


def captioned(at: str, caption: str, inner: Any, *, unit: str = "", style: str = "", says: bool = True) -> Any:
    """``says``: what is wrong with the field is said here, and not in a place that it shares with others."""
    wrong = html.Small(id=ids.wrong(at), className="form-wrong", role="alert") if says else None
    words = [caption, html.Small(f" {unit}")] if unit else caption
    label = html.Label([html.Span(words, title=caption), inner])
    return html.Div([label, wrong], className=f"scheme-field {style}".strip(), **{"data-field": at})


def number(at: str, caption: str, value: str, unit: Unit) -> Any:
    words = UNITS[unit]
    return captioned(
        at, caption, text(at, value, inputMode="decimal"), unit=_(words) if words else "", style="scheme-number"
    )


def act(name: str, sign: str, label: str, key: int = -1, row: int = -1) -> Any:
    more: Mapping[str, Any] = {"title": label, "aria-label": label}
    return html.Button(sign, id=ids.act(name, key, row), type="button", className="scheme-act", **more)


# --- the head ---------------------------------------------------------------------------------------------------


def head(draft: SchemeDraft, choices: SchemeChoices) -> list[Any]:
    return [
        captioned("name", _("Name"), text("name", draft.name, maxLength=64), style="scheme-wide"),
        captioned("name_en", _("English name"), text("name_en", draft.name_en, maxLength=64), style="scheme-wide"),
        captioned("whom", _("Judges"), select("whom", subjects(choices), draft.whom), style="scheme-wide"),
        html.Div(part(draft, choices), id=ids.PART, className="scheme-wide"),
        captioned("begins", _("First day"), text("begins", draft.begins, placeholder="2026-12-01")),
        captioned("ends", _("Last day"), text("ends", draft.ends, placeholder=_("open"))),
        captioned("note", _("Note"), text("note", draft.note, maxLength=1000), style="scheme-widest"),
    ]


def subjects(choices: SchemeChoices) -> Mapping[str, Options]:
    sites = [(f"site:{site}", name) for site, name in choices.sites.items()]
    return {
        _("Post"): [(f"post:{post}", post_name(post)) for post in POSTS],
        _("Site"): [("site:*", _("each site")), *sites],
        _("Department"): [("department", _("a department"))],
    }


def part(draft: SchemeDraft, choices: SchemeChoices) -> Any:
    """What belongs to whom is judged: a post's group, a department's name; nothing of a site."""
    if draft.whom.startswith("post:"):
        groups = [("", _("every group, each ranked apart")), *((one, one) for one in choices.groups)]
        return captioned("part", _("Work group"), select("part", groups, draft.part))
    if draft.whom == "department":
        return captioned("part", _("Department"), text("part", draft.part, maxLength=64))
    return None


# --- the lines --------------------------------------------------------------------------------------------------


def line(one: DraftLine, draft: SchemeDraft, picture: go.Figure) -> list[Any]:
    at = f"lines.{one.key}"
    order = [
        act("up", "↑", _("Move up"), one.key),
        act("down", "↓", _("Move down"), one.key),
        act("remove", "✕", _("Remove this line"), one.key),
    ]
    name = indicator_name(one.indicator) if one.indicator else ""
    what = select(f"{at}.indicator", indicators(), one.indicator, name)
    wrong = html.Small(id=ids.wrong(f"{at}.curve"), className="form-wrong", role="alert")
    return [
        html.Div(order, className="scheme-order"),
        html.Div(
            [
                captioned(f"{at}.indicator", _("Indicator"), what, unit=about(one), style="scheme-indicator"),
                captioned(f"{at}.weight", _("Weight"), text(f"{at}.weight", one.weight, inputMode="decimal")),
                *rest(one, draft),
            ],
            className="scheme-what",
        ),
        html.Div([*curve(one, draft), wrong], className="scheme-curve"),
        html.Div(figure(ids.curve(one.key), picture, label=figures.label(one), height=PICTURE_PX)),
    ]


def indicators() -> Mapping[str, Options]:
    return {_(group): [(one, indicator_name(one)) for one in names] for group, names in CHOICES.items()}


def about(one: DraftLine) -> str:
    return direction_of(one.indicator) if one.indicator else ""


def curve(one: DraftLine, draft: SchemeDraft) -> list[Any]:
    at = f"lines.{one.key}"
    kinds = [(kind, _(name)) for kind, name in KINDS.items()]
    choices = [captioned(f"{at}.kind", _("Curve"), select(f"{at}.kind", kinds, one.kind), says=False)]
    if one.kind in ("linear", "steps", "veto"):
        way = select(f"{at}.reverse", directions(one), one.reverse)
        choices.append(captioned(f"{at}.reverse", _("Direction"), way, says=False))
    numbers = []
    for name, is_value in NUMBERS[one.kind]:
        unit: Unit = one.unit if is_value else "points"
        numbers.append(number(f"{at}.numbers.{name}", _(NUMBER_NAMES[name]), one.numbers.get(name, ""), unit))
    if one.kind == "veto":
        numbers += effect(one, draft)
    return [
        html.Div(choices, className="scheme-kinds"),
        html.Div(numbers, className="scheme-numbers") if numbers else None,
        pairs(one) if one.kind in ("steps", "points") else None,
    ]


def directions(one: DraftLine) -> Options:
    if one.kind == "veto":
        return [("more", _("at the limit or more")), ("less", _("at the limit or less"))]
    own = [("", _("as the indicator"))] if one.indicator else []
    return [*own, ("more", _("more is better")), ("less", _("less is better"))]


def effect(one: DraftLine, draft: SchemeDraft) -> list[Any]:
    at = f"lines.{one.key}"
    effects = [("nought", _("total 0")), ("cap_grade", _("grade limited"))]
    found = [captioned(f"{at}.effect", _("Then"), select(f"{at}.effect", effects, one.effect), says=False)]
    if one.effect == "cap_grade":
        names = [(name, name) for name, _limit in draft.grades if name]
        found.append(captioned(f"{at}.grade", _("Best grade"), select(f"{at}.grade", names, one.grade)))
    return found


def pairs(one: DraftLine) -> Any:
    """Steps or points: value and score, one beside the other."""
    at = f"lines.{one.key}"
    said = N_("Limit") if one.kind == "steps" else N_("Value")
    rows = [
        html.Div(
            [
                number(f"{at}.pairs.{n}.0", _(said), value, one.unit),
                number(f"{at}.pairs.{n}.1", _("Scores"), score, "points"),
                act("row_remove", "✕", _("Remove this row"), one.key, n),
            ],
            className="scheme-pair",
        )
        for n, (value, score) in enumerate(one.pairs)
    ]
    return html.Div([*rows, act("row_add", _("+ row"), _("Add a row"), one.key)], className="scheme-pairs")


def rest(one: DraftLine, draft: SchemeDraft) -> list[Any]:
    at = f"lines.{one.key}"
    missing = [(code, _(words)) for code, words in MISSING.items()]
    least = text(f"{at}.minimum", one.minimum, inputMode="numeric", placeholder=_("usual"))
    found = [
        captioned(f"{at}.missing", _("Without data"), select(f"{at}.missing", missing, one.missing), says=False),
        captioned(f"{at}.minimum", _("Least sample"), least),
    ]
    whose = whose_of(one, draft)
    if len(whose) > 1:
        mine = select(f"{at}.of", whose, one.of or whose[0][0], _(WHOSE.get(one.of, one.of)))
        found.append(captioned(f"{at}.of", _("Whose figure"), mine))
    if one.indicator.startswith("service_level."):
        within = text(f"{at}.threshold", one.threshold, inputMode="numeric", placeholder=_("the queues'"))
        found.append(captioned(f"{at}.threshold", _("Threshold (seconds)"), within))
    return [*found, *special(one)]


def special(one: DraftLine) -> list[Any]:
    """What only some indicators have: the comparison with the same cases, a second person's consent."""
    at = f"lines.{one.key}"
    if one.indicator in MANUAL:
        ways = [("no", _("counts at once")), ("yes", _("once a second person agrees"))]
        return [captioned(f"{at}.consent", _("Entries"), select(f"{at}.consent", ways, one.consent))]
    if one.adjust != "none" or has_case_mix(one.indicator):
        ways = [(code, _(words)) for code, words in ADJUSTS.items()]
        return [captioned(f"{at}.adjust", _("Compared"), select(f"{at}.adjust", ways, one.adjust))]
    return []


def whose_of(one: DraftLine, draft: SchemeDraft) -> Options:
    """Whose figure of the indicator there is."""
    if not one.indicator:
        return []
    found = possible(subject_of(draft), SchemeLine(one.indicator, 0.0, Veto(0.0)))
    return [(code, _(WHOSE[code])) for code in found]


# --- grades -----------------------------------------------------------------------------------------------------


def grades(draft: SchemeDraft) -> list[Any]:
    kinds = [("bands", _("by limits of the total")), ("forced", _("by shares of the people"))]
    said, unit = (N_("Share"), "%") if draft.graded == "forced" else (N_("From"), _("points"))
    rows = []
    for n, (name, limit) in enumerate(draft.grades):
        from_at = text(f"grades.{n}.1", limit, inputMode="decimal")
        parts = [
            captioned(f"grades.{n}.0", _("Grade"), text(f"grades.{n}.0", name, maxLength=20), says=False),
            captioned(f"grades.{n}.1", _(said), from_at, unit=unit, style="scheme-number"),
            act("grade_remove", "✕", _("Remove this grade"), -1, n),
        ]
        rows.append(html.Div(parts, className="scheme-pair"))
    wrong = html.Small(id=ids.wrong("grades"), className="form-wrong", role="alert")
    kind = captioned("graded", _("Grades are given"), select("graded", kinds, draft.graded), says=False)
    return [kind, *rows, act("grade_add", _("+ grade"), _("Add a grade")), wrong]
