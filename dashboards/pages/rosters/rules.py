"""Rules: the office's figures and its shift templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from core.i18n import _
from core.rights import Right
from dashboards.components.dialog import opens
from dashboards.components.form import Act, FormField, Kind, act, form
from dashboards.pages.rosters import queries
from dashboards.pages.rosters.blocks import block, times
from dashboards.pages.rosters.parts import NONE, number, table
from dashboards.session import user

SETTINGS, TEMPLATES = "/api/v1/rosters/settings", "/api/v1/rosters/templates"


def captions() -> tuple[tuple[str, str, str, Kind], ...]:
    """Name, caption, unit, kind of each figure."""
    return (
        ("least_rest_h", _("Least rest between two shifts"), _("h"), "number"),
        ("most_week_h", _("Most hours a week"), _("h"), "number"),
        ("due_week_h", _("Hours due a week"), _("h"), "number"),
        ("most_days_in_row", _("Most days in a row"), _("days"), "number"),
        ("service_target", _("Service level aimed at"), "%", "share"),
        ("most_occupancy", _("Most occupancy"), "%", "share"),
        ("shrinkage", _("Shrinkage: rostered but not there"), "%", "share"),
        ("least_present", _("Fewest present while others rest"), _("people"), "number"),
    )


async def view() -> Any:
    found, edits = await queries.roster_of_today(), user().may(Right.ROSTER_EDITS)
    return lambda: drawn(found, edits=edits)


def drawn(found: Mapping[str, Any], *, edits: bool) -> Any:
    set_ = found["settings"]
    fields = [
        FormField(
            name, caption, kind, number(set_[name] * (100 if kind == "share" else 1), 2).replace(",", ""), unit=unit
        )
        for name, caption, unit, kind in captions()
    ]
    about = _("Shipped figures are examples; set your own. What stands in the roster is not changed by them.")
    saved = Act(_("Save"), "PUT", SETTINGS, said=_("Saved."))
    figures = html.Section(
        [html.H2(_("Figures")), form("settings", fields, [saved], about=about, disabled=not edits)],
        className="panel",
        **{"data-settings": "1"},
    )
    return html.Div([figures, templates(found["templates"], edits=edits)], className="rosters-two")


def templates(rows: list[dict[str, Any]], *, edits: bool) -> Any:
    example = act(Act(_("Load examples"), "POST", f"{TEMPLATES}/examples")) if edits and not rows else None
    new = html.Button(_("New template"), className="bar-button", type="button", **opens({"what": "template", "id": 0}))
    heads = ["", _("Shift"), _("Time of day"), _("Break time"), _("Paid hours"), _("Skill needed"), ""]
    lines = [line(n, one, edits=edits) for n, one in enumerate(rows, 1)]
    return html.Section(
        [
            html.Div(
                [html.H2(_("Shift templates")), html.Div(className="bar-space"), example, new if edits else None],
                className="rosters-day-head",
            ),
            table(heads, lines, className="plain")
            if rows
            else html.P(_("There are no shift templates yet."), className="dim"),
        ],
        className="panel",
    )


def line(n: int, one: dict[str, Any], *, edits: bool) -> Any:
    what = {"what": "template", "id": one["id"]}
    edit = html.Button(_("Edit"), className="quiet", type="button", **opens(what)) if edits else None
    return html.Tr(
        [
            html.Td(str(n)),
            html.Th(block({**one, "away": [], "note": ""}), scope="row"),
            html.Td(times(one)),
            html.Td(rests(one) or NONE),
            html.Td(f"{number(one['paid_h'], 2)} {_('h')}"),
            html.Td(", ".join(one["skills"]) or NONE),
            html.Td(edit),
        ]
    )


def rests(one: Mapping[str, Any]) -> str:
    def said(rest: list[Any]) -> str:
        if len(rest) > 2:
            return _("{n} min in {from}–{to}", **{"n": rest[2], "from": rest[0], "to": rest[1]})
        return f"{rest[0]}–{rest[1]}"

    return _(", ").join(map(said, one["rests"]))
