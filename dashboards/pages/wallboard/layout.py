"""What stands where on the wall; every figure is written by ``assets/wall.js``."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.live import figure, icon
from dashboards.theme import STATES


def layout(**_parameters: Any) -> Any:
    return html.Div(
        [
            html.Div(className="wall-banner live", role="alert", **{"data-live": "banner"}),
            head(),
            html.Div(
                [
                    hero("calls", _("Calls now"), _("calls"), "/calls?state=open"),
                    hero("waiting", _("Waiting"), _("callers"), "/calls?state=open"),
                    hero("longest", _("Longest wait"), "", "/calls?state=open"),
                    hero(
                        "service", _("Service level today"), "%", "/calls?day=today&outcome=answered", _("target 80 %")
                    ),
                    hero("abandon", _("Abandon rate today"), "%", "/calls?day=today&outcome=abandoned", _("limit 5 %")),
                ],
                className="wall-heroes",
            ),
            seats(),
            html.Div([arrivals(), side()], className="wall-lower"),
        ],
        className="wall",
        **{"data-scheme": "dark", "data-page": "wall"},
    )


def head() -> Any:
    return html.Div(
        [
            html.Span(className="drop"),
            figure("site", "wall-site"),
            figure("demo", "wall-demo"),
            html.Div(className="bar-space"),
            figure("freshness", "fresh"),
            figure("date", "wall-date"),
            figure("clock", "wall-clock"),
        ],
        className="wall-head",
    )


def hero(key: str, title: str, unit: str, href: str, target: str = "") -> Any:
    return html.A(
        [
            html.Div([html.B(title), html.Span(target, className="wall-target")], className="wall-title"),
            html.Div([figure(key, "wall-figure"), html.Span(unit, className="wall-unit")], className="wall-value"),
            figure(f"{key}-note", "wall-note"),
        ],
        href=href,
        className="wall-panel wall-hero",
        **{"data-hero": key},
    )


def seats() -> Any:
    groups = [
        html.Div(
            [
                html.Div([icon(state), html.B(_(state.word)), figure(f"seats-{state.code}", "wall-count")]),
                html.Div(className="wall-blocks", **{"data-blocks": state.code}),
            ],
            className="wall-seat-group",
            **{"data-state": state.code},
        )
        for state in STATES
    ]
    total = html.Div([html.B(_("Seats")), figure("seats", "wall-count")], className="wall-seat-total")
    return html.Div([total, *groups], className="wall-panel wall-seats")


def arrivals() -> Any:
    return html.Div(
        [
            html.Div(
                [
                    html.B(_("Calls every 15 minutes")),
                    figure("arrivals-note", "wall-note"),
                    html.Div(className="bar-space"),
                    html.Span([html.I(className="key-bar"), _("today")], className="wall-key"),
                    html.Span([html.I(className="key-line"), _("same weekday last week")], className="wall-key"),
                ],
                className="wall-title",
            ),
            html.Div(className="wall-chart", role="img", **{"data-chart": "arrivals"}),
        ],
        className="wall-panel wall-arrivals",
    )


def side() -> Any:
    columns = (_("Queue"), _("waiting"), _("longest"), _("ready / staffed"), _("service level"))
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.Span(column) for column in columns], className="wall-row wall-row-head"),
                    html.Div(className="wall-rows", **{"data-rows": "queues"}),
                ],
                className="wall-panel wall-queues",
            ),
            html.Div(
                [
                    html.Div([html.B(_("Today")), figure("today-note", "wall-note")], className="wall-title"),
                    html.Div(
                        [
                            fact("answered", _("answered")),
                            fact("abandoned", _("abandoned")),
                            fact("redirected", _("redirected")),
                            fact("ivr_only", _("self-service")),
                            fact("asa", _("mean wait")),
                            fact("hour", _("last hour")),
                        ],
                        className="wall-facts",
                    ),
                ],
                className="wall-panel",
            ),
        ],
        className="wall-side",
    )


def fact(key: str, caption: str) -> Any:
    return html.Div([figure(f"today-{key}", "wall-fact"), html.Span(caption)], className="wall-fact-box")
