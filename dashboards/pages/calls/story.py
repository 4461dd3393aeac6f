"""One event of a call as words for people. Pure; codes of ``docs/events.md`` in, a sentence out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import _
from dashboards.components.names import Names
from dashboards.components.words import CODES, DIRECTIONS, KINDS, duration, phone, word


def happened(event: dict[str, Any]) -> str:
    return word(KINDS, event["kind"])


def details(event: dict[str, Any], names: Names) -> str:
    """Who, where, how and why, as far as the event says."""
    facts: dict[str, Any] = event["facts"]
    said: list[str] = []
    match event["kind"]:
        case "call_arrived":
            said = [word(DIRECTIONS, facts.get("direction")), f"{phone(facts.get('caller'))} → {facts.get('dialled')}"]
            if (name := facts.get("caller_name")) and name not in (facts.get("received"), facts.get("caller")):
                said.append(name)
        case "menu_chosen":
            said = [_("key {digits}", digits=facts["digits"]) if facts.get("digits") else "", _code(facts, "outcome")]
        case "call_queued":
            said = [names.queue(facts.get("queue")), _("place {n}", n=facts.get("position"))]
            if facts.get("expected_wait_s"):
                said.append(_("expected wait {time}", time=duration(facts["expected_wait_s"])))
        case "queue_left":
            said = [names.queue(facts.get("queue")), _code(facts, "outcome"), _to(facts.get("to"), names)]
        case "call_transferred":
            said = [names.party(facts.get("extension")), _code(facts, "method"), _to(facts.get("target"), names)]
        case "conference_started":
            said = [", ".join(names.party(member) for member in facts.get("members", ()))]
        case "wrap_up_started":
            said = [names.party(facts.get("extension")), _("at most {time}", time=duration(facts.get("limit_s")))]
        case "supervision_started" | "supervision_changed" | "supervision_ended":
            # The reason of the end is a code, the others were typed.
            ended = event["kind"] == "supervision_ended"
            why = _code(facts, "reason") if ended else str(facts.get("reason") or "")
            said = [names.person(facts.get("by")), _code(facts, "mode"), why]
        case "call_prioritised":
            said = [names.queue(facts.get("queue")), names.person(facts.get("by"))]
        case "announcement_heard":
            said = [names.announcement(facts.get("announcement"))]
        case "recording_saved" | "supervision_recorded":
            said = [_("length {time}", time=duration(facts.get("seconds")))]
        case "flow_entered":
            said = [names.flow(facts.get("flow"))]
        case _:
            said = [names.party(facts.get("extension"), ""), names.queue(facts.get("queue"), "")]
            said += [_code(facts, name) for name in ("outcome", "reason", "by")]
            said += [str(facts.get(name) or "") for name in ("category_name", "note")]
    return " · ".join(text for text in said if text).replace(" · →", " →")


def _code(facts: dict[str, Any], name: str) -> str:
    return word(CODES, str(facts[name])) if facts.get(name) else ""


def _to(target: str | None, names: Names) -> str:
    return f"→ {names.target(target)}" if target else ""


def end_of(call: dict[str, Any]) -> str:
    return word(CODES, call["end_reason"])


def ring_of(segment: dict[str, Any], names: Names) -> str:
    """How the ringing of this party's phone ended; a transfer says where it went."""
    if segment["transfer_method"]:
        return f"{word(CODES, segment['transfer_method'])} {_to(segment['transfer_target'], names)}"
    return word(CODES, segment["ring_outcome"])


def clock(at: float, timezone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(timezone)).strftime("%H:%M:%S")
