"""Whom an order has to be told to, and what is owed: levels of clocks that were reached, steps that concern somebody.

A notice is a row, written in the transaction of what it is about. Sending is the caller's (``core.notify``): it takes
what is ``owed`` and ``settle``s it, so that a restart neither forgets nor repeats anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db.tables import OrderSiteMemberRow, UserRow, WorkOrderClockRow, WorkOrderNoticeRow, WorkOrderRow
from core.workorders.case import Case, StepRecord
from core.workorders.deadlines import next_level

# Steps that somebody has to hear of at once.
TOLD_STEPS = {
    "dispatch": "crew",
    "reassign": "crew",
    "urge": "crew",
    "supervise": "crew",
    "send_back": "crew",
    "ask_suspend": "site_manager",
    "ask_extend": "supervisor",
    "extend": "crew",
    "refuse": "crew",
    "resume": "crew",
}
LEVELS_AT_ONCE = 500
OWED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A notice that has not gone out. ``kind`` is a clock (``level`` in percent) or an event (``level`` 0)."""

    id: int
    order_id: str
    kind: str
    level: int
    at: float
    recipients: tuple[str, ...]
    about: Mapping[str, Any]


def tell_steps(session: Session, case: Case, first: int) -> None:
    """Notices of the steps from ``first`` on. Not committed."""
    found = [
        {
            "once": f"{case.id}:step:{seq}",
            "order_id": case.id,
            "kind": taken.event,
            "level": 0,
            "at": taken.at,
            "recipients": recipients(session, wanted, case.standing.site, case.standing.assignee),
            "settled": False,
            "receipt": {},
        }
        for seq, taken in enumerate(case.steps)
        if seq >= first and (wanted := _wanted(case, taken))
    ]
    if found:
        session.execute(insert(WorkOrderNoticeRow), found)


def _wanted(case: Case, taken: StepRecord) -> str:
    if taken.event == "return":
        return "supervisor" if case.standing.returned >= case.definition.returns_told else ""
    return TOLD_STEPS.get(taken.event, "")


def recipients(session: Session, wanted: str, site: str, assignee: str) -> list[str]:
    """User names where they are known, else the role. ``crew`` is the worker, or those who lead the site."""
    if wanted in ("crew", "worker") and assignee:
        return [assignee]
    if wanted in ("crew", "worker", "site_manager"):
        leads = (
            select(UserRow.name)
            .join(OrderSiteMemberRow, OrderSiteMemberRow.user_name == UserRow.name)
            .where(OrderSiteMemberRow.site == site, UserRow.role == "site_manager", UserRow.active)
        )
        return list(session.scalars(leads.order_by(UserRow.name))) or ["site_manager"]
    return [wanted]


# --- levels of clocks ----------------------------------------------------------------------------------------


def levels_due(session: Session, now: float) -> list[tuple[str, str]]:
    """Order and clock of those that have reached their next level, the longest due first."""
    query = select(WorkOrderClockRow.order_id, WorkOrderClockRow.clock).where(WorkOrderClockRow.next_at <= now)
    return [
        (row[0], row[1]) for row in session.execute(query.order_by(WorkOrderClockRow.next_at).limit(LEVELS_AT_ONCE))
    ]


def tell_level(session: Session, case: Case, clock_id: str, now: float) -> int | None:
    """Writes down the highest level that the clock has reached by now, once; the level, or ``None``. Not committed.

    What was passed unseen, as while the house was down, is told as one: the highest.
    """
    row = session.get(WorkOrderClockRow, (case.id, clock_id), populate_existing=True)
    clock = (case.clocks or {}).get(clock_id)
    if row is None or clock is None:
        return None
    reached, told = None, row.told
    while (level := next_level(clock, told)) is not None and level[2] <= now:
        reached, told = level, level[0]
    following = next_level(clock, told)
    row.told, row.next_at = told, following[2] if following else None
    if reached is None:
        return None
    values = {
        "once": f"{case.id}:{clock_id}:{clock.began_at:.3f}:{reached[0]}",
        "order_id": case.id,
        "kind": clock_id,
        "level": reached[0],
        "at": now,
        "recipients": recipients(session, reached[1], case.standing.site, case.standing.assignee),
        "settled": False,
        "receipt": {},
    }
    session.flush()
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(make(WorkOrderNoticeRow).values(values).on_conflict_do_nothing(index_elements=["once"]))
    return reached[0]


# --- sending ---------------------------------------------------------------------------------------------------


def owed(session: Session) -> list[PendingNotice]:
    """What has not gone out, the oldest first."""
    query = (
        select(WorkOrderNoticeRow, WorkOrderRow)
        .join(WorkOrderRow, WorkOrderRow.id == WorkOrderNoticeRow.order_id)
        .where(~WorkOrderNoticeRow.settled)
        .order_by(WorkOrderNoticeRow.id)
        .limit(OWED_AT_ONCE)
    )
    return [
        PendingNotice(
            notice.id,
            notice.order_id,
            notice.kind,
            notice.level,
            notice.at,
            tuple(notice.recipients),
            {name: getattr(order, name) for name in ("category", "urgency", "address", "site", "state", "due_at")},
        )
        for notice, order in session.execute(query)
    ]


def settle(session: Session, notice_id: int, receipt: Mapping[str, Any]) -> None:
    """How the sending went; it is not tried again. Commits."""
    session.execute(
        update(WorkOrderNoticeRow).where(WorkOrderNoticeRow.id == notice_id).values(settled=True, receipt=dict(receipt))
    )
    session.commit()
