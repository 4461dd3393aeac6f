"""Two versions, or two schemes, side by side: what each says, what differs marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from core.i18n import _, called
from dashboards.pages.kpi_schemes import queries
from dashboards.pages.kpi_schemes.queries import SchemeChoices
from dashboards.pages.kpi_schemes.typed import typed
from dashboards.pages.kpi_schemes.words import (
    MISSING,
    WHOSE,
    curve_words,
    days,
    details,
    grade_words,
    indicator_name,
    subject_words,
)
from kpi.schemes.service import SchemeRecord
from kpi.scoring.scheme import Scheme, SchemeLine

NONE = "—"
# What is said of a scheme, and of a line: captions and words of both.
Pair = tuple[str, str, str]


async def layout(scheme_id: str, asked: Mapping[str, str]) -> Any:
    def number(name: str) -> int | None:
        said = asked.get(name, "")
        return int(said) if said.isdigit() and len(said) < 6 else None

    other = asked.get("other") or scheme_id
    one, two = await queries.two((scheme_id, number("version")), (other, number("other_version")))
    choices = await queries.choices()
    return lambda: html.Div(
        [
            html.Div(
                [
                    html.H1(_("Compare")),
                    html.Span(className="bar-space"),
                    dcc.Link(_("All schemes"), href="/kpi/schemes", className="quiet"),
                ],
                className="scheme-head",
            ),
            html.Div(table(one, two, choices), className="panel scheme-scroll", tabIndex=0),
        ],
        className="page schemes",
    )


def table(one: SchemeRecord, two: SchemeRecord, choices: SchemeChoices) -> Any:
    heads = [html.Th(""), *(html.Th(title(record), scope="col") for record in (one, two))]
    body = [line(pair) for pair in of_schemes(one.scheme, two.scheme, choices)]
    for name, pairs in of_lines(one.scheme, two.scheme):
        differs = any(left != right for _caption, left, right in pairs)
        style = "scheme-group scheme-differs" if differs else "scheme-group"
        body.append(html.Tr(html.Th(name, colSpan=3, scope="colgroup"), className=style))
        body += [line(pair) for pair in pairs]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="plain scheme-compare")


def title(record: SchemeRecord) -> Any:
    parts = [
        dcc.Link(called(record.scheme), href=f"/kpi/schemes/{record.scheme.id}?version={record.version}"),
        " ",
        html.Span(_("version {n}", n=record.version), className="tag"),
    ]
    return [*parts, html.Span(_("example"), className="tag-demo")] if record.example else parts


def line(pair: Pair) -> Any:
    caption, left, right = pair
    differs = left != right
    mark = html.Small(_("differs"), className="tag") if differs else None
    return html.Tr(
        [html.Th([caption, " ", mark], scope="row"), html.Td(left), html.Td(right)],
        className="scheme-differs" if differs else "",
    )


def of_schemes(one: Scheme, two: Scheme, choices: SchemeChoices) -> list[Pair]:
    return [
        (_("Judges"), subject_words(one.subject, choices.sites), subject_words(two.subject, choices.sites)),
        (_("Holds"), days(one), days(two)),
        (_("Grades"), grade_words(one.grades), grade_words(two.grades)),
        (_("Note"), one.note or NONE, two.note or NONE),
    ]


def of_lines(one: Scheme, two: Scheme) -> list[tuple[str, list[Pair]]]:
    """By indicator, in the order of the first; what only the second has comes after. An indicator's second line is
    another one."""
    left, right = numbered(one), numbered(two)
    return [
        (
            indicator_name(key[0]) + (f" ({key[1]})" if key[1] > 1 else ""),
            of_line(left.get(key), right.get(key)),
        )
        for key in dict.fromkeys([*left, *right])
    ]


def numbered(scheme: Scheme) -> dict[tuple[str, int], SchemeLine]:
    found: dict[tuple[str, int], SchemeLine] = {}
    for one in scheme.lines:
        n = 1 + sum(name == one.indicator for name, _n in found)
        found[one.indicator, n] = one
    return found


def of_line(one: SchemeLine | None, two: SchemeLine | None) -> list[Pair]:
    """A line that only one of them has is said in one."""
    if one is None or two is None:
        there = _("only in the second") if one is None else _("only in the first")
        left, right = (
            NONE if line is None else _("weight {n}", n=weight(line)) + "; " + scored(line) for line in (one, two)
        )
        return [(there, left, right)]
    captions = (_("Weight"), _("Scores"), _("Least sample"), _("Without data"), _("Whose figure"), _("Further rules"))
    return list(zip(captions, said(one), said(two), strict=True))


def weight(line: SchemeLine) -> str:
    return typed(line.weight, "points")


def scored(line: SchemeLine) -> str:
    return curve_words(line.curve, line.indicator)


def said(line: SchemeLine) -> tuple[str, ...]:
    return (
        weight(line),
        scored(line),
        typed(line.minimum, "count") or _("usual"),
        _(MISSING[line.missing]),
        _(WHOSE[line.of]) if line.of else NONE,
        details(line) or NONE,
    )
