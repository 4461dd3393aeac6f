"""The frame of the rosters: period, views, dialogs. The address says what is shown.

Only the grid itself is drawn by a script (``assets/rosters_grid.js``): keys, dragging, forty rows.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from dash import dcc, html

from core.i18n import N_, _
from core.people.users import User
from core.rights import Right, Scope
from core.web.auth import require
from dashboards.components import dialog
from dashboards.components.address import choice, go
from dashboards.components.live import figure
from dashboards.components.words import weekdays
from dashboards.pages.rosters import adherence, cover, day, forecast, ids, own, proposal, queries, rules, tasks
from dashboards.pages.rosters.parts import short, weekday
from dashboards.pages.rosters.queries import Around
from dashboards.pages.rosters.selection import Selection, selection_of
from dashboards.pages.rosters.words import script_words
from dashboards.session import user

VIEWS = (
    ("grid", N_("Roster")),
    ("forecast", N_("Forecast")),
    ("proposal", N_("Proposal")),
    ("adherence", N_("Adherence")),
    ("tasks", N_("To decide")),
    ("rules", N_("Rules")),
)
OWN_VIEWS = (("own", N_("My roster")), ("adherence", N_("Adherence")))
# Those that need everybody's plans; those without a period, and those by group.
PLANNING = ("grid", "forecast", "proposal", "tasks", "rules")
NO_PERIOD = ("proposal", "tasks", "rules")
BY_GROUP = ("grid", "adherence")


def views_of(me: User) -> tuple[tuple[str, str], ...]:
    return VIEWS if me.scope(Right.ROSTERS) is Scope.ALL else OWN_VIEWS


def selection_now(given: Any) -> Selection:
    """What the address asks for, of what this person may look at; ``given`` may come from a browser."""
    names = tuple(name for name, _caption in views_of(user()))
    return selection_of(given if isinstance(given, dict) else {}, names, queries.rooms().today())


async def body(asked: Selection) -> Any:
    """What ``ids.BODY`` holds: a view that is drawn here, or the grid's coverage."""
    if asked.view in PLANNING:
        require(Right.ROSTER_PLANS)
    if asked.view == "forecast":
        return await forecast.view(asked, await queries.around())
    if asked.view == "adherence":
        return await adherence.view(asked, None)
    if asked.view == "proposal":
        return await proposal.view(await queries.around())
    if asked.view == "tasks":
        return await tasks.view()
    if asked.view == "rules":
        return await rules.view()
    if asked.view == "own":
        return await own.view(asked)
    return await day.view(asked, await queries.around()) if asked.day else await cover.cover(asked)


async def layout(**parameters: Any) -> Any:
    me = user()
    asked, around = selection_now(parameters), await queries.around()
    served = asked.view != "grid" or asked.day is not None
    content = await body(asked) if served else None
    about = {
        "words": script_words(),
        "view": asked.view,
        "first": asked.first.isoformat(),
        "edits": me.may(Right.ROSTER_EDITS),
        "agent": views_of(me) is OWN_VIEWS,
        "extension": me.extension,
        "queues": dict(around.queues),
        "weekdays": weekdays(),
    }

    def drawn() -> Any:
        inside = content() if callable(content) else content
        return html.Div(
            [
                html.Div(id=ids.ABOUT, hidden=True, **{"data-rosters": json.dumps(about, ensure_ascii=False)}),
                head(asked, around, views_of(me)),
                html.P(id=ids.ERROR, className="rosters-error", role="alert"),
                html.P(className="rosters-error live", role="alert", **{"data-live": "act-error"}),
                html.P(className="rosters-said live", role="status", **{"data-live": "rosters-said"}),
                html.Div(inside, id=ids.BODY, className="rosters-view") if served else framed(),
                *dialog.place(ids.PAGE),
                dcc.Store(id=ids.ASKED, data=dict(asked.given)),
                dcc.Store(id=ids.SEEN),
            ],
            className="rosters",
            **{"data-page": "rosters"},
        )

    return drawn


def framed() -> Any:
    """The grid's place, which a script draws in, with the coverage under it; another kind of element than the other
    views' place, so that Dash never takes one for the other."""
    strip = html.Div(id=ids.BODY, className="rosters-cover", **{"data-box": "cover"})
    return html.Article(
        [
            html.Section(**{"data-box": "notes"}),
            html.Div([html.Section(**{"data-box": "view"}), strip], className="rosters-scroll"),
            html.Section(**{"data-box": "keys"}),
        ],
        className="rosters-view",
    )


def head(asked: Selection, around: Around, views: tuple[tuple[str, str], ...]) -> Any:
    """Views, period, group, and what is only of a view."""
    agent = views is OWN_VIEWS
    groups = sorted({one.group for one in around.installation.agents.values() if one.group})
    tools = {"forecast": lambda: forecast.tools(asked, around), "own": own.tools}.get(asked.view, list)()
    parts = [
        html.Div([tab(asked, views, name, caption) for name, caption in views], className="rosters-tabs"),
        html.Div(steps(asked), className="rosters-steps", hidden=asked.view in NO_PERIOD),
        html.Div(
            choice("group", _("Group"), [("", _("all groups")), *((one, one) for one in groups)], asked.group),
            hidden=agent or asked.view not in BY_GROUP,
        ),
        html.Div(className="bar-space"),
        html.Div(tools, className="rosters-tools")
        if tools
        else html.Span(className="rosters-tools", **{"data-box": "tools"}),
        html.Span(_("Demo data"), className="tag-demo") if around.installation.demo else None,
    ]
    return html.Div(parts, className="rosters-head")


def tab(asked: Selection, views: tuple[tuple[str, str], ...], name: str, caption: str) -> Any:
    first = views[0][0]
    kept = {key: value for key, value in asked.given.items() if key in ("from", "group")}
    there = Selection(name, kept, asked.today)
    return html.Span(
        go(
            [_(caption), figure(f"count-{name}", "rosters-badge")],
            there.link(view=None if name == first else name),
            className="rosters-tab",
        ),
        **{"data-view": name, "aria-current": "page" if name == asked.view else "false"},
    )


def steps(asked: Selection) -> list[Any]:
    def step(sign: str, label: str, days: int) -> Any:
        to = str(asked.first + timedelta(days=days)) if days else None
        return go(sign, asked.link(first=to, day=None), className="bar-button rosters-link", title=label)

    first, last = asked.days[0], asked.days[-1]
    return [
        step("‹", _("Earlier"), -7),
        step(_("This week"), _("This week"), 0),
        step("›", _("Later"), 7),
        html.B(f"{short(first)} {weekday(first)} – {short(last)} {weekday(last)}", className="rosters-period"),
    ]
