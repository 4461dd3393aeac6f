"""What a killed sip process left open in the event log is ended when the next one has started.

The end is put at the core's last sign of life, which the next one tells of; without any, at the last moment of which
the log knows anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import sqlalchemy as sa

from core.clock import from_micros
from core.db import event_log
from core.db.tables import EventRow
from core.events import (
    AgentStateChanged,
    CallEnded,
    Event,
    Fact,
    QueueLeft,
    RingEnded,
    SegmentEnded,
    SupervisionEnded,
    WrapUpEnded,
)

LOOK_BACK_US = 2 * 86_400 * 1_000_000
REASON = "core_restarted"


def close_dangling(connection: sa.Connection, before_us: int, alive_us: int | None = None) -> int:
    """Appends what is owed to calls, wrap-ups and agent states that the core before this one left open. ``alive_us``:
    its last sign of life.

    Returns the number of facts appended.
    """
    row = EventRow.__table__.c
    # No bound above: what is in the log is older, whatever a clock that was set back says.
    since_us = _since_us(next(iter(_starts(connection)), None), before_us)
    recent = row.at_us > since_us
    last_us = connection.scalar(sa.select(row.at_us).where(recent).order_by(row.id.desc()).limit(1))
    if last_us is None:
        return 0
    if alive_us is not None:
        # The log's last line may be of somebody else: the web process goes on when the core is gone.
        last_us = alive_us
    subjects: set[str] = set()
    for began, ended in (("call_arrived", "call_ended"), ("wrap_up_started", "wrap_up_ended")):
        closed = sa.select(row.subject).where(row.kind == ended, row.at_us > since_us)
        subjects.update(
            connection.scalars(sa.select(row.subject).where(row.kind == began, recent, row.subject.not_in(closed))),
        )
    # A call with two wrap-ups, one of them ended, is not among these: its second one is found here.
    for subject, started in _counts(connection, "wrap_up_started", recent):
        if started > 1:
            subjects.add(subject)
    events: list[Event] = []
    for subject in sorted(subjects):
        known = event_log.for_subject(connection, subject)
        end_us = max(min(last_us, before_us), known[-1].at_us)
        events += [Event.of(fact, from_micros(end_us)) for fact in owed(known)]
    for fact, at_us in _still_on_duty(connection, recent):
        events.append(Event.of(fact, from_micros(max(min(last_us, before_us), at_us))))
    return event_log.append(connection, events)


def _starts(connection: sa.Connection) -> list[tuple[int, int]]:
    """Of the last two cores, the newest first: the row's id in the log, and when."""
    row = EventRow.__table__.c
    query = sa.select(row.id, row.at_us).where(row.kind == "core_started").order_by(row.id.desc()).limit(2)
    return [(found.id, found.at_us) for found in connection.execute(query)]


def _since_us(start: tuple[int, int] | None, before_us: int) -> int:
    """What is open began under the last core, which ended all that was open before it: however long it lived, and two
    days more for clocks that were set."""
    return min(before_us, start[1] if start else before_us) - LOOK_BACK_US


def owed(known: Sequence[Event]) -> list[Fact]:
    """The facts that end whatever these began: queue visits, rings, segments, the call, wrap-ups."""
    open_facts: dict[tuple[str, str], Fact] = {}
    wrap_ups: dict[str, Fact] = {}
    call_open = False
    for event in known:
        p, call = event.payload, event.subject
        match event.kind:
            case "call_arrived":
                call_open = True
            case "call_ended":
                call_open = False
            case "call_queued":
                open_facts["queue", p["queue"]] = QueueLeft(call, p["queue"], "closed", REASON)
            case "queue_left":
                open_facts.pop(("queue", p["queue"]), None)
            case "agent_rang":
                open_facts["ring", p["segment_id"]] = RingEnded(call, p["segment_id"], p["extension"], "withdrawn")
            case "ring_ended":
                open_facts.pop(("ring", p["segment_id"]), None)
            case "call_answered":
                open_facts["segment", p["segment_id"]] = SegmentEnded(
                    call, p["segment_id"], p["extension"], "core_restarted"
                )
            case "segment_ended":
                open_facts.pop(("segment", p["segment_id"]), None)
            case "supervision_started":
                open_facts["supervision", p["by"]] = SupervisionEnded(call, p["by"], "core_restarted")
            case "supervision_ended":
                open_facts.pop(("supervision", p["by"]), None)
            case "wrap_up_started":
                wrap_ups[p["segment_id"]] = WrapUpEnded(call, p["segment_id"], p["extension"])
            case "wrap_up_ended":
                wrap_ups.pop(p["segment_id"], None)
            case _:
                pass
    ends: list[Fact] = [*open_facts.values()] if call_open else []
    if call_open:
        ends.append(CallEnded(known[0].subject, "core_restarted"))
    return [*ends, *wrap_ups.values()]


def owed_recordings(connection: sa.Connection, before_us: int) -> list[tuple[str, str]]:
    """Tracks that were begun before this core started, at ``before_us``, and of which nobody said how they ended: each
    with its call's id, or for a supervision's ``call:track``, and its path."""
    row = EventRow.__table__.c
    match _starts(connection):
        case [this, *before]:
            recent = sa.and_(row.id < this[0], row.at_us > _since_us(next(iter(before), None), before_us))
        case _:
            recent = row.at_us > before_us - LOOK_BACK_US
    ended = {"recording_saved", "recording_failed", "supervision_recorded"}
    query = sa.select(row.kind, row.subject, row.payload).where(
        recent, row.kind.in_(["recording_started", "supervision_started", *ended])
    )
    begun: dict[str, str] = {}
    told: set[str] = set()
    for kind, subject, payload in connection.execute(query):
        path = orjson.loads(payload)["path"]
        if kind in ended:
            told.add(path)
        else:
            # Only that there is something behind the colon matters: it is a track, and not the call itself.
            begun[path] = subject if kind == "recording_started" else f"{subject}:0"
    return [(call, path) for path, call in begun.items() if path not in told]


def _counts(connection: sa.Connection, kind: str, recent: sa.ColumnElement[bool]) -> list[tuple[str, int]]:
    row = EventRow.__table__.c
    query = sa.select(row.subject, sa.func.count()).where(row.kind == kind, recent).group_by(row.subject)
    return [(subject, count) for subject, count in connection.execute(query)]


def _still_on_duty(connection: sa.Connection, recent: sa.ColumnElement[bool]) -> list[tuple[Fact, int]]:
    """Agents whose last known state is not offline, and since when they have it: the new core knows nobody yet."""
    row = EventRow.__table__.c
    last = sa.select(sa.func.max(row.id)).where(row.kind == "agent_state_changed", recent).group_by(row.subject)
    query = sa.select(row.kind, row.at_us, row.uid, row.version, row.subject, row.payload).where(row.id.in_(last))
    return [
        (AgentStateChanged(found.subject, "offline", REASON), found.at_us)
        for found in connection.execute(query)
        if orjson.loads(found.payload)["state"] != "offline"
    ]
