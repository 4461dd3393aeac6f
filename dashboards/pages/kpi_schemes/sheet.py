"""A scheme as it is, for reading: each line in words beside its curve."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.figure import figure
from dashboards.pages.kpi_schemes import figures, ids
from dashboards.pages.kpi_schemes.draft import draft_of
from dashboards.pages.kpi_schemes.fields import PICTURE_PX
from dashboards.pages.kpi_schemes.queries import SchemeHistory
from dashboards.pages.kpi_schemes.typed import typed
from dashboards.pages.kpi_schemes.words import (
    KINDS,
    MISSING,
    WHOSE,
    curve_words,
    details,
    direction_of,
    grade_words,
    indicator_name,
    subject_words,
)
from kpi.scoring.scheme import SchemeLine


def body(found: SchemeHistory) -> list[Any]:
    scheme = found.record.scheme
    facts = [
        (_("Judges"), subject_words(scheme.subject, found.choices.sites)),
        (_("Grades"), grade_words(scheme.grades)),
        *([(_("Note"), scheme.note)] if scheme.note else []),
    ]
    pairs = [part for name, text in facts for part in (html.Dt(name), html.Dd(text))]
    draft = draft_of(scheme)
    rows = [row(n, line, draft.lines[n]) for n, line in enumerate(scheme.lines)]
    head = (
        _("Indicator"),
        _("Weight"),
        _("Scores"),
        _("Curve"),
        _("Least sample"),
        _("Without data"),
        _("Whose figure"),
    )
    table = html.Table(
        [html.Thead(html.Tr([html.Th(text, scope="col") for text in head])), html.Tbody(rows)],
        className="plain scheme-sheet",
    )
    return [
        html.Div(html.Dl(pairs, className="facts"), className="panel"),
        html.Div(table, className="panel scheme-scroll", tabIndex=0),
    ]


def row(n: int, line: SchemeLine, draft: Any) -> Any:
    picture = figures.picture(draft, line.curve, ())
    name = indicator_name(line.indicator)
    return html.Tr(
        [
            html.Th([html.B(name), html.Br(), html.Small(direction_of(line.indicator), className="dim")], scope="row"),
            html.Td(typed(line.weight, "points") if line.weight else "—", className="scheme-figure"),
            html.Td([html.B(_(KINDS[line.curve.kind])), html.Br(), curve_words(line.curve, line.indicator)]),
            html.Td(figure(ids.curve(n), picture, label=figures.label(draft, line.curve), height=PICTURE_PX)),
            html.Td(typed(line.minimum, "count") or _("usual"), className="scheme-figure"),
            html.Td(_(MISSING[line.missing])),
            html.Td([_(WHOSE[line.of]) if line.of else "—", html.Br(), html.Small(details(line), className="dim")]),
        ]
    )
