"""Calendars as the office sets them: opening hours of the week, holidays, make-up days."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.tables import CalendarRow, CategoryRow
from core.errors import BadInput
from core.i18n import N_
from core.installation.definition import Calendar, Installation
from core.installation.editing import Editable, in_installation, items
from core.installation.field_checks import check_id
from core.installation.references import Use, uses_of_calendar
from core.installation.service import load_installation, plain

MOST_SPANS = 6
MOST_DAYS = 1000
LABELS = {
    "weekly": N_("Hours of the week"),
    "holidays": N_("Holidays"),
    "workdays": N_("Make-up days"),
    "timezone": N_("Time zone"),
}


def check(calendar: Calendar, _site: Installation) -> None:
    """What the definition itself does not ask (``core.installation.definition`` knows hours, dates and zones)."""
    check_id(calendar.id)
    for day in calendar.weekly:
        spans = sorted(day)
        if len(spans) > MOST_SPANS:
            raise BadInput("So many hours on a day are not possible.", field="weekly", remedy="Give 6 at most.")
        for (start, end), (next_start, next_end) in pairwise(spans):
            # Hours that end before they begin go on into the morning.
            if end > next_start or end < start:
                raise BadInput(
                    "{first} and {second} overlap.",
                    field="weekly",
                    remedy="Join them, or end one before the other begins.",
                    first=f"{start}-{end}",
                    second=f"{next_start}-{next_end}",
                )
    for field in ("holidays", "workdays"):
        days = getattr(calendar, field)
        if len(set(days)) < len(days) or len(days) > MOST_DAYS:
            raise BadInput("This list is not possible.", field=field, remedy="Give each day once, 1000 at most.")
    if both := sorted(set(calendar.holidays) & set(calendar.workdays)):
        raise BadInput(
            "{day} cannot be a holiday and a make-up day.",
            field="workdays",
            remedy="Remove it from one of the two.",
            day=both[0],
        )


def _uses(session: Session, installation: Installation, calendar: str) -> tuple[Use, ...]:
    """Orders that have begun keep to the calendar as it was; those to come ask their category."""
    rows = session.execute(select(CategoryRow.id, CategoryRow.limits).order_by(CategoryRow.id))
    named = (name for name, limits in rows if any(one.get("calendar") == calendar for one in limits or ()))
    return (*uses_of_calendar(installation, calendar), *(Use("category", name, "limits") for name in named))


CALENDARS = Editable(
    place=in_installation("calendars"),
    word="calendar",
    key="id",
    kind=Calendar,
    missing=N_("There is no calendar {id}."),
    labels=LABELS,
    check=check,
    put=lambda session, calendar: session.merge(CalendarRow(**plain(calendar))),
    drop=lambda session, name: session.execute(delete(CalendarRow).where(CalendarRow.id == name)),
    uses=_uses,
)


def listed(session: Session) -> dict[str, Any]:
    """Every calendar with what keeps to it."""
    installation = load_installation(session)
    return {"items": items(session, CALENDARS, installation), "choices": {"timezone": installation.timezone}}
