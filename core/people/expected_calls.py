"""How many calls the office expects on a day that is like no other: what it says counts instead of the forecast."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import ExpectedCallsRow, QueueRow
from core.errors import BadInput, NotFound
from core.people import audit

MOST = 1_000_000.0


def expected(session: Session) -> Mapping[tuple[str, str], float]:
    """Calls by queue and local day (ISO)."""
    rows = session.execute(select(ExpectedCallsRow.queue_id, ExpectedCallsRow.day, ExpectedCallsRow.calls))
    return {(row.queue_id, row.day): row.calls for row in rows}


def set_expected(session: Session, queue: str, day: str, calls: float | None, by: str, at: float) -> None:
    """``None`` leaves the day to the forecast again. Commits, with a line of the audit."""
    if session.scalar(select(QueueRow.id).where(QueueRow.id == queue)) is None:
        raise NotFound("There is no queue {id}.", field="queue", id=queue[:40])
    if calls is not None and not 0 <= calls <= MOST:
        raise BadInput("So many calls are not expected.", field="calls", remedy="Give 0 to 1000000, or nothing.")
    row = session.get(ExpectedCallsRow, (queue, day))
    before = None if row is None else row.calls
    if calls is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(ExpectedCallsRow(queue_id=queue, day=day, calls=calls, changed_by=by, changed_at=at))
    else:
        row.calls, row.changed_by, row.changed_at = calls, by, at
    session.flush()
    audit.record(session, by, "expected_calls_said", queue, {"day": day, "calls": calls, "before": before}, at)
