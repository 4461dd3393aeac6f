"""What stands where on the wall; every figure is written by ``assets/wall.js``."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import _
from core.installation.limits import limits
from core.rights import Right
from dashboards.components import notices
from dashboards.components.live import figure, icon
from dashboards.pages.wallboard import links, screens, targets
from dashboards.pages.wallboard.links import link
from dashboards.pages.wallboard.words import script_words
from dashboards.session import user, web
from dashboards.theme import STATES


async def layout(**_parameters: Any) -> Any:
    # A wall without rights to calls has nothing to click on.
    opens, steers = user().may(Right.CALLS), user().may(Right.STEER)
    found = await web().in_session(limits)
    told = {"words": script_words(), "targets": targets.as_data(found), "opens": opens, "orders": links.ORDERS}
    service, abandon = targets.percent(found["service"].warn), targets.percent(found["abandon"].warn)
    return html.Div(
        [
            html.H1(_("Wallboard"), className="unseen"),
            html.Div(className="wall-banner live", role="alert", **{"data-live": "banner"}),
            html.Div([head(steers=steers), notices.standing()], className="wall-top"),
            html.Div(
                [
                    hero("calls", _("Calls now"), _("lines"), opens=opens),
                    hero("waiting", _("Waiting"), _("callers"), opens=opens),
                    hero("longest", _("Longest wait"), "", opens=opens),
                    hero("service", _("Service level"), "%", _("goal {share}", share=service), opens=opens),
                    hero("abandon", _("Abandon rate"), "%", _("max {share}", share=abandon), opens=opens),
                ],
                className="wall-heroes",
            ),
            seats(opens=opens),
            html.Div(
                [panes("left", arrivals(opens=opens), reports(opens=opens)), side(opens=opens)], className="wall-lower"
            ),
            screens.dialog() if steers else None,
        ],
        className="wall",
        **{"data-scheme": "dark", "data-page": "wall", "data-wall": json.dumps(told, ensure_ascii=False)},
    )


def head(*, steers: bool) -> Any:
    return html.Div(
        [
            html.Span(className="drop"),
            figure("site", "wall-site"),
            figure("demo", "wall-demo"),
            html.Div(className="bar-space"),
            screens.button() if steers else None,
            html.Span(
                figure("freshness"),
                className="fresh",
                role="status",
            ),
            figure("date", "wall-date"),
            figure("clock", "wall-clock"),
        ],
        className="wall-head",
    )


def box(key: str, children: list[Any], classes: str, *, opens: bool, **attributes: Any) -> Any:
    """A figure with its title; a link where there are rows behind it and this person may see them."""
    if opens and links.opens(key):
        return html.A(children, href=link(key), className=classes, **attributes)
    return html.Div(children, className=classes, **attributes)


def hero(key: str, title: str, unit: str, target: str = "", *, opens: bool) -> Any:
    parts = [
        html.Div(
            [
                html.B(title),
                figure(f"{key}-period", "wall-period"),
                html.Span(target, className="wall-target live", **{"data-live": f"{key}-target", "data-usual": target}),
            ],
            className="wall-title",
        ),
        html.Div([figure(key, "wall-figure"), html.Span(unit, className="wall-unit")], className="wall-value"),
        figure(f"{key}-note", "wall-note"),
    ]
    return box(key, parts, "wall-panel wall-hero", opens=opens, **{"data-hero": key, "data-hover": key})


def seats(*, opens: bool) -> Any:
    groups = [
        box(
            f"seats-{state.code}",
            [
                html.Div([icon(), html.B(_(state.word)), figure(f"seats-{state.code}", "wall-count")]),
                html.Div(className="wall-blocks", **{"data-blocks": state.code}),
            ],
            "wall-seat-group",
            opens=opens,
            **{"data-state": state.code, "data-hover": f"seats-{state.code}"},
        )
        for state in STATES
    ]
    total = html.Div([html.B(_("Seats")), figure("seats", "wall-count")], className="wall-seat-total")
    return html.Div([total, *groups], className="wall-panel wall-seats")


def arrivals(*, opens: bool) -> Any:
    title = [html.B(_("Calls every 15 minutes")), figure("arrivals-note", "wall-note")]
    return html.Div(
        [
            html.Div(
                [
                    box("arrivals", title, "wall-plain-link", opens=opens, **{"data-hover": "arrivals"}),
                    html.Div(className="bar-space"),
                    html.Span([html.I(className="key-bar"), _("today")], className="wall-key"),
                    html.Span([html.I(className="key-line"), figure("last-weekday")], className="wall-key"),
                ],
                className="wall-title",
            ),
            html.Div(className="wall-chart", role="img", **{"data-chart": "arrivals"}),
        ],
        className="wall-panel wall-arrivals",
    )


def panes(place: str, *those: Any) -> Any:
    """One in the place of another, in turn: what stands still for days burns itself into the screen."""
    return html.Div(
        [html.Div(pane, className="wall-pane", **{"data-pane": n}) for n, pane in enumerate(those)],
        className="wall-panes",
        **{"data-panes": place},
    )


def reports(*, opens: bool) -> Any:
    """Today's orders and where they are."""

    def counted(key: str, caption: str) -> Any:
        return box(
            key,
            [figure(key, "wall-order-count"), html.Span(caption)],
            "wall-order-box",
            opens=opens,
            **{"data-hover": key, "data-order-count": key},
        )

    return html.Div(
        [
            html.Div(
                [
                    html.B(_("Orders today")),
                    counted("orders-opened", _("opened")),
                    counted("orders-closed", _("done")),
                    # Of all that are open, whenever they were opened: not of today.
                    html.Div(counted("orders-overdue", _("overdue now")), className="wall-apart"),
                    html.Div(className="bar-space"),
                    figure("reports-note", "wall-note"),
                    unplaced(opens=opens),
                ],
                className="wall-title",
            ),
            html.Div(className="wall-map", role="group", **{"data-map": "reports", "aria-label": _("Orders today")}),
            html.Div(
                [
                    html.Div([html.B(_("In time")), html.Span(_("due today"))], className="wall-kept-title"),
                    html.Div(className="wall-kept-list", **{"data-kept": "milestones"}),
                ],
                className="wall-kept",
            ),
        ],
        className="wall-panel wall-arrivals wall-orders",
    )


