"""The list of schemes: whom each judges, since when, and the ways to a new one, a copy, a file, a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from core.clock import iso
from core.i18n import _, called
from core.rights import Right
from dashboards.components import dialog, listing
from dashboards.components.form import Act, FormField, form
from dashboards.components.score.pages import tabs
from dashboards.components.words import local
from dashboards.pages.kpi_schemes import ids, queries
from dashboards.pages.kpi_schemes.queries import SchemeChoices
from dashboards.pages.kpi_schemes.words import days, subject_words
from dashboards.session import user, web
from kpi.schemes.service import NEW, SchemeRecord

PATH = "/kpi/schemes"
API = "/api/v1/kpi/schemes"
LARGEST_FILE = 200 << 10


async def layout(**_parameters: Any) -> Any:
    shown = await listed()
    edits = user().may(Right.KPI_SCHEMES)
    return lambda: html.Div(
        [
            html.H1(_("Scoring schemes"), className="unseen"),
            html.Div(shown(), id=ids.LIST, className="scheme-list"),
            html.P(about(edits), className="dim scheme-about"),
            *dialog.place(ids.PAGE),
        ],
        className="page calls schemes",
    )


async def listed() -> Any:
    """Asked for again when a file was taken in."""
    found, choices = await queries.all_schemes()
    edits = user().may(Right.KPI_SCHEMES)
    timezone = web().settings.timezone

    def drawing() -> list[Any]:
        rows = [row(one, choices, timezone) for one in found]
        return [totals(found, edits=edits), table(rows)]

    return drawing


def about(edits: bool) -> str:
    if not edits:
        return _("A scheme says who is judged by what. It is changed by the director; every version stays on record.")
    return _(
        "Nothing that was saved is changed: another content is another version, with its own days. The examples are"
        " labelled; copy one and set limits and weights of your own."
    )


def totals(found: Sequence[SchemeRecord], *, edits: bool) -> Any:
    own = [one for one in found if not one.example]
    opener = dialog.opens({"what": "import"})
    tools = [
        html.Button(_("From a file"), type="button", className="bar-button scheme-tool", **opener),
        dcc.Link(_("New scheme"), href=f"{PATH}/{NEW}", className="primary scheme-button"),
    ]
    return listing.totals(
        [
            tabs(user(), PATH),
            html.B(_("{n} schemes", n=len(own))),
            html.Span(_("{n} examples", n=len(found) - len(own)), className="dim"),
            html.Span(_("Choose two to compare them."), id=ids.COMPARED, className="dim", role="status"),
            html.Span(className="bar-space"),
            *(tools if edits else []),
        ]
    )


def row(one: SchemeRecord, choices: SchemeChoices, timezone: str) -> dict[str, Any]:
    scheme = one.scheme
    return {
        "id": scheme.id,
        "name": called(scheme),
        "name_href": f"{PATH}/{quote(scheme.id)}",
        "name_tag": _("example") if one.example else "",
        "subject": subject_words(scheme.subject, choices.sites),
        "version": one.version,
        "days": days(scheme),
        "lines": len(scheme.lines),
        "by": choices.people.get(one.changed_by, one.changed_by) or "—",
        "at": local(_iso(one.changed_at), timezone, "%Y-%m-%d %H:%M"),
        "copy": _("Copy"),
        "copy_href": f"{PATH}/{NEW}?{urlencode({'like': scheme.id})}",
        "file": _("Export"),
        "file_href": f"{API}/{quote(scheme.id)}/file",
        "file_name": f"{scheme.id}-v{one.version}.json",
    }


def _iso(at: float | None) -> str | None:
    return None if at is None else iso(at)


def table(rows: list[dict[str, Any]]) -> Any:
    linked = {"cellRenderer": "HotlinePath", "sortable": False}
    edits = user().may(Right.KPI_SCHEMES)
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": _("Scheme"), "cellRenderer": "HotlinePath", "flex": 2, "minWidth": 200},
        {"field": "subject", "headerName": _("Judges"), "flex": 1, "minWidth": 150},
        {"field": "version", "headerName": _("Version"), "type": "rightAligned", "width": 84},
        {"field": "days", "headerName": _("Holds"), "width": 200},
        {"field": "lines", "headerName": _("Lines"), "type": "rightAligned", "width": 76},
        {"field": "by", "headerName": _("Saved by"), "width": 120},
        {"field": "at", "headerName": _("Saved at"), "width": 140},
        *([{"field": "copy", "headerName": _("Copy"), "width": 80, **linked}] if edits else []),
        {"field": "file", "headerName": _("File"), "width": 80, **linked},
    ]
    made = listing.table(ids.TABLE, rows, columns, "params.data.id")
    made.dashGridOptions |= {"rowSelection": {"mode": "multiRow", "headerCheckbox": False}}
    return made


def compared(chosen: Any) -> Any:
    """What stands above the table for the lines that are ticked in it."""
    names = [str(one.get("id", "")) for one in chosen or [] if isinstance(one, Mapping)]
    if len(names) != 2:
        return _("Choose two to compare them.")
    return dcc.Link(_("Compare the two"), href=compare_path(names[0], None, names[1], None), className="quiet")


def compare_path(scheme: str, version: int | None, other: str, other_version: int | None) -> str:
    asked = {"view": "compare", "version": version, "other": other, "other_version": other_version}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{PATH}/{quote(scheme)}?{query}"


async def import_form(_said: Mapping[str, str]) -> Any:
    file = FormField("file", _("File of a scheme"), "json", most=LARGEST_FILE, required=True, wide=True, focus=True)
    take = Act(_("Take in"), "POST", f"{API}/import?as_new=true")
    told = _("It becomes a scheme of its own, version 1. What is not right in the file is told, and nothing is saved.")
    return dialog.dialog(
        _("Scheme from a file"), [form("import", [file], [take], about=told, in_dialog=True)], closes=False
    )


# What can be asked for, and the right that it needs.
DIALOGS: dialog.Dialogs = {"import": (Right.KPI_SCHEMES, import_form)}
