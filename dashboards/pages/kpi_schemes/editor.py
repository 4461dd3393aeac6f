"""One scheme: the editor for whom may change it, else the scheme in words; two versions side by side."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from core.clock import utc_now
from core.errors import NotAllowed
from core.i18n import _, called
from core.people.users import User
from core.rights import Right
from core.web.auth import require
from core.web.context import Web
from dashboards.components.filters import local_now
from dashboards.pages.kpi_schemes import check, comparison, fields, figures, ids, queries, sheet, trial
from dashboards.pages.kpi_schemes.draft import SchemeDraft, draft_json, draft_of, empty
from dashboards.pages.kpi_schemes.draft_reading import DraftReading, reading_of
from dashboards.pages.kpi_schemes.layout import API, PATH, compare_path
from dashboards.pages.kpi_schemes.queries import SchemeChoices, SchemeHistory
from dashboards.pages.kpi_schemes.words import days
from dashboards.session import user, web
from kpi.schemes import service
from kpi.schemes.service import NEW, SchemeRecord

# By then the browser's own store has read what it keeps.
RESTORE_MS = 250
Values = Mapping[int, Sequence[float]]


async def there(parts: Web, who: User, scheme_id: str) -> None:
    if scheme_id != NEW:
        await parts.in_session(lambda session: service.versions(session, scheme_id))
    elif not who.may(Right.KPI_SCHEMES):
        raise NotAllowed("You may not change schemes.", remedy="Ask the director.")


async def layout(scheme_id: str = "", **parameters: Any) -> Any:
    asked = {name: str(value) for name, value in parameters.items() if value}
    if scheme_id == NEW:
        require(Right.KPI_SCHEMES)
        return await new(asked.get("like", ""))
    if asked.get("view") == "compare":
        return await comparison.layout(scheme_id, asked)
    found = await queries.history(scheme_id, whole(asked.get("version")))
    if not user().may(Right.KPI_SCHEMES) or found.record.example:
        return lambda: html.Div([heading(found), *sheet.body(found)], className="page schemes")
    draft = draft_of(found.record.scheme, found.record.version)
    saved = whole(asked.get("saved"))
    return lambda: html.Div(
        [heading(found), *editor(draft, found.choices, scheme_id, found.versions, saved=saved)],
        className="page schemes",
    )


async def new(like: str) -> Any:
    """Empty, or with what another one says."""
    choices = await queries.choices()
    first = next_month(local_now(utc_now(), web().settings.timezone).date()).isoformat()
    draft = empty(first)
    if like:
        source = (await queries.history(like)).record.scheme
        name = _("{name} (copy)", name=called(source))[:64]
        draft = replace(draft_of(source), name=name, name_en="", begins=first, ends="")
    head = html.Div([html.H1(_("New scheme")), back()], className="scheme-head")
    return lambda: html.Div([head, *editor(draft, choices, NEW, [])], className="page schemes")


def whole(said: str | None) -> int | None:
    return int(said) if said and said.isdigit() and len(said) < 6 else None


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def back() -> Any:
    return dcc.Link(_("All schemes"), href=PATH, className="quiet")


def heading(found: SchemeHistory) -> Any:
    one, newest = found.record, found.versions[-1]
    parts = [
        html.H1(called(one.scheme)),
        html.Span(_("example"), className="tag-demo") if one.example else None,
        html.Span(_("version {n}", n=one.version), className="tag"),
        html.Span(days(one.scheme), className="dim"),
        html.Span(_("replaced by version {n}", n=one.replaced_by), className="warn") if one.replaced_by else None,
        html.Span(className="bar-space"),
        versions(found) if len(found.versions) > 1 else None,
        dcc.Link(_("Copy"), href=f"{PATH}/{NEW}?like={quote(one.scheme.id)}", className="quiet")
        if user().may(Right.KPI_SCHEMES)
        else None,
        html.A(
            _("Export"),
            href=f"{API}/{quote(one.scheme.id)}/file?version={one.version}",
            download=f"{one.scheme.id}-v{one.version}.json",
            className="quiet",
        ),
        back(),
    ]
    if one.version != newest.version:
        now = dcc.Link(_("to the newest"), href=f"{PATH}/{quote(one.scheme.id)}", className="quiet")
        parts.insert(4, html.Span([_("an older version"), " ", now], className="warn"))
    return html.Div(parts, className="scheme-head")


def versions(found: SchemeHistory) -> Any:
    """All of them, each with its days, who saved it, and what differs from the one before."""
    scheme = found.record.scheme.id
    rows = []
    for before, one in reversed([*zip([None, *found.versions[:-1]], found.versions, strict=True)]):
        people = found.choices.people.get(one.changed_by, one.changed_by)
        rows.append(
            html.Li(
                [
                    dcc.Link(_("version {n}", n=one.version), href=f"{PATH}/{quote(scheme)}?version={one.version}"),
                    html.Span(f"{days(one.scheme)} · {people}", className="dim"),
                    html.Span(_("replaced by version {n}", n=one.replaced_by), className="warn")
                    if one.replaced_by
                    else None,
                    dcc.Link(
                        _("what differs"),
                        href=compare_path(scheme, before.version, scheme, one.version),
                        className="quiet",
                    )
                    if before
                    else None,
                ]
            )
        )
    return html.Details(
        [html.Summary(_("{n} versions", n=len(found.versions))), html.Ul(rows)], className="scheme-versions"
    )


# --- the editor -------------------------------------------------------------------------------------------------


def editor(
    draft: SchemeDraft,
    choices: SchemeChoices,
    scheme_id: str,
    known: Sequence[SchemeRecord],
    *,
    saved: int | None = None,
) -> list[Any]:
    read = reading_of(draft)
    about = {"scheme": scheme_id, "base": draft.base, "key": secrets.token_hex(8)}
    raw = draft_json(draft)
    said = _("Version {n} is saved.", n=saved) if saved else ""
    return [
        html.P(said, className="scheme-saved", role="status") if said else None,
        html.P(id=ids.NOTE, className="scheme-note", role="status"),
        html.Div(
            [
                html.Div(
                    [
                        html.Section(fields.head(draft, choices), id=ids.HEAD, className="panel scheme-fields"),
                        html.Section(
                            [
                                html.Div(lines(draft, read, {}), id=ids.LINES),
                                html.Div(fields.act("add", _("+ line"), _("Add a line")), className="scheme-add"),
                                html.Small(id=ids.wrong("lines"), className="form-wrong", role="alert"),
                            ],
                            className="panel scheme-lines",
                            **{"aria-label": _("Lines")},
                        ),
                        html.Section(
                            [
                                html.H2(_("Grades")),
                                html.Div(fields.grades(draft), id=ids.GRADES, className="scheme-grades"),
                            ],
                            className="panel",
                        ),
                    ],
                    className="scheme-main",
                ),
                html.Div([check.panel(known, draft.base), trial.panel()], className="scheme-aside"),
            ],
            className="scheme-editor",
        ),
        dcc.Store(id=ids.WORKING, data=raw),
        dcc.Store(id=ids.SERVED, data=raw),
        dcc.Store(id=ids.ABOUT, data=about),
        dcc.Store(id=ids.NEEDS),
        dcc.Store(id=ids.FIGURES),
        dcc.Store(id=ids.DRAWN),
        dcc.Interval(id=ids.RESTORE, interval=RESTORE_MS, max_intervals=1),
        dcc.Store(id=ids.stored(user().name, scheme_id), storage_type="local"),
        dcc.Location(id=ids.GO, refresh="callback-nav"),
    ]


def lines(draft: SchemeDraft, read: DraftReading, values: Values) -> list[Any]:
    return [
        html.Div(
            line(one, draft, read, values), id=ids.line(one.key), className="scheme-line", **{"data-line": str(one.key)}
        )
        for one in draft.lines
    ]


def line(one: Any, draft: SchemeDraft, read: DraftReading, values: Values) -> list[Any]:
    rule, others = figures.rule_of(one, read.curves.get(one.key)), values.get(one.key, ())
    return fields.line(one, draft, figures.picture(one, rule, others))
