"""The call's recording: two channels, seek by click and key, speed. Drawn and played by ``assets/calls.js``."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.words import CODES, PURPOSES, word

WAVE = "calls-wave"
SPEEDS = (0.8, 1, 1.25, 1.5, 2)


def recording(call: dict[str, Any]) -> Any:
    broke = next((event["facts"] for event in call["events"] if event["kind"] == "recording_failed"), None)
    if call["ended_at"] is None:
        goes_on = _("The call goes on. Its recording can be heard here when it has ended.")
        return _without(_broken(broke) if broke else goes_on)
    if broke is not None and broke["reason"] == "never_began":
        return _without(_broken(broke))
    if not call["recording"]:
        if call["outcome"] != "answered":
            return _without(_("Only bridged calls are recorded."))
        nothing = _("This call has no recording: it is synthetic history, or recording was not possible.")
        return _without(_broken(broke) if broke else nothing)
    speeds = [
        html.Button(
            f"{speed}×", className="speed", **{"data-wave-rate": str(speed), "aria-pressed": str(speed == 1).lower()}
        )
        for speed in SPEEDS
    ]
    first = _("customer") if call["direction"] == "outbound" else _("caller")
    return html.Div(
        [
            html.Div(
                [
                    html.H2(_("Recording")),
                    purpose(),
                    html.Button(
                        [_("Play / pause"), html.Kbd(_("space"))],
                        className="primary",
                        **{"data-wave": "toggle", "aria-pressed": "false"},
                    ),
                    html.Button(["−5 s", html.Kbd("←")], className="speed", **{"data-wave": "back"}),
                    html.Button(["+5 s", html.Kbd("→")], className="speed", **{"data-wave": "on"}),
                    html.Span(_("speed"), className="dim"),
                    html.Div(speeds, className="speeds", role="group", **{"aria-label": _("speed")}),
                    html.Span(className="live wave-time", **{"data-live": "wave-time"}),
                ],
                className="call-head",
            ),
            html.P("", className="error", role="alert", **{"data-wave-error": _("Choose what it is heard for first.")}),
            html.P(_broken(broke), className="call-unrecorded") if broke else None,
            html.Div(
                [
                    html.Div([html.Span(first), html.Span(_("agent"))], className="wave-names"),
                    html.Div(id=WAVE, **{"data-call": call["id"]}),
                ],
                className="wave-box",
            ),
        ],
        className="panel",
    )


def purpose() -> Any:
    """Before anything is heard: it stands in the audit with the hearing."""
    options = [html.Option(_("heard for …"), value="")]
    options += [html.Option(_(text), value=code) for code, text in PURPOSES.items()]
    return html.Select(
        options, className="field", **{"data-wave-purpose": "1", "aria-label": _("What it is heard for")}
    )


def _broken(facts: dict[str, Any]) -> str:
    """Why the rest of the call is not recorded: a full disk, or what the system said."""
    return _("Not recorded to the end: {why}.", why=word(CODES, facts.get("reason") or "failed"))


def _without(why: str) -> Any:
    return html.Div([html.H2(_("Recording")), html.P(why, className="dim")], className="panel")
