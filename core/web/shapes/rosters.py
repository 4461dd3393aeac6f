"""Rosters: shifts, templates, leave, swaps, proposals."""

from __future__ import annotations

from pydantic import BaseModel, Field

from core.web.shapes import At, ClockTime, Day, Json

# Begin and end.
Span = tuple[ClockTime, ClockTime]


class Shift(BaseModel):
    """``away`` is approved leave inside the shift; an ``end`` of 24:00 is midnight."""

    id: int
    extension: str
    day: Day
    name: str
    name_en: str = ""
    template: int | None
    start: ClockTime
    end: ClockTime
    next_day: bool
    starts_at: At
    ends_at: At
    breaks: list[Span]
    away: list[Span]
    paid_h: float
    skills: list[str]
    note: str


class Leave(BaseModel):
    """``start`` and ``end`` are empty for leave of whole days."""

    id: int
    extension: str
    first_day: Day
    last_day: Day
    start: ClockTime
    end: ClockTime
    reason: str
    reason_name: str
    note: str
    state: str
    asked_by: str
    decided_by: str | None
    decided_words: str


class ShiftMet(Shift):
    """``stays``: it may stand beside the leave."""

    stays: bool


class LeaveWithShifts(Leave):
    """With the shifts that it touches."""

    shifts: list[ShiftMet]


class ShiftWritten(BaseModel):
    """As swaps keep it: ``2026-11-23 08:00``, readable without the roster."""

    id: int
    extension: str
    day: Day
    name: str
    name_en: str = ""
    starts: str
    ends: str


class Swap(BaseModel):
    """``other_shift`` null: the colleague takes the shift over and gives none back. Times are epoch seconds."""

    id: int
    state: str
    extension: str
    other_extension: str
    shift: ShiftWritten
    other_shift: ShiftWritten | None
    words: str
    asked_at: float
    answered_at: float | None
    decided_at: float | None
    decided_by: str | None
    decided_words: str


class NamedSwap(Swap):
    name: str
    other_name: str


class SwapCandidate(BaseModel):
    """``shift`` null: would take it over without giving one back."""

    extension: str
    name: str
    shift: ShiftWritten | None


class Template(BaseModel):
    """``breaks`` in their usual places; ``rests`` with their windows: ``[start, end]``, or ``[earliest, latest,
    minutes]``."""

    id: int
    name: str
    name_en: str
    start: ClockTime
    end: ClockTime
    next_day: bool
    breaks: list[Span]
    rests: list[tuple[ClockTime, ClockTime] | tuple[ClockTime, ClockTime, int]]
    paid_h: float
    skills: list[str]


class RosterSettings(BaseModel):
    """Hours for hours, shares 0 to 1."""

    least_rest_h: float
    most_week_h: float
    due_week_h: float
    most_days_in_row: int
    service_target: float
    most_occupancy: float
    shrinkage: float
    least_present: int


class RosterAgent(BaseModel):
    extension: str
    name: str
    group: str
    skills: list[str]
    queues: list[str]


class Roster(BaseModel):
    """Who works when. An agent sees the own roster, and the swaps and leave that concern it."""

    first_day: Day = Field(alias="from")
    days: int
    version: int
    today: Day
    agents: list[RosterAgent]
    shifts: list[Shift]
    leaves: list[Leave]
    swaps: list[NamedSwap]
    asked_leave: list[LeaveWithShifts]
    templates: list[Template]
    settings: RosterSettings
    holidays: list[Day]
    workdays: list[Day]


class CalendarLink(BaseModel):
    """Shown this once."""

    path: str


class Proposal(BaseModel):
    """``report``: before and after in the same figures when it is done, or ``error`` with message and remedy."""

    id: int
    state: str
    first_day: Day = Field(alias="from")
    days: int
    wanted: Json
    progress: Json
    report: Json
    asked_by: str
    asked_at: At
    ended_at: At | None
    shifts: list[Shift]


class TakenOver(BaseModel):
    added: int
    removed: int
    kept: int
    rested: int
