"""Forecast, need, coverage and adherence. Grids are one list for each day, of quarters or of the interval asked for."""

from __future__ import annotations

from pydantic import BaseModel, Field

from core.web.shapes import At, ClockTime, Day
from core.web.shapes.orders import IdName
from core.web.shapes.rosters import Shift

Grid = list[list[float | None]]


class Gap(BaseModel):
    """``level``: ``warn`` too few, ``bad`` so few that the queue only grows."""

    day: Day
    begins: ClockTime = Field(alias="from")
    ends: ClockTime = Field(alias="to")
    short: float
    level: str


class Coverage(BaseModel):
    """``marks``: one sign a quarter, ``.`` enough, ``w`` too few, ``b`` so few that the queue only grows. ``short_h``:
    agent hours of each day."""

    first_day: Day = Field(alias="from")
    days: int
    past: int
    pool: str
    pools: list[IdName]
    people: int
    needed: list[list[int | None]]
    rostered: Grid
    marks: list[str]
    short_h: list[float]
    gaps: list[Gap]


class Target(BaseModel):
    share: float
    threshold_s: float
    occupancy: float
    shrinkage: float


class Handling(BaseModel):
    """``assumed``: too few calls to measure on."""

    queue: str
    name: str
    aht_s: float
    answered: int
    talk_s: int
    hold_s: int
    wrap_up_s: int
    assumed: bool


class Errors(BaseModel):
    """WAPE and bias, by interval; ``wape_by_day`` of whole days."""

    wape: float | None
    bias: float | None
    wape_by_day: float | None


class ForecastError(BaseModel):
    """How far both methods were off; null where there was nothing to measure on."""

    days: int
    of_days: int
    lead_days: int
    enough: bool
    calls: float
    ours: Errors | None
    naive: Errors | None


class Quarter(BaseModel):
    """From calls to people. ``load`` in erlang; ``service_level`` null: with so few people the queue only grows."""

    at: ClockTime
    forecast: float | None
    baseline: float | None
    baseline_weeks: float | None
    actual: float | None
    load: float | None
    agents: int | None
    needed: int | None
    rostered: float
    level: str
    service_level: float | None
    abandoned: float | None


class DayPlan(BaseModel):
    day: Day
    past: bool
    pool: str
    name: str
    queues: list[str]
    target: Target
    handling: list[Handling]
    measured: ForecastError
    patience_s: float | None
    lines: list[Quarter]
    gaps: list[Gap]


class UnusualDay(BaseModel):
    """A day unlike its kind: what came, and what usually comes on such a day."""

    day: Day
    calls: float
    usual: float


class Special(BaseModel):
    """What the office is asked; ``years`` have no holidays in the calendar."""

    odd: list[UnusualDay]
    unseen: list[Day]
    years: list[int]


class Forecast(BaseModel):
    """``kinds``: 0 Monday to 6 Sunday, 7 public holiday, 8 make-up workday."""

    queue: str
    name: str
    first_day: Day = Field(alias="from")
    days: int
    past: int
    minutes: int
    kinds: list[int]
    forecast: Grid
    baseline: Grid
    baseline_weeks: Grid
    actual: Grid
    expected: list[float | None]
    history_days: int
    measured: ForecastError
    handling: Handling
    special: Special


class Witness(BaseModel):
    """A past day that the forecast rests on."""

    day: Day
    calls: float
    weight: float


class Witnesses(BaseModel):
    queue: str
    day: Day
    begins: ClockTime = Field(alias="from")
    ends: ClockTime = Field(alias="to")
    items: list[Witness]
    next: None = None


class Expected(BaseModel):
    queue: str
    day: Day
    calls: float | None


class Spread(BaseModel):
    """How many shifts' breaks moved; agent hours missing before and after."""

    moved: int
    short_before_h: float
    short_after_h: float


class AgentHere(BaseModel):
    """Plan and state of this moment."""

    extension: str
    name: str
    group: str
    plan: str
    shift: Shift | None
    state: str
    reason: str
    reason_name: str
    since: At | None
    adherent: bool | None
    off_since: At | None
    next_change: At | None


class AdherenceNow(BaseModel):
    """``stale`` when the states are not live."""

    at: At
    stale: bool
    agents: list[AgentHere]


class AdherenceSums(BaseModel):
    """Ratios with the seconds that make them up; null without a denominator."""

    adherence: float | None
    conformance: float | None
    scheduled_s: int
    adherent_s: int
    planned_work_s: int
    worked_s: int
    late_s: int
    shifts: int
    absent: int


class ShiftAdherence(AdherenceSums):
    shift: Shift


class AgentAdherence(AdherenceSums):
    extension: str
    name: str
    group: str
    by_shift: list[ShiftAdherence]


class AdherencePast(BaseModel):
    """Times before ``known_from`` are not counted at all."""

    first_day: Day = Field(alias="from")
    days: int
    known_from: At | None
    whole: AdherenceSums
    agents: list[AgentAdherence]


class Stretch(BaseModel):
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    seconds: int
    plan: str
    state: str | None
    adherent: bool | None


class AdherenceShift(BaseModel):
    shift: Shift
    name: str
    sums: AdherenceSums
    pieces: list[Stretch]
