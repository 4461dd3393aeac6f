"""What stands where on the floor: figures on top, seats and waiting calls left, the chosen call and alerts right.

Whatever acts stands in a ``fieldset`` marked ``data-acts``: the script switches it off while the figures are not live.
"""

from __future__ import annotations

import json
from typing import Any

from dash import html
from sqlalchemy.orm import Session

from core.i18n import _, called
from core.installation.definition import Installation
from core.installation.limits import Limit, limits, limits_json
from core.installation.service import load_installation
from core.installation.steering import display_names
from core.rights import Right
from dashboards.components import alerts, dialog
from dashboards.components.live import figure, icon
from dashboards.pages.floor.chosen import chosen
from dashboards.pages.floor.ids import ABOUT, PAGE
from dashboards.pages.floor.words import script_words
from dashboards.session import user, web
from dashboards.theme import STATES

WAITING_COLUMNS = ("place", "queue", "caller", "area", "contacts", "bar", "wait", "acts")


async def layout(**_parameters: Any) -> Any:
    me = user()
    installation, names, found = await web().in_session(_read)
    about = {
        "words": script_words(),
        "limits": limits_json(found),
        "queues": {queue.id: called(queue) for queue in installation.queues.values()},
        "names": names,
        "extension": me.extension,
        "steers": me.may(Right.STEER),
    }
    return html.Div(
        [
            html.Div(id=ABOUT, hidden=True, **{"data-floor": json.dumps(about, ensure_ascii=False)}),
            strip(),
            html.P(className="floor-stale live", role="status", **{"data-live": "floor-stale"}),
            html.Div(
                [
                    html.Div(
                        [seats(installation, sets=me.may(Right.LIMITS), steers=me.may(Right.STEER)), waiting()],
                        className="floor-left",
                    ),
                    html.Div(
                        [
                            chosen(),
                            html.Div(acts([alerts.panel()]), className="panel floor-alerts"),
                        ],
                        className="floor-right",
                    ),
                ],
                className="floor-main",
            ),
            *dialog.place(PAGE),
        ],
        className="floor",
        **{"data-page": "floor"},
    )


def _read(session: Session) -> tuple[Installation, dict[str, str], dict[str, Limit]]:
    """The site, what people are called by their log-in names, and the limits."""
    return load_installation(session), display_names(session), limits(session)


def acts(children: list[Any], classes: str = "") -> Any:
    return html.Fieldset(children, className=f"floor-fieldset {classes}".strip(), **{"data-acts": "1"})


def strip() -> Any:
    """The day in figures, who is planned now, and seats by state, each a filter of the seats below."""
    return html.Div(
        [
            number("calls", _("Calls now"), _("calls"), "/calls?state=open"),
            number("waiting", _("Waiting"), _("callers"), "/calls?state=waiting"),
            number("longest", _("Longest wait"), "", "/calls?state=waiting"),
            number("menu", _("Self-service"), _("callers"), "/calls?state=ivr"),
            number("service", _("Service today"), "%", "/calls?day=today&visit=counted"),
            number("lately", _("Last 15 min"), "%", "/calls?day=today&visit=ended"),
            number("abandon", _("Abandoned today"), "%", "/calls?day=today&visit=abandoned"),
            number("aht", _("Handling today"), "", "/calls?day=today&outcome=answered"),
            html.A(
                [
                    figure("shift-name", "floor-caption"),
                    html.Span(
                        [figure("shift", "floor-figure"), html.Span(_("here"), className="floor-unit")],
                        className="floor-value",
                    ),
                ],
                href="/rosters",
                className="floor-number",
                **{"data-box": "shift"},
            ),
            html.Div(className="bar-space"),
            *[
                html.Button(
                    [
                        html.Span(_(state.word), className="floor-caption"),
                        icon(),
                        figure(f"count-{state.code}", "floor-count"),
                    ],
                    className="floor-state",
                    type="button",
                    **{"data-state": state.code, "data-only": state.code, "aria-pressed": "false"},
                )
                for state in STATES
            ],
        ],
        className="floor-strip",
    )


def number(key: str, caption: str, unit: str, href: str) -> Any:
    value = html.Span([figure(key, "floor-figure"), html.Span(unit, className="floor-unit")], className="floor-value")
    return html.A(
        [html.Span(caption, className="floor-caption"), value], href=href, className="floor-number", **{"data-box": key}
    )


def seats(installation: Installation, *, sets: bool, steers: bool) -> Any:
    groups = sorted({agent.group for agent in installation.agents.values() if agent.group})
    queues = [html.Option(called(queue), value=queue.id) for queue in installation.queues.values()]
    orders = [html.Option(_("by seat"), value="seat"), html.Option(_("what hurts first"), value="hurts")]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Seats")),
                    html.Span(_("Demo data"), className="tag-demo") if installation.demo else None,
                    choice("group", _("Group"), [html.Option(_("all groups"), value=""), *map(html.Option, groups)]),
                    choice("queue", _("Queue"), [html.Option(_("all queues"), value=""), *queues]),
                    choice("sort", _("Order"), orders),
                    html.Div(className="bar-space"),
                    acts(
                        [
                            opener("limits", _("Limits")) if sets else None,
                            *(
                                [opener("message", _("Message")), opener("announcement", _("Announcement"))]
                                if steers
                                else []
                            ),
                        ]
                    ),
                ],
                className="floor-tools",
            ),
            html.Div(className="floor-seats", **{"data-box": "seats"}),
        ],
        className="panel floor-seat-panel",
        **{"aria-label": _("Seats")},
    )


def choice(name: str, caption: str, options: list[Any]) -> Any:
    return html.Select(options, className="field", **{"aria-label": caption, f"data-{name}": "1"})


def opener(what: str, caption: str) -> Any:
    attributes = {"data-dialog": what, **dialog.opens({"what": what})}
    return html.Button(caption, className="bar-button", type="button", **attributes)


def waiting() -> Any:
    columns = ("", _("Queue"), _("Caller"), _("Area"), _("Contacts"), _("Waits"), "", "")
    return html.Section(
        acts(
            [
                html.Div(
                    [
                        html.H2(_("Waiting calls")),
                        figure("waiting-count", "floor-count"),
                        html.Span(className="dim live", **{"data-live": "menu-note"}),
                    ],
                    className="floor-tools",
                ),
                html.Div(
                    className="floor-queues",
                    tabIndex=0,
                    role="group",
                    **{"data-box": "queues", "aria-label": _("Queues")},
                ),
                html.Div(
                    html.Table(
                        [
                            # Widths of its own, so that the head stands where it stands with and without rows.
                            html.Colgroup([html.Col(className=f"floor-col-{name}") for name in WAITING_COLUMNS]),
                            html.Thead(html.Tr([html.Th(column) for column in columns])),
                            html.Tbody(**{"data-box": "waiting-rows"}),
                        ],
                        className="floor-table",
                    ),
                    className="floor-scroll",
                    # A list that scrolls can be scrolled with the keyboard, too.
                    tabIndex=0,
                    role="group",
                    **{"aria-label": _("Waiting calls")},
                ),
                html.P(className="floor-empty live", **{"data-live": "waiting-none"}),
            ],
            "floor-column",
        ),
        className="panel floor-waiting-panel",
        **{"aria-label": _("Waiting calls")},
    )
