"""What the floor's scripts are answered besides the live connection."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from core.web.shapes import At, ClockTime


class FloorCounts(BaseModel):
    """Ratios beside the counts that make them up; null is no data."""

    answered: int
    abandoned: int
    redirected: int
    answered_in_t: int
    abandoned_in_t: int
    short_abandons: int
    wait_answered_seconds: float
    offered: int
    service_level: float | None
    abandon_rate: float | None


class DayCounts(FloorCounts):
    """With those who were turned away before they waited, by why."""

    closed: int
    no_agents: int
    overflow: int
    max_wait: int


class LatelyCounts(FloorCounts):
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")


class ShiftNow(BaseModel):
    """The shift that most have now, how many others there are besides, and everybody planned."""

    name: str
    name_en: str
    start: ClockTime
    end: ClockTime
    others: int
    planned: list[str]


class OverrideNow(BaseModel):
    state: Literal["open", "closed"]
    by: str
    at: At
    reason: str


class FloorFigures(BaseModel):
    """Without analytics there are only ``shift`` and ``overrides``; ``aht`` in seconds."""

    at: At
    day: DayCounts | None = None
    lately: LatelyCounts | None = None
    aht: float | None = None
    handled: int | None = None
    shift: ShiftNow | None
    overrides: dict[str, OverrideNow]


class Caller(BaseModel):
    name: str
    kind: str
    district: str
    address: str


class FloorEarlierCall(BaseModel):
    id: str
    at: At
    said: str
    agent: str
    note: str


class Spent(BaseModel):
    """Seconds up to ``at``; nothing until the warehouse has the call."""

    menu: float | None = None
    queue: float | None = None
    hold: float | None = None
    at: At | None = None


class BehindCall(BaseModel):
    """``earlier`` is how many calls there were in 90 days, ``last`` the newest of them."""

    id: str
    customer: Caller | None
    earlier: int
    last: list[FloorEarlierCall]
    spent: Spent


class Voice(BaseModel):
    """Two rows of bars (0 to 1), left is the caller, and the shares where both or nobody spoke."""

    seconds: float
    left: list[float]
    right: list[float]
    both: float | None
    silence: float | None
