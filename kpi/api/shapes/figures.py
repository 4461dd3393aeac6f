"""Indicators: the catalogue, values by group, the rows behind them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from core.web.shapes import At, Page


class Indicator(BaseModel):
    """``expression`` in symbols, numerator and denominator in words; ``minimum`` is the sample from which it says
    something; ``by`` is what it can be split by."""

    id: str
    name: str
    names: dict[str, str]
    unit: str
    expression: str
    numerator: str
    denominator: str
    by: list[str]
    minimum: int
    n: int | None


class NotMeasured(BaseModel):
    id: str
    reason: str


class IndicatorPage(Page[Indicator]):
    not_measured: list[NotMeasured]


class Groups(BaseModel):
    """By what the answer is split: the key of each, ``none`` for what has none."""

    interval: str | None = None
    queue: str | None = None
    agent: str | None = None
    group: str | None = None
    district: str | None = None
    category: str | None = None
    site: str | None = None


class Value(Groups):
    """No denominator, no value. ``list`` is the page with exactly the rows counted, ``rows`` the same for programs."""

    names: dict[str, str]
    value: float | None
    numerator: float
    denominator: float
    sample: int
    enough: bool
    median: float | None = None
    p90: float | None = None
    list: str
    list_shows: str
    rows: str


class Values(Indicator):
    """``level`` of figures of queues: every entry, or each caller once."""

    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    grouped_by: list[str]
    level: str | None
    threshold_s: int | None
    demo: bool
    values: list[Value]


class IndicatorRow(Groups):
    """One thing that the figure counts, with its own share of both: a call, a visit of a queue, an order, a shift …

    What is known of its kind stands beside: the outcome and wait of visits, seconds of shifts.
    """

    kind: str
    id: str | None
    link: str | None
    at: At
    until: At | None
    names: dict[str, str]
    numerator: float
    denominator: float
    part: str | int | None = None
    outcome: str | None = None
    wait_seconds: float | None = None
    state: str | None = None
    reason: str | None = None
    reason_name: str | None = None
    scheduled_s: float | None = None
    adherent_s: float | None = None
    planned_work_s: float | None = None
    worked_s: float | None = None
    late_s: float | None = None
    shifts: int | None = None
    absent: int | None = None


class Rows(Indicator):
    """One page of ``items``; ``count`` and the sums are of all of them."""

    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    chosen: dict[str, str]
    level: str | None
    count: int
    sum_numerator: float
    sum_denominator: float
    items: list[IndicatorRow]
    next: int | None
