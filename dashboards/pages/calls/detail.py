"""One call: facts, time line in the state colours, recording with its two channels, every event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html

from core.errors import HotlineError
from core.i18n import _, translate_error
from core.people.site_service import load_site
from dashboards.components.words import CODES, DIRECTIONS, KINDS, OUTCOMES, duration, local, word
from dashboards.session import user, web
from etl import calls


async def layout(call_id: str = "", **_parameters: Any) -> Any:
    parts = web()
    timezone = parts.settings.timezone
    try:
        call = await calls.whole(parts.parts["warehouse"], user(), call_id)
    except HotlineError as no:
        message, _remedy = translate_error(no)
        return html.Div([html.P(message), html.A(_("All calls of today"), href="/calls")], className="page note")
    site = await parts.in_session(load_site)
    names = {queue.id: queue.name for queue in site.queues.values()}
    agents = {agent.extension: f"{agent.extension} {agent.name}" for agent in site.agents.values()}
    return html.Div(
        [
            heading(call),
            html.Div(
                [
                    html.Div([facts(call, names, agents, timezone)], className="panel"),
                    html.Div([html.H2(_("Time line")), timeline(call), *tracks(call, agents)], className="panel"),
                ],
                className="call-top",
            ),
            recording(call),
            html.Div([html.H2(_("Events")), events(call, timezone)], className="panel"),
        ],
        className="page call",
    )


def heading(call: dict[str, Any]) -> Any:
    return html.Div(
        [
            html.A("← " + _("Calls"), href="/calls", className="quiet"),
            html.H1(call["caller"] or "—"),
            html.Span(word(OUTCOMES, call["outcome"]), className="tag"),
            html.Span(_("Demo data"), className="tag-demo") if call["demo"] else None,
        ],
        className="call-head",
    )


def facts(call: dict[str, Any], names: dict[str, str], agents: dict[str, str], timezone: str) -> Any:
    lines = [
        (_("Time"), local(call["arrived_at"], timezone, "%Y-%m-%d %H:%M:%S")),
        (_("Way"), word(DIRECTIONS, call["direction"])),
        (_("Dialled"), call["did"]),
        (_("Queue"), names.get(call["queue"], call["queue"] or "—")),
        (_("Agent"), agents.get(call["agent"], call["agent"] or "—")),
        (_("Self-service"), duration(call["ivr_seconds"])),
        (_("Wait"), duration(call["wait_seconds"])),
        (_("Talk"), duration(call["talk_seconds"])),
        (_("Hold"), duration(call["hold_seconds"])),
        (_("Wrap-up"), duration(call["wrap_up_seconds"])),
        (_("Category"), call["category"] or "—"),
        (_("Note"), call["note"] or "—"),
    ]
    return html.Dl([item for name, value in lines for item in (html.Dt(name), html.Dd(value))], className="facts")


def spans(call: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    """(state, label, start, end) in seconds from the arrival, derived from the events alone."""
    begin = _seconds(call["arrived_at"])
    found: list[tuple[str, str, float, float]] = []
    state, label, since = "offline", _("Self-service"), 0.0
    ended = _seconds(call["ended_at"]) - begin if call["ended_at"] else 0.0
    steps = {
        "flow_entered": ("offline", _("Self-service")),
        "call_queued": ("hold", _("In the queue")),
        "agent_rang": ("ringing", _("Ringing")),
        "call_answered": ("talking", _("Talking")),
        "call_held": ("hold", _("On hold")),
        "call_resumed": ("talking", _("Talking")),
        "wrap_up_started": ("wrap_up", _("Wrap-up")),
    }
    for event in call["events"]:
        at = _seconds(event["at"]) - begin
        ended = max(ended, at)
        if event["kind"] in steps:
            found.append((state, label, since, at))
            (state, label), since = steps[event["kind"]], at
        elif event["kind"] == "wrap_up_ended":
            found.append((state, label, since, at))
            state, label, since = "", "", at
    if state:
        found.append((state, label, since, ended))
    return [span for span in found if span[3] - span[2] > 0.05 and span[0]]


def timeline(call: dict[str, Any]) -> Any:
    parts = spans(call)
    total = max((end for *_rest, end in parts), default=0.0) or 1.0
    blocks = [
        html.Div(
            html.Span(f"{label} {duration(end - start)}"),
            className="span",
            title=f"{label} {duration(end - start)}",
            style={"flexGrow": max(end - start, total * 0.03), "flexBasis": 0},
            **{"data-state": state},
        )
        for state, label, start, end in parts
    ]
    return html.Div(blocks, className="timeline") if blocks else html.P(_("Nothing has happened yet."))


def tracks(call: dict[str, Any], agents: dict[str, str]) -> list[Any]:
    """One line for each party that was rung."""
    rows = [
        html.Tr(
            [
                html.Td(agents.get(segment["extension"], segment["extension"])),
                html.Td(duration(segment["ring_seconds"])),
                html.Td(duration(segment["talk_seconds"])),
                html.Td(duration(segment["hold_seconds"])),
                html.Td(duration(segment["wrap_up_seconds"])),
            ],
        )
        for segment in call["segments"]
    ]
    head = html.Tr([html.Th(text) for text in (_("Party"), _("Ringing"), _("Talk"), _("Hold"), _("Wrap-up"))])
    return [html.Table([html.Thead(head), html.Tbody(rows)], className="plain")] if rows else []


def recording(call: dict[str, Any]) -> Any:
    if not call["recording"]:
        why = (
            _("Only bridged calls are recorded.")
            if call["outcome"] != "answered"
            else _("This call has no recording: it is synthetic history, or recording was not possible.")
        )
        return html.Div([html.H2(_("Recording")), html.P(why, className="quiet")], className="panel")
    return html.Div(
        [
            html.Div(
                [
                    html.H2(_("Recording")),
                    html.Button(_("Play / pause"), className="primary", **{"data-wave": "toggle"}),
                    html.Kbd(_("space")),
                    html.Kbd("← → 3 s"),
                    *[
                        html.Button(f"{rate}×", className="quiet", **{"data-wave-rate": str(rate)})
                        for rate in (0.8, 1, 1.25, 1.5)
                    ],
                    html.Span(className="live wave-time", **{"data-live": "wave-time"}),
                    html.Span(className="bar-space"),
                    html.Span(_("Above: caller. Below: agent."), className="quiet"),
                ],
                className="call-head",
            ),
            html.Div(id="wave", **{"data-call": call["id"]}),
        ],
        className="panel",
    )


def events(call: dict[str, Any], timezone: str) -> Any:
    begin = _seconds(call["arrived_at"])
    rows = [
        html.Tr(
            [
                html.Td(local(event["at"], timezone, "%H:%M:%S")),
                html.Td(f"+{duration(_seconds(event['at']) - begin)}"),
                html.Td(word(KINDS, event["kind"])),
                html.Td(details(event)),
            ],
        )
        for event in call["events"]
    ]
    return html.Table(html.Tbody(rows), className="plain")


def details(event: dict[str, Any]) -> str:
    shown = ("extension", "queue", "digits", "outcome", "reason", "by", "method", "target", "category", "note", "to")
    given = event["facts"]
    return " · ".join(word(CODES, str(given[name])) for name in shown if given.get(name))


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
