"""One's own phone, on every page: the state to be in, the call in hand with its keys, other calls in the corner.

``assets/phone.js`` fills it and shows it: on the desk in two lines, elsewhere in one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import html

from core.i18n import N_, _, called
from core.installation.definition import BreakReason
from core.people.users import User
from core.rights import Right
from dashboards.components.live import figure
from dashboards.components.words import SEAT_REASONS

# (key, first caption, class). What a key does depends on the call; its caption says it.
CONTROLS = (
    ("F1", N_("Answer"), "go"),
    ("F2", N_("Hold"), ""),
    ("F3", N_("Transfer"), ""),
    ("F4", N_("Ask first"), ""),
    ("F9", N_("Hang up"), "stop"),
)


def has_phone(user: User | None) -> bool:
    """Whether this person has a phone here, and a live connection that tells of it."""
    return user is not None and user.extension is not None and user.may(Right.PHONES) and user.may(Right.LIVE)


def strip(user: User, break_reasons: Sequence[BreakReason], *, demo: bool) -> Any:
    told = json.dumps({"extension": user.extension, "words": script_words()}, ensure_ascii=False)
    return html.Section(
        [
            html.Div(className="unseen", role="alert", **{"data-say": "1"}),
            mine(user.extension or "", break_reasons, demo=demo),
            in_hand(),
            html.Div(className="phone-corner", role="status"),
        ],
        className="phone",
        hidden=True,
        **{"data-phone": told, "aria-label": _("Phone")},
    )


def key(name: str) -> Any:
    return html.Kbd(name)


def error(place: str) -> Any:
    """Where a refusal is told, beside what caused it."""
    return html.Div(className="phone-error", role="alert", **{"data-error": place})


def mine(extension: str, break_reasons: Sequence[BreakReason], *, demo: bool) -> Any:
    """The person's own line: phone, day, queues, and the state to be in."""
    offered = [one for one in break_reasons if not one.retired]
    reasons = [html.Option(called(one), value=one.id) for one in offered] or [html.Option("", value="")]
    return html.Div(
        [
            html.B(extension, className="phone-extension"),
            figure("desk-phone", "phone-registered"),
            figure("desk-today", "dim"),
            figure("desk-waiting", "dim"),
            html.Span(_("Demo data"), className="tag-demo") if demo else None,
            html.Span(className="bar-space"),
            error("state"),
            html.Div(
                [
                    state("ready", _("Ready"), "Alt 1"),
                    state("break", _("Break"), "Alt 2"),
                    html.Select(
                        reasons, className="field", **{"data-break-reason": "1", "aria-label": _("Reason of the break")}
                    ),
                    state("offline", _("Offline"), "Alt 3"),
                ],
                className="phone-states",
                role="group",
                **{"aria-label": _("State")},
            ),
        ],
        className="phone-mine",
    )


def state(code: str, word: str, keys: str) -> Any:
    return html.Button([word, key(keys)], type="button", className="phone-state-button", **{"data-state-to": code})


def in_hand() -> Any:
    """The call in hand, in the colour of the person's state, and what can be done with it."""
    return html.Div(
        [
            html.Span(className="phone-icon", **{"aria-hidden": "true"}),
            html.Div([figure("desk-state", "phone-state"), figure("desk-time", "phone-time")], className="phone-me"),
            html.Div([figure("desk-call", "phone-number"), figure("desk-note", "dim")], className="phone-call"),
            error("call"),
            html.Button(
                _("Call back"), type="button", className="phone-button", hidden=True, **{"data-call-back": "1"}
            ),
            html.Div(
                [
                    *(control(name, _(text), style) for name, text, style in CONTROLS),
                    # The form stands on the desk; there it has the key itself.
                    control("F10", _("Wrap-up form"), "phone-form"),
                ],
                className="phone-controls",
                role="group",
                **{"aria-label": _("Call")},
            ),
        ],
        className="phone-in-hand",
    )


def control(name: str, text: str, style: str) -> Any:
    return html.Button(
        [html.Span(text), key(name)],
        type="button",
        className=f"phone-button {style}".strip(),
        disabled=True,
        **{"data-press": name},
    )


def script_words() -> dict[str, str]:
    return {
        "none": _("No call in hand"),
        "incoming": _("Incoming call {number}"),
        "wants": _("after this call: {state}"),
        "registered": _("phone registered"),
        "unregistered": _("phone {extension} not registered"),
        "switch_on": _("Switch the phone on and sign on with extension {extension}."),
        "set_aside": _("Set aside: {reason}. Choose ready to take calls again."),
        "not_live": _("Not connected: figures of {time}. The phone goes on; buttons do not."),
        "mine_waiting": _("waiting in my queues {n} · longest {time}"),
        "waited": _("waited {time}"),
        "talked": _("talk {time}"),
        "inbound": _("Direct call"),
        "internal": _("Internal call"),
        "outbound": _("Calling out"),
        "asked": _("A colleague asks you; the caller hears music."),
        "consulting": _("Asking {who}; the caller hears music."),
        "consult_rings": _("Ringing {who}; the caller hears music."),
        "conference": _("Three-way call: {who}"),
        "returned": _("Transfer to {who} failed: {reason}. The call is yours again."),
        "answer_by_hand": _("The phone did not pick up by itself: lift the receiver."),
        "answer": _("Answer"),
        "hold_answer": _("Hold and answer"),
        "hold": _("Hold"),
        "resume": _("Resume"),
        "back": _("Back to caller"),
        "transfer": _("Transfer"),
        "complete": _("Complete transfer"),
        "consult": _("Ask first"),
        "conference_now": _("Three-way"),
        "hangup": _("Hang up"),
        "switch": _("Switch over"),
        "second": _("Second call"),
        "held_call": _("On hold"),
        **{f"code_{code}": _(text) for code, text in SEAT_REASONS.items()},
        "core_restarted": _("The telephony core was restarted and your call cut off. Note what you know of it."),
    }