def unplaced(*, opens: bool) -> Any:
    """The script sets the link: without any there is nothing to open."""
    note = figure("reports-unplaced", "wall-note")
    return html.A(note) if opens else note


def shares() -> Any:
    """The day's orders by what they are about and by district."""
    return html.Div(
        [share("categories", _("By category")), share("districts", _("By district"))],
        className="wall-day wall-shares",
    )


def share(key: str, title: str) -> Any:
    captions = [html.Span(caption) for caption in (_("new"), _("done"), _("late now"))]
    head = html.Div([html.B(title), html.I(), *captions], className="wall-bar-row wall-bar-head")
    return html.Div([head, html.Div(className="wall-bars", **{"data-bars": key})], className="wall-panel")


def side(*, opens: bool) -> Any:
    columns = (_("Queue"), _("waiting"), _("longest"), _("ready / duty"), _("in time today"))
    facts = (
        ("offered", _("offered"), _("calls")),
        ("answered", _("answered"), _("calls")),
        ("abandoned", _("abandoned"), _("calls")),
        ("redirected", _("redirected"), _("calls")),
        ("ivr_only", _("self-service"), _("calls")),
        ("asa", _("mean wait"), ""),
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.Span(column) for column in (*columns, "")], className="wall-row wall-row-head"),
                    html.Div(className="wall-rows", **{"data-rows": "queues"}),
                ],
                className="wall-panel wall-queues",
            ),
            panes(
                "right",
                html.Div(
                    [
                        html.Div(
                            [
                                html.Div(
                                    [html.B(_("Today")), figure("today-note", "wall-note")], className="wall-title"
                                ),
                                html.Div([fact(*one, opens=opens) for one in facts], className="wall-facts"),
                            ],
                            className="wall-panel wall-today",
                        ),
                        last_hour(opens=opens),
                    ],
                    className="wall-day",
                ),
                shares(),
            ),
        ],
        className="wall-side",
    )


def fact(key: str, caption: str, unit: str, *, opens: bool) -> Any:
    parts = [html.Span(caption), figure(f"today-{key}", "wall-fact"), html.Span(unit, **{"data-live": f"unit-{key}"})]
    return box(key, parts, "wall-fact-box", opens=opens, **{"data-hover": f"today-{key}"})


def last_hour(*, opens: bool) -> Any:
    """This hour's calls against the same hour of the same weekday; the script sets the link, which moves on."""
    parts = [
        html.Div([html.B(_("Last hour"))], className="wall-title"),
        html.Div(
            [
                figure("hour", "wall-hour"),
                html.Span(_("calls"), className="wall-hour-unit"),
            ],
        ),
        figure("hour-change", "wall-hour-change"),
        figure("hour-then", "wall-hour-then"),
    ]
    attributes = {"data-hover": "hour", "data-hour": "1"}
    if opens:
        return html.A(parts, href=link("arrivals"), className="wall-panel wall-last-hour", **attributes)
    return html.Div(parts, className="wall-panel wall-last-hour", **attributes)
