"""Calls that a killed sip process left open in the event log are closed when the next one has started."""

from __future__ import annotations

import sqlalchemy as sa

from core.clock import from_micros
from core.db import event_log
from core.db.tables import EventRow
from core.events import CallEnded, Event, Fact, QueueLeft, RingEnded, SegmentEnded, WrapUpEnded

LOOK_BACK_US = 2 * 86_400 * 1_000_000


def close_dangling(connection: sa.Connection, before_us: int) -> int:
    """Appends what is owed to calls begun in the two days before ``before_us``; the number of calls closed."""
    if not before_us:
        return 0
    row = EventRow.__table__.c
    window = sa.and_(row.at_us < before_us, row.at_us > before_us - LOOK_BACK_US)
    ended = sa.select(row.subject).where(row.kind == "call_ended", row.at_us > before_us - LOOK_BACK_US)
    arrived = sa.select(row.subject).where(row.kind == "call_arrived", window, row.subject.not_in(ended))
    subjects = list(connection.scalars(arrived))
    for subject in subjects:
        known = event_log.for_subject(connection, subject)
        last = max(event.at_us for event in known)
        event_log.append(connection, [Event.of(fact, from_micros(last)) for fact in owed(known)])
    return len(subjects)


def owed(known: list[Event]) -> list[Fact]:
    """The facts that end whatever these began: a queue visit, a ring, a segment, a wrap-up, the call."""
    open_facts: dict[tuple[str, str], Fact] = {}
    for event in known:
        p = event.payload
        match event.kind:
            case "call_queued":
                open_facts["queue", p["queue"]] = QueueLeft(event.subject, p["queue"], "closed", "core_restarted")
            case "queue_left":
                open_facts.pop(("queue", p["queue"]), None)
            case "agent_rang":
                open_facts["ring", p["segment_id"]] = RingEnded(
                    event.subject, p["segment_id"], p["extension"], "withdrawn"
                )
            case "ring_ended":
                open_facts.pop(("ring", p["segment_id"]), None)
            case "call_answered":
                open_facts["segment", p["segment_id"]] = SegmentEnded(
                    event.subject, p["segment_id"], p["extension"], "core_restarted"
                )
            case "segment_ended":
                open_facts.pop(("segment", p["segment_id"]), None)
            case "wrap_up_started":
                open_facts["wrap", p["segment_id"]] = WrapUpEnded(event.subject, p["segment_id"], p["extension"])
            case "wrap_up_ended":
                open_facts.pop(("wrap", p["segment_id"]), None)
    return [*open_facts.values(), CallEnded(known[0].subject, "core_restarted")]
