"""Whose turn it is, and whether a request was kept before: numbers, locks, keys.

The first statement of every change takes the turn: on the day's number for a new order, on the order's row for a step.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core.db.tables import WorkOrderEventRow, WorkOrderRow
from core.errors import Conflict, NotAllowed, NotFound
from core.i18n import _
from core.workorders.shipped import DEFAULT

NUMBER = text(
    "insert into work_order_numbers (day, last) values (:day, 1) "
    "on conflict (day) do update set last = work_order_numbers.last + 1 returning last"
)


@dataclass(frozen=True, slots=True)
class Idempotent:
    """``new`` is false when the same request had been kept before."""

    id: str
    new: bool


def next_number(session: Session, zone: ZoneInfo, at: float) -> str:
    """``YYMMDD-NNNN``: the local day and the number of that day. Others wait for this one's end."""
    day = datetime.fromtimestamp(at, zone).strftime("%y%m%d")
    return f"{day}-{session.execute(NUMBER, {'day': day}).scalar_one():04d}"


def take_turn(session: Session, order_id: str) -> None:
    mine = update(WorkOrderRow).where(WorkOrderRow.id == order_id).values(version=WorkOrderRow.version + 1)
    if session.execute(mine.returning(WorkOrderRow.id)).first() is None:
        raise no_order(order_id)


def request_key(user_name: str, key: str) -> str | None:
    return hashlib.sha256(f"{user_name}\0{key}".encode()).hexdigest() if key else None


def repeated(session: Session, request: str | None, asked: str) -> Idempotent | None:
    if request is None:
        return None
    query = select(WorkOrderRow.id, WorkOrderRow.request_hash).where(WorkOrderRow.request_key == request)
    found = session.execute(query).one_or_none()
    if found is None:
        step = select(WorkOrderEventRow.order_id, WorkOrderEventRow.event)
        if (taken := session.execute(step.where(WorkOrderEventRow.request_key == request)).first()) is not None:
            raise _of_a_step(taken.order_id, taken.event)
        return None
    if found[1] != asked:
        raise _of_an_order(found[0])
    return Idempotent(found[0], new=False)


def _of_an_order(order_id: str) -> Conflict:
    return Conflict(
        "This key was used for another order: {id}.",
        field="Idempotency-Key",
        remedy="Use a new key for every order.",
        id=order_id,
    )


def _of_a_step(order_id: str, event: str) -> Conflict:
    known = DEFAULT.event(event)
    return Conflict(
        "This key was used for another step: {event} of order {id}.",
        field="Idempotency-Key",
        remedy="Use a new key for every step.",
        event=_(known.name) if known else event,
        id=order_id,
    )


def idempotent_step(session: Session, request: str | None, order_id: str, asked: str) -> bool:
    """Whether this very step was kept under the key; ``Conflict`` when the key was another step's."""
    if request is None:
        return False
    one = WorkOrderEventRow
    found = session.execute(select(one.order_id, one.event, one.request_hash).where(one.request_key == request)).first()
    if found is None:
        opened = session.scalar(select(WorkOrderRow.id).where(WorkOrderRow.request_key == request))
        if opened is not None:
            raise _of_an_order(opened)
        return False
    # Steps kept before content was remembered know only their order.
    if found.order_id != order_id or found.request_hash not in ("", asked):
        raise _of_a_step(found.order_id, found.event)
    return True


def hold(session: Session, order_id: str) -> None:
    """The order's turn without a step: until the commit nobody else changes it or its clocks."""
    session.execute(update(WorkOrderRow).where(WorkOrderRow.id == order_id).values(version=WorkOrderRow.version))
    session.expire_all()


def not_theirs(order_id: str) -> NotAllowed:
    return NotAllowed(
        "Order {id} is not assigned to you.",
        field="id",
        remedy="Ask whoever leads the site who has it now.",
        id=order_id[:20],
    )


def no_order(order_id: str) -> NotFound:
    return NotFound("There is no order {id}.", field="id", remedy="Look at its number again.", id=order_id[:20])
