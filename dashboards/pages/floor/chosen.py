"""The chosen call on the floor: who speaks, its voice so far, who listens in, and what a supervisor may do with it."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import N_, _
from dashboards.pages.floor.words import reasons

# (mode, caption, effect, key)
MODES = (
    ("listen", N_("Listen"), N_("nobody notices"), "F5"),
    ("whisper", N_("Whisper"), N_("only the agent hears you"), "F6"),
    ("barge", N_("Barge in"), N_("all three talk"), "F7"),
    ("take_over", N_("Take over"), N_("the agent leaves"), "F8"),
)


def chosen() -> Any:
    return html.Section(
        [
            html.Div(className="floor-chosen-head", **{"data-box": "chosen-head"}),
            html.Dl(className="facts floor-facts", **{"data-box": "chosen-facts"}),
            html.Div(**{"data-box": "voice"}, className="floor-voice"),
            html.Ul(className="floor-last", **{"data-box": "last"}),
            html.Fieldset(
                [
                    html.Ul(className="floor-others", **{"data-box": "others"}),
                    html.Div(
                        [
                            _choice(_("Reason"), "reason", [html.Option(text, value=text) for text in reasons()]),
                            _choice(
                                _("By"),
                                "by",
                                [
                                    html.Option(_("my phone"), value="phone"),
                                    html.Option(_("this browser"), value="browser"),
                                ],
                            ),
                        ],
                        className="floor-pair floor-reasons",
                    ),
                    html.Div([_mode(*mode) for mode in MODES], className="floor-modes"),
                    html.P(className="floor-note live", **{"data-live": "supervising"}),
                    html.Div(
                        [
                            html.Button(
                                [
                                    html.Span(_("Stop listening"), **{"data-live": "stop-word"}),
                                    html.Kbd("Esc"),
                                ],
                                className="bar-button",
                                type="button",
                                disabled=True,
                                **{"data-stop": "1"},
                            ),
                            html.Button(_("End call"), className="bar-button stop", type="button", **{"data-end": "1"}),
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
                        ],
                        className="floor-acts",
                    ),
                ],
                className="floor-controls floor-fieldset",
                **{"data-box": "controls", "data-acts": "1"},
            ),
            html.P(className="floor-error live", role="alert", **{"data-live": "floor-error"}),
            html.Fieldset(className="floor-links floor-fieldset", **{"data-box": "links", "data-acts": "1"}),
        ],
        className="panel floor-chosen-panel",
        **{"aria-label": _("Chosen call")},
    )


def _choice(caption: str, name: str, options: list[Any]) -> Any:
    return html.Label(
        [html.Span(caption), html.Select(options, className="field", **{f"data-{name}": "1"})], className="floor-reason"
    )


def _mode(mode: str, caption: str, effect: str, key: str) -> Any:
    return html.Button(
        [html.B([_(caption), html.Kbd(key)]), html.Small(_(effect))],
        className=f"floor-mode {mode}",
        type="button",
        disabled=True,
        **{"data-mode": mode, "aria-pressed": "false"},
    )
