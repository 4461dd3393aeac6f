"""What the floor's scripts say, and from when on a state is too long."""

from __future__ import annotations

from core.i18n import _

# Seconds in a state after which a seat asks for attention; the office's own rules for alerts stand beside them.
LIMITS_S = {"talking": 480, "hold": 120, "break": 900, "wrap_up": 60, "ringing": 20}


def reasons() -> list[str]:
    """Why a supervisor may enter a call; the first is chosen beforehand."""
    return [
        _("The caller is upset: support the agent"),
        _("Sitting in with a new colleague"),
        _("Quality check"),
        _("The agent asked for help"),
        _("Long call"),
    ]


def script_words() -> dict[str, str]:
    return {
        "staffed": _("on duty {n} / {all}"),
        "ready": _("ready {n}"),
        "over": _("over {time}"),
        "no_seats": _("No seat matches the filter."),
        "nobody_waits": _("Nobody is waiting."),
        "pick": _("Choose a seat or a waiting call."),
        "no_call": _("No call at this seat."),
        "unknown": _("Unknown number"),
        "first": _("first call in 90 days"),
        "earlier": _("{n} calls in 90 days"),
        "household": _("household"),
        "business": _("business"),
        "caller": _("Caller"),
        "about": _("About"),
        "way": _("Way so far"),
        "contacts": _("Contacts"),
        "way_menu": _("menu {time}"),
        "way_waited": _("queue {time}"),
        "way_talk": _("talk {time}"),
        "phone_lost": _("Phone not registered"),
        "listening": _("Listening"),
        "whispering": _("Whispering"),
        "barging": _("In the call"),
        "since": _("since {time}, noted in the audit log; the agent is not told"),
        "since_heard": _("since {time}, noted in the audit log; the agent hears you"),
        "line_over": _("The line to this call is over. Listen again if you need to."),
        "to_queue": _("To queue…"),
        "to_agent": _("To agent…"),
        "to_front": _("To the front"),
        "in_front": _("in front"),
        "end_sure": _("End the call of {who}? Caller and agent are cut off."),
        "no_microphone": _("No microphone: you can listen, but nobody hears you."),
        "insecure": _("Listening in the browser needs https or localhost. Use the phone."),
        "closed_by": _("closed by a supervisor"),
        "opened_by": _("opened by a supervisor"),
        "closed": _("closed"),
        "open_now": _("open"),
        "by_calendar": _("by calendar"),
        "end": _("End"),
        "all_callers": _("all callers"),
        "last_calls": _("Last calls of this seat"),
        "open_call": _("This call"),
        "mark_qa": _("Mark for QA"),
        "mark_training": _("Mark for training"),
        "expr_service": _("{a} ÷ ({b} answered + {c} abandoned − {d} at once)"),
        "expr_abandon": _("({a} abandoned − {b} at once) ÷ ({c} offered − {b})"),
        "expr_aht": _("talk, hold and wrap-up of {n} calls"),
        "sent": _("Sent to {who} at {time}."),
        "everyone": _("everyone"),
        "marked": _("Marked."),
    }
