"""A call as one line of the list or of a file: names for codes, seconds as numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.clock import from_iso
from core.i18n import _
from dashboards.components.csv_file import defused
from dashboards.components.names import Names
from dashboards.components.words import DIRECTIONS, OUTCOMES, local, phone, word

# A cell that a spreadsheet would take for a formula begins with one of these (OWASP, CSV injection).


def row(call: dict[str, Any], names: Names, now: float) -> dict[str, Any]:
    """For the table; wait and talk that still run count up to ``now`` (epoch seconds)."""
    open_now = call["ended_at"] is None
    wait, talk = call["wait_seconds"], call["caller_talk_seconds"]
    if open_now and call["answered_at"]:
        since = call["talking_since"]
        talk = (talk or 0) + (now - from_iso(since) if since else 0)
    elif open_now and call["queued_at"]:
        wait = now - from_iso(call["queued_at"]) if wait is None else wait
    return {
        "id": call["id"],
        "at": round(from_iso(call["arrived_at"]) * 1000),
        "direction": word(DIRECTIONS, call["direction"]),
        "caller": phone(call["caller"]),
        "did": phone(call["did"]),
        "queue": names.queue(call["queue"]),
        "agent": names.party(call["agent"]),
        "outcome": _("in progress") if open_now else word(OUTCOMES, call["outcome"]),
        "open": open_now,
        "wait": wait,
        "talk": talk,
        "hold": call["hold_seconds"],
        "wrap": call["wrap_up_seconds"],
        "handling": call["handling_seconds"],
        "category": call["category_name"] or "—",
        "note": call["note"] or "—",
        "recording": "●" if call["recording"] else "",
    }


def lines(calls: Iterable[dict[str, Any]], names: Names, timezone: str) -> Iterator[list[Any]]:
    """For a file: headings first; times of the site, seconds as numbers, nothing that a spreadsheet would run."""
    yield [
        _("Time"),
        _("Way"),
        _("Caller"),
        _("Dialled"),
        _("Queue"),
        _("Agent"),
        _("Outcome"),
        _("Self-service (s)"),
        _("Wait (s)"),
        _("Talk (s)"),
        _("Hold (s)"),
        _("Wrap-up (s)"),
        _("Handling (s)"),
        _("Category"),
        _("Note"),
        _("Recording"),
        _("Demo data"),
        _("Number of the call"),
    ]
    for call in calls:
        cells = [
            local(call["arrived_at"], timezone, "%Y-%m-%d %H:%M:%S"),
            word(DIRECTIONS, call["direction"]),
            call["caller"],
            call["did"],
            names.queue(call["queue"], ""),
            names.party(call["agent"], ""),
            _("in progress") if call["ended_at"] is None else word(OUTCOMES, call["outcome"]),
            *(call[f"{what}_seconds"] for what in ("ivr", "wait", "caller_talk", "hold", "wrap_up", "handling")),
            call["category_name"] or "",
            call["note"] or "",
            _("yes") if call["recording"] else "",
            _("yes") if call["demo"] else "",
            call["id"],
        ]
        yield [defused(cell) for cell in cells]
