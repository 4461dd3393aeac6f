"""The player: the browser's own, the waveform over it, keys beside the buttons, and what was measured in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from core.errors import HotlineError
from core.i18n import _, translate_error
from dashboards.components.figure import figure
from dashboards.components.words import duration
from dashboards.pages.qa_review import ids
from dashboards.pages.qa_review.figures import HEIGHT, wave
from dashboards.pages.qa_review.queries import CallReview, RecordedSound

SPEEDS = (0.75, 1, 1.25, 1.5, 2)
# It stands in the audit with the hearing.
PURPOSE = "quality"
Marks = Sequence[Mapping[str, Any]]


def player(found: CallReview) -> Any:
    sound = found.sound
    if sound.problem is not None or not sound.peaks or not any(map(len, sound.peaks)):
        return _without(sound.problem)
    spans = measured_spans(sound)
    seconds = sound.seconds
    said = _("Waveform of the recording, {time} long", time=duration(seconds))
    seek = {
        "data-wave-seek": "1",
        "data-seconds": f"{seconds:.3f}",
        "data-silences": json.dumps([one["begins_s"] for one in spans if one["kind"] == "silence"]),
        "aria-label": _("Place in the recording"),
        "aria-valuemin": "0",
        "aria-valuemax": f"{seconds:.0f}",
        "aria-valuenow": "0",
        "aria-valuetext": duration(0),
    }
    source = f"/api/v1/calls/{found.request.call_id}/recording?purpose={PURPOSE}"
    return html.Section(
        [
            controls(seconds, marks=found.mode == "score"),
            html.Div(
                [
                    figure(ids.WAVE, wave(sound.peaks, seconds, spans, found.marks), label=said, height=HEIGHT),
                    html.Div(html.Div(className="qa-playhead"), className="qa-seek", role="slider", tabIndex=0, **seek),
                ],
                className="qa-wave",
            ),
            # Nothing is asked for before it is played: every hearing stands in the audit.
            html.Audio(
                src=source, preload="none", id="qa-audio", **{"data-problem": _("The recording cannot be played.")}
            ),
            html.P("", className="error", role="alert", **{"data-sound-problem": "1"}),
        ],
        className="panel qa-player",
        **{"aria-label": _("Recording")},
    )


def controls(seconds: float, *, marks: bool) -> Any:
    speeds = [
        html.Button(
            f"{speed:g}×",
            className="speed",
            type="button",
            **{"data-speed": f"{speed:g}", "aria-pressed": str(speed == 1).lower()},
        )
        for speed in SPEEDS
    ]
    mark = html.Button(
        [html.Span(_("Mark a span"), **{"data-mark-words": _("End the span")}), html.Kbd("M")],
        type="button",
        className="speed",
        **{"data-play": "mark", "aria-pressed": "false"},
    )
    return html.Div(
        [
            html.H2(_("Recording"), className="unseen"),
            html.Button(
                [_("Play / pause"), html.Kbd(_("space"))],
                type="button",
                className="primary",
                **{"data-play": "toggle", "aria-pressed": "false"},
            ),
            html.Span([html.B("0:00", **{"data-live": "qa-time"}), f" / {duration(seconds)}"], className="qa-time"),
            html.Button(["−3 s", html.Kbd("←")], type="button", className="speed", **{"data-play": "back"}),
            html.Button(["+3 s", html.Kbd("→")], type="button", className="speed", **{"data-play": "on"}),
            html.Button(
                [_("next silence"), html.Kbd("N")], type="button", className="speed", **{"data-play": "silence"}
            ),
            html.Div(speeds, className="speeds", role="group", **{"aria-label": _("speed")}),
            mark if marks else None,
            html.Span(className="bar-space"),
            legend(),
        ],
        className="qa-controls",
    )


def legend() -> Any:
    words = (
        ("agent", _("agent")),
        ("caller", _("caller")),
        ("overtalk", _("overtalk")),
        ("silence", _("silence ≥ 5 s")),
        ("hold", _("hold")),
    )
    return html.Span(
        [html.Span([html.I(className=f"qa-key {code}"), text]) for code, text in words], className="qa-legend"
    )


def measured_spans(sound: RecordedSound) -> list[Mapping[str, Any]]:
    body = sound.measured.body if sound.measured is not None else None
    return list(body["spans"]) if body else []


def measured(sound: RecordedSound) -> Any:
    """In figures; advice, never a score."""
    record = sound.measured
    body = record.body if record is not None else None
    head = html.H2(
        [_("Measured in the sound"), html.Small(_("for orientation, no part of the score"), className="dim")]
    )
    if body is None:
        problem = record.problem if record is not None else None
        known = HotlineError(problem["message"], remedy=problem["remedy"], **problem["values"]) if problem else None
        said = " ".join(filter(None, translate_error(known))) if known else _("Nothing was measured.")
        return html.Section([head, html.P(said, className="dim")], className="panel")
    rows = [
        (_("Agent talks"), duration(body["agent_talk_s"]), share(body["agent_talk_s"], body["seconds"])),
        (_("Caller talks"), duration(body["caller_talk_s"]), share(body["caller_talk_s"], body["seconds"])),
        (_("Overtalk"), seconds(body["overtalk_s"]), _began(body["began_overtalk"])),
        (_("Longest silence"), seconds(body["longest_silence_s"]), _dead_air(body["dead_air_s"])),
        (_("Hold"), duration(body["hold_s"]), share(body["hold_s"], body["seconds"])),
        (_("Response after"), seconds(body["response_latency_s"]), _("median of {n}", n=body["responses"] or 0)),
        (_("Level"), level(body["level_dbfs"]), _("clipped") if any(body["clipping"].values()) else _("not clipped")),
    ]
    one_way = {"caller": _("The caller was never heard."), "agent": _("The agent was never heard.")}
    notes = [one_way[body["one_way"]]] if body["one_way"] else []
    if body["channels"] == 1:
        notes.append(_("One channel only: who spoke cannot be known."))
    table = html.Table(
        html.Tbody(
            [
                html.Tr([html.Th(name, scope="row"), html.Td(html.B(value)), html.Td(more, className="dim")])
                for name, value, more in rows
            ]
        ),
        className="plain qa-measured",
    )
    return html.Section([head, table, *(html.P(note, className="warn") for note in notes)], className="panel")


def seconds(value: float | None) -> str:
    return "—" if value is None else _("{n} s", n=f"{value:.1f}")


def share(part: float | None, whole: float) -> str:
    return "—" if part is None or not whole else f"{part / whole * 100:.1f}%"


def level(by_side: Mapping[str, float | None]) -> str:
    loud = by_side.get("agent", by_side.get("mixed"))
    return "—" if loud is None else f"{loud:.0f} dB".replace("-", "−")


def _began(side: str | None) -> str:
    return {"agent": _("mostly begun by the agent"), "caller": _("mostly begun by the caller")}.get(side or "", "")


def _dead_air(value: float) -> str:
    return _("dead air {n} s", n=f"{value:.1f}") if value else _("no dead air")


def _without(problem: HotlineError | None) -> Any:
    said = filter(None, translate_error(problem)) if problem else (_("The recording holds no sound."),)
    return html.Section(
        [html.H2(_("Recording")), html.P(" ".join(said), className="dim")],
        className="panel qa-player",
    )
