"""Fair comparison: funnels, the group's own values, and signs of gaming."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from core.web.shapes import At
from kpi.fairness.funnel import FunnelMethod
from kpi.scoring.scheme import Adjust, Whose
from kpi.signs.counting import OutsideLimit


class ChanceLimits(BaseModel):
    """Between which chance leaves nearly all (95 % and 99.8 %) of those with so much to do."""

    n: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float


class PlotPoint(ChanceLimits):
    """``outside``: the widest limit that the value lies beyond."""

    who: str
    name: str
    group: str
    value: float
    numerator: float
    denominator: float
    outside: OutsideLimit | None


class FunnelPlot(BaseModel):
    """``target`` is the value of all together; ``dispersion`` is about 1 where chance alone is at work, null where it
    cannot be known. ``counts`` says what ``n`` counts. ``curve`` is the limits from few to many."""

    line: int
    indicator: str
    name: str
    unit: str
    of: Whose
    adjust: Adjust
    target: float
    method: FunnelMethod
    counts: Literal["thing", "shift", "day"]
    dispersion: float | None
    points: list[PlotPoint]
    curve: list[ChanceLimits]


class Funnels(BaseModel):
    scheme: str
    version: int | None
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    watermark: int
    demo: bool
    funnels: list[FunnelPlot]


class OneValue(BaseModel):
    """``enough``: the sample reaches the minimum."""

    value: float
    sample: int
    enough: bool


class Distribution(BaseModel):
    """Nobody's name: ``values`` in their order. ``reference`` is the value of all together."""

    indicator: str
    name: str
    unit: str
    of: Whose
    adjust: Adjust
    minimum: int
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    demo: bool
    people: int
    reference: float | None
    values: list[OneValue]


class SignOf(BaseModel):
    """``count`` of ``base``; ``median`` is the share in the group's middle. ``outside``: by chance alone so much
    in less than 2.5 or 0.1 of a hundred cases. ``list`` is the page with these (of ``flicker`` with all states)."""

    sign: str
    name: str
    counted: str
    among: str
    count: int
    base: int
    share: float | None
    median: float | None
    outside: OutsideLimit | None
    list: str


class SignsOf(BaseModel):
    who: str
    name: str
    group: str
    signs: list[SignOf]


class Signs(BaseModel):
    """They never enter a score. Empty for posts that neither take calls nor do repairs."""

    scheme: str
    version: int | None
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    demo: bool
    people: list[SignsOf]
