"""The frame of the rosters: period, views, dialogs. What stands inside is drawn by ``assets/rosters*.js``."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import N_, _
from core.people.site_service import load_site
from core.rights import Right, Scope
from core.site import Site
from dashboards.components.live import figure
from dashboards.pages.rosters.ids import ABOUT
from dashboards.pages.rosters.words import reasons, script_words, weekdays
from dashboards.session import user, web

VIEWS = (
    ("grid", N_("Roster")),
    ("forecast", N_("Forecast")),
    ("proposal", N_("Proposal")),
    ("adherence", N_("Adherence")),
    ("tasks", N_("To decide")),
    ("rules", N_("Rules")),
)
OWN_VIEWS = (("own", N_("My roster")), ("adherence", N_("Adherence")))


async def layout(**_parameters: Any) -> Any:
    me = user()
    site = await web().in_session(load_site)
    agent = me.scope(Right.ROSTERS) is not Scope.ALL
    views = OWN_VIEWS if agent else VIEWS
    about = {
        "words": script_words(),
        "views": [name for name, _caption in views],
        "edits": me.may(Right.ROSTER_EDITS),
        "agent": agent,
        "extension": me.extension,
        "queues": {queue.id: queue.name for queue in site.queues.values()},
        "leave_reasons": reasons(),
        "weekdays": weekdays(),
    }
    return html.Div(
        [
            html.Div(id=ABOUT, hidden=True, **{"data-rosters": json.dumps(about, ensure_ascii=False)}),
            head(site, views, agent=agent),
            html.P(className="rosters-error live", role="alert", **{"data-live": "rosters-error"}),
            html.P(className="rosters-said live", role="status", **{"data-live": "rosters-said"}),
            html.Div(className="rosters-view", **{"data-box": "view"}),
        ],
        className="rosters",
        **{"data-page": "rosters"},
    )


def head(site: Site, views: tuple[tuple[str, str], ...], *, agent: bool) -> Any:
    """Period, group and views; what is not of a view is hidden by the script."""
    groups = sorted({one.group for one in site.agents.values() if one.group})
    return html.Div(
        [
            html.Div(
                [
                    html.Button(
                        [_(caption), figure(f"count-{name}", "rosters-badge")],
                        className="rosters-tab",
                        type="button",
                        **{"data-view": name, "aria-pressed": "false"},
                    )
                    for name, caption in views
                ],
                className="rosters-tabs",
                role="group",
                **{"aria-label": _("View")},
            ),
            html.Div(
                [
                    html.Button(
                        "‹", className="bar-button", type="button", **{"data-step": "-7", "aria-label": _("Earlier")}
                    ),
                    html.Button(_("This week"), className="bar-button", type="button", **{"data-step": "0"}),
                    html.Button(
                        "›", className="bar-button", type="button", **{"data-step": "7", "aria-label": _("Later")}
                    ),
                    html.B(className="live rosters-period", **{"data-live": "rosters-period"}),
                ],
                className="rosters-steps",
                **{"data-box": "steps"},
            ),
            html.Select(
                [html.Option(_("all groups"), value=""), *[html.Option(one, value=one) for one in groups]],
                className="field",
                hidden=agent,
                **{"aria-label": _("Group"), "data-group": "1"},
            ),
            html.Div(className="bar-space"),
            html.Div(className="rosters-tools", **{"data-box": "tools"}),
            html.Span(_("Demo data"), className="tag-demo") if site.demo else None,
        ],
        className="rosters-head",
    )
