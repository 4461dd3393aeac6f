"""What stands where on the floor: figures on top, seats and waiting calls left, the chosen call and alerts right."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import N_, _
from core.people.site_service import load_site
from core.people.users import Role
from core.site import Site
from dashboards.components import alerts
from dashboards.components.live import figure, icon
from dashboards.pages.floor.dialogs import announcement, message
from dashboards.pages.floor.ids import ABOUT
from dashboards.pages.floor.words import LIMITS_S, reasons, script_words
from dashboards.session import user, web
from dashboards.theme import STATES

# (mode, caption, effect, key)
MODES = (
    ("listen", N_("Listen"), N_("nobody notices"), "F5"),
    ("whisper", N_("Whisper"), N_("only the agent hears you"), "F6"),
    ("barge", N_("Barge in"), N_("all three talk"), "F7"),
    ("take_over", N_("Take over"), N_("the agent leaves"), "F8"),
)


async def layout(**_parameters: Any) -> Any:
    me = user()
    site = await web().in_session(load_site)
    about = {
        "words": script_words(),
        "limits": LIMITS_S,
        "queues": {queue.id: queue.name for queue in site.queues.values()},
        "extension": me.extension,
        "steers": me.role in (Role.SUPERVISOR, Role.ADMIN),
        "break_reasons": list(site.break_reasons),
    }
    return html.Div(
        [
            html.Div(id=ABOUT, hidden=True, **{"data-floor": json.dumps(about, ensure_ascii=False)}),
            strip(),
            html.Div(
                [
                    html.Div([seats(site), waiting()], className="floor-left"),
                    html.Div(
                        [chosen(), html.Div(alerts.panel(), className="panel floor-alerts")], className="floor-right"
                    ),
                ],
                className="floor-main",
            ),
            announcement(site),
            message(site),
        ],
        className="floor",
        **{"data-page": "floor"},
    )


def strip() -> Any:
    """The day in seven figures, and seats by state, each a filter of the seats below."""
    return html.Div(
        [
            number("calls", _("Calls now"), _("calls"), "/calls?state=open"),
            number("waiting", _("Waiting"), _("callers"), "/calls?state=open"),
            number("longest", _("Longest wait"), "", "/calls?state=open"),
            number("service", _("Service level today"), "%", "/calls?day=today&outcome=answered"),
            number("lately", _("Last 15 min"), "%", "/calls?day=today&outcome=answered"),
            number("abandon", _("Abandon rate today"), "%", "/calls?day=today&outcome=abandoned"),
            number("aht", _("Mean handling today"), "", "/calls?day=today&outcome=answered"),
            html.Div(className="bar-space"),
            *[
                html.Button(
                    [icon(), html.Span(_(state.word)), figure(f"count-{state.code}", "floor-count")],
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


def seats(site: Site) -> Any:
    groups = sorted({agent.group for agent in site.agents.values() if agent.group})
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Seats")),
                    html.Span(_("Demo data"), className="tag-demo") if site.demo else None,
                    html.Select(
                        [html.Option(_("all groups"), value=""), *[html.Option(one, value=one) for one in groups]],
                        className="field",
                        **{"aria-label": _("Group"), "data-group": "1"},
                    ),
                    html.Select(
                        [
                            html.Option(_("all queues"), value=""),
                            *[html.Option(queue.name, value=queue.id) for queue in site.queues.values()],
                        ],
                        className="field",
                        **{"aria-label": _("Queue"), "data-queue": "1"},
                    ),
                    html.Select(
                        [
                            html.Option(_("by seat"), value="seat"),
                            html.Option(_("what hurts first"), value="hurts"),
                        ],
                        className="field",
                        **{"aria-label": _("Order"), "data-order": "1"},
                    ),
                    html.Div(className="bar-space"),
                    html.Button(_("Message"), className="bar-button", type="button", **{"data-dialog": "message"}),
                    html.Button(
                        _("Announcement"), className="bar-button", type="button", **{"data-dialog": "announcement"}
                    ),
                ],
                className="floor-tools",
            ),
            html.Div(className="floor-seats", **{"data-box": "seats"}),
        ],
        className="panel floor-seat-panel",
        **{"aria-label": _("Seats")},
    )


def waiting() -> Any:
    columns = (
        "",
        _("Queue"),
        _("Caller"),
        _("Area"),
        _("Contacts"),
        _("Waits"),
        "",
        "",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Waiting calls")),
                    figure("waiting-count", "floor-count"),
                    html.Div(className="bar-space"),
                    html.Div(className="floor-queues", **{"data-box": "queues"}),
                ],
                className="floor-tools",
            ),
            html.Div(
                html.Table(
                    [
                        html.Thead(html.Tr([html.Th(column) for column in columns])),
                        html.Tbody(**{"data-box": "waiting-rows"}),
                    ],
                    className="floor-table",
                ),
                className="floor-scroll",
            ),
            html.P(className="floor-empty live", **{"data-live": "waiting-none"}),
        ],
        className="panel floor-waiting-panel",
        **{"aria-label": _("Waiting calls")},
    )


def chosen() -> Any:
    return html.Section(
        [
            html.Div(className="floor-chosen-head", **{"data-box": "chosen-head"}),
            html.Dl(className="facts floor-facts", **{"data-box": "chosen-facts"}),
            html.Div(
                [
                    html.Label(
                        [
                            html.Span(_("Reason")),
                            html.Select(
                                [html.Option(text, value=text) for text in reasons()],
                                className="field",
                                **{"data-reason": "1"},
                            ),
                        ],
                        className="floor-reason",
                    ),
                    html.Label(
                        [
                            html.Span(_("By")),
                            html.Select(
                                [
                                    html.Option(_("my phone"), value="phone"),
                                    html.Option(_("this browser"), value="browser"),
                                ],
                                className="field",
                                **{"data-by": "1"},
                            ),
                        ],
                        className="floor-reason",
                    ),
                    html.Div(
                        [
                            html.Button(
                                [html.B([_(caption), html.Kbd(key)]), html.Small(_(effect))],
                                className=f"floor-mode {mode}",
                                type="button",
                                disabled=True,
                                **{"data-mode": mode, "aria-pressed": "false"},
                            )
                            for mode, caption, effect, key in MODES
                        ],
                        className="floor-modes",
                    ),
                    html.P(className="floor-note live", **{"data-live": "supervising"}),
                    html.Div(
                        [
                            html.Button(
                                [_("Stop listening"), html.Kbd("Esc")],
                                className="bar-button",
                                type="button",
                                disabled=True,
                                **{"data-stop": "1"},
                            ),
                            html.Select([], className="field", **{"aria-label": _("Move the call"), "data-move": "1"}),
                            html.Select(
                                [
                                    html.Option(_("Force state…"), value=""),
                                    html.Option(_("Ready"), value="ready"),
                                    html.Option(_("Break"), value="break"),
                                    html.Option(_("Offline"), value="offline"),
                                ],
                                className="field",
                                **{"aria-label": _("Force state"), "data-force": "1"},
                            ),
                            html.Button(_("End call"), className="bar-button stop", type="button", **{"data-end": "1"}),
                        ],
                        className="floor-acts",
                    ),
                ],
                className="floor-controls",
                **{"data-box": "controls"},
            ),
            html.P(className="floor-error live", role="alert", **{"data-live": "floor-error"}),
            html.Div(className="floor-links", **{"data-box": "links"}),
        ],
        className="panel floor-chosen-panel",
        **{"aria-label": _("Chosen call")},
    )
