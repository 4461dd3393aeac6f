"""One work order: head, what may be done now, place, clocks, steps as a time line, and the call it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from dash import dcc, html

from core.clock import from_iso, utc_now
from core.errors import HotlineError
from core.i18n import _
from dashboards.components import dialog
from dashboards.components.districts import outlined
from dashboards.components.player import recording
from dashboards.components.words import duration, local, phone, word
from dashboards.pages.orders import acts, ids, story
from dashboards.pages.orders.clocks import clocks
from dashboards.pages.orders.layout import refused
from dashboards.pages.orders.one import OrderView, call_of, read
from dashboards.pages.orders.place_map import Outlines, place_map
from dashboards.pages.orders.words import CHANNELS, FLAGS, URGENCIES
from dashboards.session import user, web

# Longer texts are folded.
SHORT = 200


EVERY_MS = 10_000


async def layout(order_id: str = "", **_parameters: Any) -> Any:
    parts = web()
    try:
        found = await read(parts, user(), order_id)
    except HotlineError as no:
        return partial(refused, no)
    outlines, timezone = await outlined(parts), parts.settings.timezone
    return lambda: html.Div(
        [
            html.Div(whole(found, timezone, outlines), id=ids.BODY),
            *dialog.place(ids.PAGE),
            dcc.Store(id=ids.SEEN),
            dcc.Store(id=ids.SHOWN, data=shown(found.detail)),
            dcc.Interval(id=ids.LOOK, interval=EVERY_MS),
            html.Div(id=ids.SAID, className="unseen", role="status"),
        ],
        className="page order",
    )


def shown(order: dict[str, Any]) -> dict[str, Any]:
    """How the order stood when it was drawn: with a change of it the page is drawn anew."""
    return {name: order[name] for name in ("id", "version", "overdue", "site")}


async def again(found: OrderView, said: str) -> Callable[[], Any]:
    """Everything of the order as it stands now, with what was done here."""
    parts = web()
    whole_order = replace(found, call=await call_of(parts, user(), found.detail["from_call"]))
    outlines = await outlined(parts)
    return lambda: whole(whole_order, parts.settings.timezone, outlines, said)


def whole(found: OrderView, timezone: str, outlines: Outlines, said: str = "") -> Any:
    order = found.detail
    return html.Div(
        [
            heading(order),
            html.P(where(order), className="order-where"),
            acts.buttons(order, said),
            html.Div(
                [
                    html.Div([facts(found, timezone), place(order, outlines)], className="order-column"),
                    html.Div([steps(found, timezone), call(found)], className="order-column"),
                    html.Div(
                        [
                            html.Div([html.H2(_("Clocks")), clocks(order, timezone, utc_now())], className="panel"),
                            merged(order),
                        ],
                        className="order-column",
                    ),
                ],
                className="order-columns",
            ),
            signatures(),
        ]
    )


def signatures() -> Any:
    """At the foot of the printed sheet, for the crew and the customer."""
    lines = (_("Result"), _("Materials used"), _("Signature of the worker"), _("Signature of the customer"), _("Date"))
    return html.Div([html.Div(line) for line in lines], className="order-signatures")


def heading(order: dict[str, Any]) -> Any:
    urgent = order["urgency"] != "normal"
    marks = [
        html.Span(order["state_name"], className="tag order-state"),
        html.Span(order["category"]["name"], className="tag"),
        html.Span(word(URGENCIES, order["urgency"]), className="tag order-urgent") if urgent else None,
        html.Span(_("Overdue"), className="tag due-bad") if order["overdue"] else None,
        *(html.Span(text, className="tag") for text in flags(order)),
        html.Span(_("Demo data"), className="tag-demo") if order["demo"] else None,
    ]
    return html.Div(
        [
            html.A("← " + _("Work orders"), href="/orders", className="quiet"),
            html.H1(order["id"], tabIndex="-1"),
            *(mark for mark in marks if mark is not None),
            html.Span(className="bar-space"),
            html.Button(_("Print"), className="bar-button", type="button", **{"data-print": "1"}),
        ],
        className="call-head",
    )


def flags(order: dict[str, Any]) -> list[str]:
    marked = order["flags"]
    said = [_(FLAGS["supervised"])] if marked["supervised"] else []
    said += [f"{_(FLAGS[name])} {marked[name]}" for name in ("urged", "returned") if marked[name]]
    said += [_(FLAGS["extended"])] if marked["extended_to"] else []
    said += [_("Asked: suspension")] if marked["asked"] == "suspend" else []
    said += [_("Asked: extension")] if marked["asked"] == "extend" else []
    said += [_("round {n}", n=order["round"])] if order["round"] > 1 else []
    return said


def facts(found: OrderView, timezone: str) -> Any:
    order = found.detail
    worker = "" if order["assignee"] == order["site"] else order["assignee_name"]
    customer = order["customer_id"]
    lines: list[tuple[str, Any]] = [
        (_("Address"), where(order)),
        (_("Contact"), order["contact"] or "—"),
        (_("Caller"), caller(order)),
        (_("What is reported"), long(order["summary"] or "—")),
        (_("Customer"), html.A(str(customer), href=f"/orders?customer={customer}&now=all") if customer else "—"),
        (_("Site"), order["site_name"] or "—"),
        (_("Worker"), worker or (_("not assigned yet") if order["open"] else "—")),
        (_("Opened"), local(order["created_at"], timezone, "%Y-%m-%d %H:%M:%S")),
        (_("Opened by"), found.names.people.get(order["created_by"], order["created_by"])),
        (_("Way in"), word(CHANNELS, order["channel"])),
        (_("Due"), local(order["due_at"], timezone)),
        (_("Closed"), local(order["closed_at"], timezone)),
    ]
    if order["diameter_mm"]:
        lines.insert(1, (_("Pipe"), f"DN{order['diameter_mm']}"))
    pairs = [item for name, value in lines for item in (html.Dt(name), html.Dd(value))]
    return html.Div([html.H2(_("Facts")), html.Dl(pairs, className="facts")], className="panel")


def where(order: dict[str, Any]) -> str:
    return " ".join(filter(None, (order["district"], street(order)))) or "—"


def long(text: str) -> Any:
    """A long text shows its beginning until it is asked for; the whole of it can be searched and printed."""
    if len(text) <= SHORT:
        return text
    words = [html.Span(_("show all"), className="more"), html.Span(_("show less"), className="less")]
    more = html.Details(html.Summary(words, className="bar-button"), className="order-more")
    return html.Div([html.Div(text, className="order-long"), more])


def street(order: dict[str, Any]) -> str:
    return str(order["address"] or "").removeprefix(order["district"] or "")


def caller(order: dict[str, Any]) -> Any:
    number = order["caller"]
    if not number or "*" in number:
        return phone(number)
    return html.A(phone(number), href=f"/orders?caller={web().sessions.seal.seal(number)}&now=all")


def place(order: dict[str, Any], outlines: Outlines) -> Any:
    if order["longitude"] is None:
        return html.Div([html.H2(_("Place")), html.P(_("The place is not known."), className="dim")], className="panel")
    at = f"{order['latitude']:.5f}, {order['longitude']:.5f}"
    return html.Div(
        [
            html.H2(_("Place")),
            html.Div(
                place_map(order, outlines), className="order-map", role="img", **{"aria-label": f"{_('Place')}: {at}"}
            ),
            html.P(f"WGS 84 {at}", className="dim order-degrees"),
        ],
        className="panel",
    )


def steps(found: OrderView, timezone: str) -> Any:
    """The newest first: what happened last is what people ask for."""
    events = found.detail["events"]
    before = {one["seq"]: then["at"] for then, one in pairwise(events)}
    rows = [step(one, before.get(one["seq"]), found, timezone) for one in reversed(events)]
    return html.Div([html.H2(_("Steps")), html.Ol(rows, className="order-steps")], className="panel")


def step(one: dict[str, Any], before: str | None, found: OrderView, timezone: str) -> Any:
    flag = one["from"] == one["to"]
    filled = story.filled_in(one, found.definition, found.names, timezone)
    since = _since(before, one["at"])
    details = [
        html.Div([html.B(one["name"]), html.Span("" if flag else f"→ {one['to_name']}", className="dim")]),
        html.Div(
            [story.who(one), *(f" · {text}" for text in (one["assignee_name"], story.where(one)) if text)],
            className="dim",
        ),
        *(html.Div([html.Span(f"{name} ", className="dim"), _shown(value)]) for name, value in filled),
        html.Div(long(one["note"]), className="order-note") if one["note"] else None,
    ]
    return html.Li(
        [
            html.Div([html.Span(local(one["at"], timezone, "%m-%d %H:%M:%S")), html.Span(since, className="dim")]),
            html.Div([part for part in details if part is not None]),
        ],
        className="order-flag" if flag else None,
    )


def _shown(value: str) -> Any:
    """A call is a way to it, everything else a text."""
    call_id = value.removeprefix(story.CALL)
    return html.A(_("Show the call"), href=f"/calls/{call_id}") if call_id != value else long(value)


def _since(before: str | None, at: str) -> str:
    if before is None:
        return ""
    seconds = from_iso(at) - from_iso(before)
    return f"+{duration(seconds)}" if seconds >= 1 else ""


def call(found: OrderView) -> Any:
    """The call that the order was taken in, and its recording; nothing for whom it is not to open."""
    call_id = found.detail["from_call"]
    if not call_id or found.call is None:
        return None
    link = html.A(_("Open the call"), href=f"/calls/{call_id}", className="quiet")
    head = html.Div([html.H2(_("Call")), html.Span(className="bar-space"), link], className="call-head")
    return html.Div([html.Div([head], className="panel"), recording(found.call)], className="order-call")


def merged(order: dict[str, Any]) -> Any:
    """The order that this one was merged into, or those that were merged into it."""
    links = [html.A(order["parent"], href=f"/orders/{order['parent']}", className="quiet")] if order["parent"] else []
    links += [html.A(child["id"], href=f"/orders/{child['id']}", className="quiet") for child in order["children"]]
    if not links:
        return None
    title = _("Merged into") if order["parent"] else _("Merged into this one")
    return html.Div([html.H2(title), html.Div(links)], className="panel")
