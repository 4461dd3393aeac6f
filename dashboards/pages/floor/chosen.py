"""The chosen call on the floor: who speaks, its voice so far, who listens in, and what a supervisor may do with it."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import N_, _
from core.installation.steering import REASON_CHARACTERS
from dashboards.pages.floor.ids import LAST, REASON_ERROR
from dashboards.pages.floor.words import OTHER, reasons

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
            html.Div(
                [
                    html.H3(_("Earlier calls of this number"), id=LAST),
                    html.Ul(className="floor-last", **{"data-box": "last", "aria-labelledby": LAST}),
                ],
                hidden=True,
                className="floor-lasts",
                **{"data-box": "lasts"},
            ),
            html.Fieldset(
                [
                    html.Ul(className="floor-others", **{"data-box": "others"}),
                    html.Div(
                        [
                            html.Span(className="live", **{"data-live": "ended"}),
                            html.Button(
                                _("Go on listening"), className="bar-button", type="button", **{"data-go-on": "1"}
                            ),
                        ],
                        className="floor-ended",
                        hidden=True,
                        role="status",
                        **{"data-box": "ended"},
                    ),
                    html.Div(
                        [
                            _choice(_("Reason"), "reason", _reasons()),
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
                    html.Textarea(
                        rows=1,
                        maxLength=REASON_CHARACTERS,
                        className="field floor-own-words",
                        hidden=True,
                        placeholder=_("In own words"),
                        **{"data-own-words": "1", "aria-label": _("In own words")},
                    ),
                    html.P(
                        id=REASON_ERROR,
                        className="floor-error live",
                        role="alert",
                        **{"data-live": "reason-error"},
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
            html.Fieldset(
                [
                    html.Div(className="floor-links", **{"data-box": "links"}),
                    # Far from what is pressed all day, and no heavier than a link: a slip must not end a call.
                    html.Button(_("End call"), className="quiet floor-end", type="button", **{"data-end": "1"}),
                ],
                className="floor-fieldset floor-foot",
                **{"data-acts": "1"},
            ),
        ],
        className="panel floor-chosen-panel",
        **{"aria-label": _("Chosen call")},
    )


def _choice(caption: str, name: str, options: list[Any]) -> Any:
    return html.Label(
        [html.Span(caption), html.Select(options, className="field", **{f"data-{name}": "1"})], className="floor-reason"
    )


def _reasons() -> list[Any]:
    """None is chosen beforehand: it goes into the audit log."""
    offered = [html.Option(text, value=text) for text in reasons()]
    return [html.Option(_("choose"), value=""), *offered, html.Option(_("Other, in own words…"), value=OTHER)]


def _mode(mode: str, caption: str, effect: str, key: str) -> Any:
    return html.Button(
        [html.B([_(caption), html.Kbd(key)]), html.Small(_(effect))],
        className=f"floor-mode {mode}",
        type="button",
        disabled=True,
        **{"data-mode": mode, "aria-pressed": "false"},
    )
