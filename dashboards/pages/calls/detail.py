"""One call: facts, time line in the state colours, recording with its two channels, every event in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dash import dcc, html

from core.clock import from_iso, utc_now
from core.errors import HotlineError
from core.i18n import _
from core.installation import steering
from core.installation.service import load_installation
from dashboards.components import timeline
from dashboards.components.names import Names
from dashboards.components.player import recording
from dashboards.components.words import DIRECTIONS, OUTCOMES, duration, local, phone, word
from dashboards.pages.calls import ids, queries, story
from dashboards.pages.calls.layout import refused
from dashboards.session import note_refused, user, web
from etl.warehouse import WAREHOUSE
from kpi.lists import calls


async def layout(call_id: str = "", **_parameters: Any) -> Any:
    shown = await body(call_id)
    return lambda: html.Div(
        [html.Div(shown(), id=ids.BODY), dcc.Store(id=ids.SEEN, data={"call": call_id})],
        className="page call",
    )


async def body(call_id: str) -> Callable[[], Any]:
    """Everything of the call as it stands now; asked for again while it runs."""
    parts = web()
    now = utc_now()
    try:
        call = await calls.whole(parts.parts[WAREHOUSE], user(), call_id)
    except HotlineError as no:
        await note_refused(f"/calls/{call_id[:64]}", no)
        return partial(refused, no)
    await calls.read(parts, user(), call_id)
    said = {str(event["facts"].get("announcement") or "") for event in call["events"]} - {""}
    names = await parts.in_session(
        lambda session: Names(
            load_installation(session), steering.announcement_texts(session, said), steering.display_names(session)
        )
    )
    timezone = parts.settings.timezone
    # The one that a return visit is about, and those that were taken in the call.
    about = [call["order_id"]] if call["order_id"] else []
    orders = [*about, *await queries.orders_of(parts, call_id)]

    def drawing() -> list[Any]:
        rows = timeline.rows(call["events"], call["arrived_at"], now)
        return [
            heading(call, orders),
            html.Div(
                [
                    html.Div([html.H2(_("Facts")), facts(call, names, timezone)], className="panel"),
                    html.Div(
                        [html.H2(_("Time line")), *drawn(rows, call, names, timezone), *table(call, names)],
                        className="panel",
                    ),
                ],
                className="call-top",
            ),
            recording(call),
            html.Div([html.H2(_("Events")), events(call, names, timezone)], className="panel"),
        ]

    return drawing


def running(call: dict[str, Any]) -> str:
    """What of the call is not over: the call itself, an agent's wrap-up, or nothing."""
    if call["ended_at"] is None:
        return _("in progress")
    kinds = [event["kind"] for event in call["events"]]
    return _("Wrap-up") if kinds.count("wrap_up_started") > kinds.count("wrap_up_ended") else ""


def heading(call: dict[str, Any], orders: list[str]) -> Any:
    state = running(call)
    live = {"data-running-call": call["id"]} if state else {}
    return html.Div(
        [
            html.A("← " + _("Calls"), href="/calls", className="quiet"),
            html.H1(phone(call["did"] if call["direction"] == "outbound" else call["caller"])),
            html.Span(word(OUTCOMES, call["outcome"]), className="tag"),
            html.Span(state, className="tag-running", role="status", **live) if state else None,
            html.Span(_("Demo data"), className="tag-demo") if call["demo"] else None,
            *(html.A(f"{_('Work order')} {one}", href=f"/orders/{one}", className="quiet") for one in orders),
        ],
        className="call-head",
    )


def facts(call: dict[str, Any], names: Names, timezone: str) -> Any:
    lines = [
        (_("Time"), local(call["arrived_at"], timezone, "%Y-%m-%d %H:%M:%S")),
        (_("Way"), word(DIRECTIONS, call["direction"])),
        (_("Caller"), phone(call["caller"])),
        (_("Dialled"), phone(call["did"])),
        (_("Queue"), names.queue(call["queue"])),
        (_("Agent"), names.party(call["agent"])),
        (_("Self-service"), duration(call["ivr_seconds"])),
        (_("Wait"), duration(call["wait_seconds"])),
        (_("Talk"), duration(call["caller_talk_seconds"])),
        (_("Hold"), duration(call["hold_seconds"])),
        (_("Wrap-up"), duration(call["wrap_up_seconds"])),
        (_("Handling"), duration(call["handling_seconds"])),
        (_("Ended by"), story.end_of(call)),
        (_("Category"), call["category_name"] or "—"),
        (_("Note"), call["note"] or "—"),
    ]
    return html.Dl([item for name, value in lines for item in (html.Dt(name), html.Dd(value))], className="facts")


def drawn(rows: list[timeline.TimelineRow], call: dict[str, Any], names: Names, timezone: str) -> list[Any]:
    """One line for each party on one axis; a hover says what, how long and when."""
    total_s = timeline.length_s(rows)
    if not total_s:
        return [html.P(_("Nothing has happened yet."), className="dim")]
    begin = from_iso(call["arrived_at"])

    def share(seconds: float) -> str:
        return f"{seconds / total_s * 100:.3f}%"

    def bar(one: timeline.Bar) -> Any:
        text = f"{_(one.label)} {duration(one.seconds)}"
        times = (story.clock(begin + at_s, timezone) for at_s in (one.start_s, one.end_s))
        return html.Div(
            html.Span(text),
            className="bar-of-time",
            title=f"{text} · {'–'.join(times)}",
            style={"left": share(one.start_s), "width": share(one.seconds)},
            **{"data-state": one.state},
        )

    lines = [
        html.Div(
            [
                html.Span(names.party(row.party) if row.party else _("caller"), className="track-name"),
                html.Div([bar(one) for one in row.bars], className="track"),
            ],
            className="track-row",
        )
        for row in rows
    ]
    marks = [html.Span(duration(at_s), style={"left": share(at_s)}) for at_s in timeline.ticks(total_s)]
    axis = html.Div([html.Span(className="track-name"), html.Div(marks, className="track-axis")], className="track-row")
    return [html.Div([*lines, axis], className="tracks")]


def table(call: dict[str, Any], names: Names) -> list[Any]:
    """The same in numbers: each party that was rung."""
    if not call["segments"]:
        return []
    rows = [
        html.Tr(
            [
                html.Td(names.party(segment["extension"])),
                html.Td(story.ring_of(segment, names)),
                *(html.Td(duration(segment[f"{what}_seconds"])) for what in ("ring", "talk", "hold", "wrap_up")),
                html.Td(segment["category_name"] or "—"),
            ],
        )
        for segment in call["segments"]
    ]
    titles = (_("Party"), _("Outcome"), _("Ringing"), _("Talk"), _("Hold"), _("Wrap-up"), _("Category"))
    return [
        html.Table(
            [html.Thead(html.Tr([html.Th(text) for text in titles])), html.Tbody(rows)], className="plain parties"
        )
    ]


def events(call: dict[str, Any], names: Names, timezone: str) -> Any:
    begin = from_iso(call["arrived_at"])
    rows = [
        html.Tr(
            [
                html.Td(local(event["at"], timezone, "%H:%M:%S")),
                html.Td(f"+{duration(from_iso(event['at']) - begin)}"),
                html.Td(story.happened(event)),
                html.Td(story.details(event, names)),
            ],
        )
        for event in call["events"]
    ]
    titles = (_("Time"), _("since the start"), _("Event"), _("Details"))
    head = html.Thead(html.Tr([html.Th(text) for text in titles]))
    return html.Table([head, html.Tbody(rows)], className="plain events")
