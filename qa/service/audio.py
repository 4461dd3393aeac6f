"""What was measured in recordings: kept by call and version of the measuring, told as a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import CallAudioRow
from qa.facts import CallMeasured, event_of
from qa.signals.measures import VERSION


@dataclass(frozen=True, slots=True)
class AudioRecord:
    """``body``: the measures as JSON, ``None`` where the sound cannot be measured; ``problem``: why, with ``message``,
    ``remedy`` and ``values`` to be translated."""

    call_id: str
    version: int
    measured_at: float
    body: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None


def find(session: Session, call_id: str) -> AudioRecord | None:
    """By this version of the measuring."""
    row = session.get(CallAudioRow, call_id)
    return None if row is None or row.version != VERSION else _record(row)


def measured(session: Session, calls: list[str]) -> set[str]:
    """Those of them that this version has measured."""
    query = select(CallAudioRow.call_id).where(CallAudioRow.call_id.in_(calls), CallAudioRow.version == VERSION)
    return set(session.scalars(query))


def keep(
    session: Session, call_id: str, body: Mapping[str, Any] | None, problem: Mapping[str, Any] | None, at: float
) -> AudioRecord:
    """In the place of what another version measured."""
    said = None if body is None else {name: value for name, value in body.items() if name != "spans"}
    fact = CallMeasured(call_id, VERSION, said, str(problem["message"]) if problem else "")
    values = {"version": VERSION, "measured_at": at, "body": body, "problem": problem}
    try:
        row = session.merge(CallAudioRow(call_id=call_id, **values))
        session.flush()
        event_log.append(session, [event_of(fact, at)])
        session.commit()
    except IntegrityError:
        # Measured twice at once; both found the same.
        session.rollback()
        row = session.get_one(CallAudioRow, call_id)
    except BaseException:
        session.rollback()
        raise
    return _record(row)


def _record(row: CallAudioRow) -> AudioRecord:
    return AudioRecord(row.call_id, row.version, row.measured_at, row.body, row.problem)
