"""Codes to words and numbers to text, in the language of the request."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from core.i18n import N_, _
from core.people.users import Role
from core.role_names import ROLE_NAMES as NAMES_BY_CODE

OUTCOMES = {
    "answered": N_("answered"),
    "abandoned": N_("abandoned"),
    "redirected": N_("redirected"),
    "ivr_only": N_("self-service"),
    "rejected": N_("rejected"),
    "not_answered": N_("not answered"),
    "in_progress": N_("in progress"),
}
DIRECTIONS = {"inbound": N_("in"), "outbound": N_("out"), "internal": N_("internal")}
ROLE_NAMES = {role: NAMES_BY_CODE[role.value] for role in Role}
# What a recording is heard for; in the audit as it is here.
PURPOSES = {
    "quality": N_("quality check"),
    "complaint": N_("complaint"),
    "order": N_("clearing up an order"),
    "training": N_("training"),
    "technical": N_("technical check"),
}
# Outcomes and reasons as they stand in events.
CODES = {
    **OUTCOMES,
    "chosen": N_("chosen"),
    "timeout": N_("nothing pressed"),
    "wrong_key": N_("wrong key"),
    "no_answer": N_("no answer"),
    "busy": N_("busy"),
    "declined": N_("declined"),
    "unreachable": N_("phone unreachable"),
    "caller_gone": N_("caller gone"),
    "withdrawn": N_("withdrawn"),
    "diverted": N_("forwarded"),
    "overflow": N_("queue full"),
    "max_wait": N_("waited too long"),
    "closed": N_("closed"),
    "no_agents": N_("nobody on duty"),
    "caller_hung_up": N_("caller hung up"),
    "agent_hung_up": N_("agent hung up"),
    "flow_ended": N_("menu ended"),
    "failed": N_("failed"),
    "dead_media": N_("no sound from the line"),
    "dead_peer": N_("line dead"),
    "core_restarted": N_("system restarted"),
    "house_stopped": N_("hotline stopped"),
    "transferred": N_("transferred"),
    "taken_over": N_("taken over"),
    "agent": N_("agent"),
    "caller": N_("caller"),
    "blind": N_("blind"),
    "attended": N_("attended"),
    "disk_full": N_("disk full"),
    "never_began": N_("never began"),
    "moved": N_("moved by a supervisor"),
    "supervisor": N_("ended by a supervisor"),
    "listen": N_("listen"),
    "whisper": N_("whisper"),
    "barge": N_("barge"),
    "take_over": N_("take over"),
    "stopped": N_("stopped"),
    "call_ended": N_("The call ended"),
}
# Why the core itself set a seat aside or left it in after-call work.
CODE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
SEAT_REASONS = {
    **{code: CODES[code] for code in ("no_answer", "busy", "declined", "unreachable", "diverted", "core_restarted")},
    "unregistered": N_("phone not registered"),
}
KINDS = {
    "call_arrived": N_("The call arrived"),
    "flow_entered": N_("Menu began"),
    "menu_chosen": N_("Key in the menu"),
    "call_queued": N_("Entered the queue"),
    "queue_left": N_("Left the queue"),
    "agent_rang": N_("Phone rings"),
    "dialled_out": N_("A number was dialled"),
    "dial_refused": N_("A number was not allowed to be dialled"),
    "ring_ended": N_("Ringing ended"),
    "call_answered": N_("Answered"),
    "call_held": N_("On hold"),
    "call_resumed": N_("Resumed"),
    "call_transferred": N_("Transferred"),
    "conference_started": N_("Three-way call"),
    "segment_ended": N_("Party left"),
    "wrap_up_started": N_("Wrap-up began"),
    "wrap_up_ended": N_("Wrap-up ended"),
    "call_noted": N_("Noted afterwards"),
    "recording_started": N_("Recording began"),
    "recording_saved": N_("Recording saved"),
    "recording_failed": N_("Recording failed"),
    "call_ended": N_("The call ended"),
    "supervision_started": N_("Supervision began"),
    "supervision_changed": N_("Supervision changed"),
    "supervision_ended": N_("Supervision ended"),
    "supervision_recorded": N_("Supervision recorded"),
    "call_prioritised": N_("Place in the queue changed"),
    "announcement_heard": N_("Announcement heard"),
}


def word(table: dict[str, str], code: str | None) -> str:
    """The code's word; the office's own words are shown as they are, nothing as a dash. What looks like a code of the
    program's and has no word is none for people."""
    if code in table:
        return _(table[code])
    return "—" if not code or CODE.fullmatch(code) else code


def duration(seconds: float | None) -> str:
    """3:05 or 1:02:07; a dash for no data."""
    if seconds is None:
        return "—"
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def phone(number: str | None) -> str:
    """139 0000 0159; what is masked keeps its stars, anything else stands as it is."""
    if not number:
        return "—"
    if len(number) == 11 and number[0] == "1" and set(number) <= set("0123456789*"):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number


def local(at: str | None, timezone: str, form: str = "%m-%d %H:%M:%S") -> str:
    """An ISO time in the site's zone."""
    if not at:
        return "—"
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).strftime(form)


def weekdays() -> list[str]:
    """Monday first."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
