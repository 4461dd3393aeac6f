"""Rows of the database as the records of a roster, and back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from core.db.tables import RosterLeaveRow, RosterShiftRow, ShiftTemplateRow
from core.rosters.records import Leave, Shift, Span, Template, written


def shift_of(row: RosterShiftRow) -> Shift:
    return Shift(
        row.extension,
        row.day,
        row.starts_at,
        row.ends_at,
        row.name,
        tuple(Span(start, end) for start, end in row.breaks),
        tuple(row.skills),
        row.template_id,
        row.note,
        row.id,
        name_en=row.name_en,
    )


def template_of(row: ShiftTemplateRow) -> Template:
    """Its breaks are kept as ``[start, end]``, or ``[start, end, earliest, latest]`` with a window."""
    pauses = tuple((pause[0], pause[1]) for pause in row.breaks)
    windows = tuple((pause[-2], pause[-1]) for pause in row.breaks)
    if windows == pauses:
        windows = ()
    return Template(row.id, row.name, row.start_minute, row.end_minute, pauses, tuple(row.skills), windows, row.name_en)


def stored_breaks(template: Template) -> list[list[int]]:
    """As ``template_of`` reads them."""
    windows = template.windows or template.breaks
    return [
        [*pause] if window == pause else [*pause, *window]
        for pause, window in zip(template.breaks, windows, strict=True)
    ]


def fill(row: RosterShiftRow, shift: Shift, by: str, at: float) -> None:
    for name in ("extension", "day", "starts_at", "ends_at", "name", "name_en", "template_id", "note"):
        setattr(row, name, getattr(shift, name))
    row.breaks = [list(pause) for pause in shift.breaks]
    row.skills = list(shift.skills)
    row.changed_at, row.changed_by = at, by


def leave_of(row: RosterLeaveRow) -> Leave:
    return Leave(
        row.extension,
        row.starts_at,
        row.ends_at,
        row.reason,
        row.state,
        row.id,
        row.note,
        row.asked_by,
        row.decided_by,
        row.decided_words,
    )


def shift_record(shift: Shift, zone: ZoneInfo) -> dict[str, Any]:
    """A shift as the audit and swaps keep it: readable without the roster."""
    return {
        "id": shift.id,
        "extension": shift.extension,
        "day": shift.day,
        "name": shift.name,
        "name_en": shift.name_en,
        "starts": written(shift.starts_at, zone),
        "ends": written(shift.ends_at, zone),
    }
