"""What supervisors say to the floor: queues open or closed, announcements, messages to desks, marks on calls.

Overrides and announcements are part of the site's definition: the sip process takes them over at its next ``reload``
and keeps them in its copy on disk. Every function commits, or changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db.tables import (
    AnnouncementRow,
    CallMarkRow,
    CustomerPhoneRow,
    CustomerRow,
    EventRow,
    InstallationRow,
    QueueOverrideRow,
    QueueRow,
    StaffMessageRow,
    UserRow,
)
from core.errors import BadInput, NotFound

MESSAGES_SHOWN = 50
# How long an announcement stands whose end nobody has said.
USUAL_STAND_S = 4 * 3600.0
# What the forms and the interface take. A minute of voice is about 250 characters.
ANNOUNCEMENT_CHARACTERS = 300
MESSAGE_CHARACTERS = 300
REASON_CHARACTERS = 200


def raise_version(session: Session) -> None:
    session.execute(update(InstallationRow).values(version=InstallationRow.version + 1))


# --- queues ----------------------------------------------------------------------------------------------------


def override_queue(
    session: Session, queue: str, state: Literal["", "open", "closed"], reason: str, by: str, at: float
) -> None:
    """Opens or closes the queue whatever its calendar says; an empty state gives it back to the calendar."""
    if session.get(QueueRow, queue) is None:
        raise NotFound("There is no queue {id}.", field="queue", id=queue)
    if state == "closed" and not reason.strip():
        raise BadInput("The reason is missing.", field="reason", remedy="Say why you close this queue.")
    if state:
        session.merge(QueueOverrideRow(queue_id=queue, state=state, reason=reason, by_user=by, at=at))
    else:
        session.execute(delete(QueueOverrideRow).where(QueueOverrideRow.queue_id == queue))
    raise_version(session)
    session.commit()


def overrides(session: Session) -> dict[str, dict[str, Any]]:
    """By queue: whose word stands over its calendar, since when and why."""
    rows = session.execute(
        select(QueueOverrideRow, UserRow.display_name).outerjoin(UserRow, UserRow.name == QueueOverrideRow.by_user)
    )
    return {
        row.queue_id: {"state": row.state, "by": name or row.by_user, "at": row.at, "reason": row.reason}
        for row, name in rows
    }


# --- announcements ---------------------------------------------------------------------------------------------


def areas(session: Session) -> list[dict[str, Any]]:
    """Districts that have customers, with how many numbers would hear an announcement there."""
    callers = func.count(CustomerPhoneRow.number)
    query = (
        select(CustomerRow.district, callers)
        .join(CustomerPhoneRow, CustomerPhoneRow.customer_id == CustomerRow.id)
        .group_by(CustomerRow.district)
        .order_by(CustomerRow.district)
    )
    return [{"name": name, "callers": count} for name, count in session.execute(query)]


def announce(session: Session, text: str, area: str, by: str, at: float, until: float | None = None) -> dict[str, Any]:
    """From now on callers hear it: all, or those whose number belongs to a customer of the area; up to ``until``."""
    if not text.strip():
        raise BadInput("The text is missing.", field="text", remedy="Write what callers shall hear.")
    if until is not None and until <= at:
        raise BadInput("This time is over.", field="until", remedy="Give a time to come, or none.")
    if area and area not in {one["name"] for one in areas(session)}:
        raise NotFound(
            "There are no customers in {area}.", field="area", remedy="Choose an area of the list.", area=area
        )
    row = AnnouncementRow(
        text=text.strip(), area=area or None, active_from=at, active_until=until, created_by=by, created_at=at
    )
    session.add(row)
    raise_version(session)
    session.commit()
    return _announcement(row, display_names(session))


def end_announcement(session: Session, number: int, by: str, at: float) -> dict[str, Any]:
    row = session.get(AnnouncementRow, number)
    if row is None:
        raise NotFound("There is no announcement {id}.", field="id", id=number)
    if row.ended_by is None:
        row.active_until, row.ended_by = at, by
        raise_version(session)
    session.commit()
    return _announcement(row, display_names(session))


def announcements(session: Session, at: float) -> list[dict[str, Any]]:
    """Those that stand, newest first."""
    names = display_names(session)
    return [_announcement(row, names) for row in reversed(_standing(session, at))]


def announcement_texts(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """What was said, by the ids in events; also of those that are over."""
    ids = [int(number) for number in numbers if number.isascii() and number.isdigit()]
    query = select(AnnouncementRow.id, AnnouncementRow.text).where(AnnouncementRow.id.in_(ids))
    return {str(number): text for number, text in session.execute(query)}


def standing(session: Session) -> dict[str, dict[str, Any]]:
    """For the site's definition: text, area, and the numbers of the area's customers."""
    found: dict[str, dict[str, Any]] = {}
    for row in _standing(session, utc_now()):
        numbers = None
        if row.area is not None:
            query = select(CustomerPhoneRow.number).join(CustomerRow, CustomerRow.id == CustomerPhoneRow.customer_id)
            numbers = list(session.scalars(query.where(CustomerRow.district == row.area)))
        found[str(row.id)] = {
            "id": str(row.id),
            "text": row.text,
            "area": row.area or "",
            "numbers": numbers,
            "until": row.active_until,
        }
    return found


def _standing(session: Session, at: float) -> list[AnnouncementRow]:
    in_time = or_(AnnouncementRow.active_until.is_(None), AnnouncementRow.active_until > at)
    query = select(AnnouncementRow).where(AnnouncementRow.ended_by.is_(None), in_time)
    return list(session.scalars(query.order_by(AnnouncementRow.id)))


def display_names(session: Session) -> dict[str, str]:
    """What people are called, by their log-in names."""
    return {row.name: row.display_name for row in session.execute(select(UserRow.name, UserRow.display_name))}


def _announcement(row: AnnouncementRow, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "area": row.area,
        "active_from": row.active_from,
        "active_until": row.active_until,
        "by": row.created_by,
        "by_name": names.get(row.created_by) or row.created_by,
    }


# --- messages and marks ----------------------------------------------------------------------------------------


def send_message(session: Session, text: str, extension: str | None, by: str, at: float) -> dict[str, Any]:
    if not text.strip():
        raise BadInput("The text is missing.", field="text", remedy="Write the message.")
    row = StaffMessageRow(at=at, from_user=by, to_extension=extension, text=text.strip())
    session.add(row)
    session.commit()
    return _message(row)


def messages_for(session: Session, extension: str | None, since: float) -> list[dict[str, Any]]:
    """To this desk or to all, newest first."""
    mine = or_(StaffMessageRow.to_extension.is_(None), StaffMessageRow.to_extension == extension)
    query = select(StaffMessageRow).where(mine, StaffMessageRow.at > since).order_by(StaffMessageRow.id.desc())
    return [_message(row) for row in session.scalars(query.limit(MESSAGES_SHOWN))]


def _message(row: StaffMessageRow) -> dict[str, Any]:
    return {"id": row.id, "at": row.at, "by": row.from_user, "to": row.to_extension, "text": row.text}


def mark_call(session: Session, call_id: str, kind: str, note: str, by: str, at: float) -> dict[str, Any]:
    """Puts the call aside for QA or training; the same mark by the same person counts once."""
    if session.scalar(select(EventRow.id).where(EventRow.subject == call_id).limit(1)) is None:
        raise NotFound("There is no call {call}.", field="id", call=call_id[:64])
    mine = (CallMarkRow.call_id == call_id, CallMarkRow.kind == kind, CallMarkRow.user_name == by)
    row = session.scalar(select(CallMarkRow).where(*mine))
    if row is None:
        row = CallMarkRow(call_id=call_id, kind=kind, note=note, user_name=by, at=at)
        session.add(row)
    elif note:
        row.note = note
    session.commit()
    return _mark(row)


def marks(session: Session, call_id: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
    query = select(CallMarkRow).order_by(CallMarkRow.id.desc()).limit(500)
    if call_id is not None:
        query = query.where(CallMarkRow.call_id == call_id)
    if kind is not None:
        query = query.where(CallMarkRow.kind == kind)
    return [_mark(row) for row in session.scalars(query)]


def _mark(row: CallMarkRow) -> dict[str, Any]:
    return {"call_id": row.call_id, "kind": row.kind, "note": row.note, "by": row.user_name, "at": row.at}
