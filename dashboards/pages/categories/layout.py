"""The page: the tree of categories, below it the kinds of breaks; each with what was retired of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from core.i18n import _
from dashboards.components import dialog
from dashboards.components.form import Act, act
from dashboards.components.words import local
from dashboards.pages.categories import ids, queries
from dashboards.pages.categories.queries import Row
from dashboards.pages.categories.words import URGENCIES
from dashboards.session import web

CATEGORIES, BREAKS = "/api/v1/categories", "/api/v1/break-reasons"


async def layout(**_parameters: Any) -> Any:
    return html.Div(
        [
            html.H1(_("Categories"), className="unseen"),
            html.P(className="form-error live", role="alert", **{"data-live": "act-error"}),
            html.Div(await body(), id=ids.BODY, className="categories-body"),
            *dialog.place(ids.PAGE),
        ],
        className="page categories",
    )


async def body() -> list[Any]:
    found = await queries.read()
    return [tree(found.categories), breaks(found.breaks)]


# --- the tree --------------------------------------------------------------------------------------------------


def tree(found: Row) -> Any:
    rows = queries.in_tree(found["items"])
    titles = (_("Category"), _("English"), _("Urgency"), _("On the spot"), _("Open orders"), _("Changed"), "")
    told = _(
        "What wrap-ups, orders and QA choose from. A new name shows at once, also for calls and orders of the past; "
        "what is retired can no longer be chosen."
    )
    return html.Section(
        [
            head(_("Categories"), _("{n} categories", n=len(rows)), missing(rows), _("New category"), "category"),
            html.P(told, className="dim"),
            table(titles, [category(one) for one in rows]),
            retired(found["retired"], CATEGORIES, "path"),
        ],
        className="panel",
        **{"data-tree": "1"},
    )


def category(one: Row) -> Any:
    below = {"className": "categories-below"} if one["parent"] else {}
    link = f"/orders?{urlencode({'now': 'open', 'category': one['id']})}"
    cells = [
        html.Td(
            [html.Span(one["name"], **below), *([] if one["chosen"] else [html.Span(_("group"), className="tag")])]
        ),
        html.Td(english(one)),
        html.Td(_(URGENCIES[one["urgency"]])),
        html.Td(_("yes") if one["immediate"] else "—"),
        html.Td(html.A(str(one["open_orders"]), href=link) if one["open_orders"] else "0", className="number"),
        html.Td(changed(one), className="dim"),
        html.Td(tools(one, CATEGORIES, "category", goes(one))),
    ]
    return html.Tr(cells, **{"data-category": one["id"]})


def goes(one: Row) -> str:
    if one["open_orders"]:
        return _(
            "Press again: {name} can no longer be chosen; its {n} open orders go on",
            name=one["name"],
            n=one["open_orders"],
        )
    return _("Press again: {name} can no longer be chosen", name=one["name"])


# --- kinds of breaks -------------------------------------------------------------------------------------------


def breaks(found: Row) -> Any:
    rows = found["items"]
    return html.Section(
        [
            head(_("Kinds of breaks"), _("{n} kinds", n=len(rows)), missing(rows), _("New kind of break"), "break"),
            html.P(_("What agents choose from when they go on a break."), className="dim"),
            table((_("Kind"), _("English"), _("Changed"), ""), [reason(one) for one in rows]),
            retired(found["retired"], BREAKS, "name"),
        ],
        className="panel",
        **{"data-breaks": "1"},
    )


def reason(one: Row) -> Any:
    sure = _("Press again: {name} can no longer be chosen", name=one["name"])
    cells = [
        html.Td(one["name"]),
        html.Td(english(one)),
        html.Td(changed(one), className="dim"),
        html.Td(tools(one, BREAKS, "break", sure)),
    ]
    return html.Tr(cells, **{"data-break": one["id"]})


# --- what both have --------------------------------------------------------------------------------------------


def head(title: str, count: str, without: int, new: str, what: str) -> Any:
    said = [html.Span(_("{n} without an English name", n=without), className="tag-demo")] if without else []
    opener = html.Button(new, type="button", className="primary", **dialog.opens({"what": what}))
    parts = [html.H2(title), html.Span(count, className="dim"), *said, html.Span(className="bar-space"), opener]
    return html.Div(parts, className="categories-head")


def missing(rows: Sequence[Row]) -> int:
    return sum(1 for one in rows if not one["name_en"])


def table(titles: Sequence[str], rows: list[Any]) -> Any:
    top = html.Thead(html.Tr([html.Th(text, scope="col") for text in titles]))
    return html.Div(html.Table([top, html.Tbody(rows)], className="plain"), className="categories-scroll", tabIndex=0)


def english(one: Row) -> Any:
    return one["name_en"] or html.Span(_("none yet"), className="tag-demo")


def changed(one: Row) -> str:
    if not one["changed_by"]:
        return _("as shipped")
    return f"{one['changed_by']} · {local(one['changed_at'], web().settings.timezone, '%Y-%m-%d %H:%M')}"


def tools(one: Row, path: str, what: str, sure: str) -> list[Any]:
    opener = {"data-change": one["id"], **dialog.opens({"what": what, "id": one["id"]})}
    gone = Act(_("Retire"), "DELETE", f"{path}/{one['id']}?version={one['version']}", confirm=sure, sends=False)
    return [
        html.Button(_("Change"), type="button", className="quiet", **opener),
        act(gone, className="quiet", **{"data-retire": one["id"]}),
    ]


def retired(found: Sequence[Row], path: str, name: str) -> Any:
    """Folded up: seldom looked for."""
    if not found:
        return None
    rows = [
        html.Li(
            [
                html.Span(one[name]),
                act(Act(_("Bring back"), "POST", f"{path}/{one['id']}/restore", sends=False), className="quiet"),
            ],
            **{"data-retired": one["id"]},
        )
        for one in found
    ]
    return html.Details([html.Summary(_("{n} retired", n=len(found))), html.Ul(rows)], className="categories-retired")
