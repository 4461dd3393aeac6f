"""What the floor's scripts say, and the reasons that are offered for what takes something from somebody."""

from __future__ import annotations

from core.i18n import N_, _
from dashboards.components.words import SEAT_REASONS

# Offered in the dialog that asks before it is done; the last choice there is to write one.
REASONS = {
    "state": (
        N_("Many callers wait: everybody is needed"),
        N_("The break is over"),
        N_("Forgot to sign off"),
        N_("Called away by the shift supervisor"),
    ),
    "close": (
        N_("Nobody is there to answer"),
        N_("System fault"),
        N_("Drill"),
    ),
    "move": (
        N_("Belongs to another group"),
        N_("The agent asked for help"),
        N_("The agent must leave"),
    ),
    "end": (
        N_("Nuisance call"),
        N_("Nobody is on the line any more"),
        N_("The agent asked for help"),
    ),
}


# The choice that is written in own words.
OTHER = "other"


def reasons() -> list[str]:
    """Why a supervisor may enter a call."""
    return [
        _("The caller is upset: support the agent"),
        _("Sitting in with a new colleague"),
        _("Quality check"),
        _("The agent asked for help"),
        _("Long call"),
    ]


def script_words() -> dict[str, str]:
    return {
        **_floor(),
        **_calls(),
        **_queues(),
        **_supervision(),
        **{f"code_{code}": _(text) for code, text in SEAT_REASONS.items()},
    }


def _floor() -> dict[str, str]:
    return {
        "lost": _("Connection lost. This is the floor of {time}, {age} old; nothing can be done until it is back."),
        "stale": _(
            "The telephony core does not answer. This is the floor of {time}, {age} old; nothing can be done until "
            "it is back."
        ),
        "connecting": _("Connecting…"),
        "not_live": _("Not possible while the figures are not live."),
        "staffed": _("on duty {n} / {all}"),
        "ready": _("ready {n}"),
        "over": _("over {time}"),
        "no_seats": _("No seat matches the filter."),
        "unrecorded": _("not recorded"),
        "unrecorded_short": _("no rec."),
        "no_shift": _("no shift now"),
        "more_shifts": _("+{n} more"),
        "shift_hover": _(
            "Planned now {planned}, of them here {present}. Missing: {missing}. Here without a shift: {extra}."
        ),
        "nobody": _("nobody"),
        "expr_service": _("{a} ÷ ({b} answered + {c} abandoned − {d} at once)"),
        "expr_abandon": _("({a} abandoned − {b} at once) ÷ ({c} offered − {b})"),
        "turned_away": _("not counted as abandoned: closed {closed}, full {overflow}, nobody on duty {no_agents}"),
        "expr_aht": _("talk, hold and wrap-up of {n} calls"),
        "goal": _("goal {share} %"),
        "most": _("at most {share} %"),
        "example": _("example"),
    }


def _calls() -> dict[str, str]:
    return {
        "pick": _("Choose a seat or a waiting call."),
        "no_call": _("No call at this seat."),
        "unknown": _("Unknown number"),
        "first": _("first call in 90 days"),
        "earlier": _("{n} calls in 90 days"),
        "household": _("household"),
        "business": _("business"),
        "caller": _("Caller"),
        "called": _("Called"),
        "state": _("State"),
        "queue": _("Queue"),
        "address": _("Address"),
        "way": _("Way so far"),
        "third": _("Third party"),
        "contacts": _("Contacts"),
        "way_menu": _("menu {time}"),
        "way_waited": _("queue {time}"),
        "way_talk": _("talk {time}"),
        "way_hold": _("of it on hold {time}"),
        "demo": _("Demo data"),
        "phone_lost": _("Phone not registered"),
        "last_calls": _("Last calls of this seat"),
        "open_call": _("This call"),
        "mark_qa": _("Mark for QA"),
        "mark_training": _("Mark for training"),
        "marked": _("Marked."),
        "side_agent": _("agent"),
        "side_caller": _("caller"),
        "voice": _("whole call {time} · both {both} % · silence {silence} %"),
        "voice_short": _("whole call {time}"),
    }


def _queues() -> dict[str, str]:
    return {
        "nobody_waits": _("Nobody is waiting."),
        "in_menu": _("in the voice menu {n}"),
        "in_menu_hover": _("Callers in the voice menu, not yet in a queue"),
        "queue_waiting": _("waits {n}"),
        "queue_expected": _("expected {time}"),
        "queue_ready": _("ready {n}"),
        "queue_talking": _("talking {n}"),
        "queue_staffed": _("on duty {n}"),
        "queue_ready_hover": _("Show the ready seats of {queue}"),
        "queue_talking_hover": _("Open the calls of {queue} that are talking now"),
        "queue_staffed_hover": _("Show the seats of {queue} that are on duty"),
        "queue_expected_hover": _("What a caller who came now would wait, from the last answers of the queue"),
        "to_queue": _("To queue…"),
        "to_agent": _("To agent…"),
        "to_front": _("To the front"),
        "in_front": _("in front"),
        "closed_by": _("held closed"),
        "opened_by": _("held open"),
        "closed": _("closed"),
        "open_now": _("open"),
        "by_calendar": _("by calendar"),
        "by_whom": _("{name} {time}"),
    }


def _supervision() -> dict[str, str]:
    return {
        "listening": _("Listening"),
        "whispering": _("Whispering"),
        "barging": _("In the call"),
        "since": _("since {time}, noted in the audit log; the agent is not told"),
        "since_heard": _("since {time}, noted in the audit log; the agent hears you"),
        "talking_now": _("You are talking with {caller}. Hang up with Esc."),
        "line_over": _("The line to this call is over. Listen again if you need to."),
        "no_microphone": _("No microphone: you can listen, but nobody hears you."),
        "ended": _("The page was left: your listening to {caller} has ended."),
        "insecure": _("Listening in the browser needs https or localhost. Use the phone."),
        "stop": _("Stop listening"),
        "hang_up": _("Hang up"),
        "mode_listen": _("Listen"),
        "mode_whisper": _("Whisper"),
        "mode_barge": _("Barge in"),
        "mode_take_over": _("Take over"),
        "other_person": _("{name}: {mode} since {time}"),
        "other_window": _("You in another window: {mode} since {time}"),
        "take_here": _("Take it here"),
        "reason_choose": _("Choose the reason."),
        "reason_missing": _("Write the reason."),
    }
