"""Alerts, their rules, and the figures that rules may watch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core.web.shapes import At, Json

Comparison = Literal["above", "below"]
Severity = Literal["warn", "alarm"]


class Rule(BaseModel):
    """``scope_id`` empty means each subject of that scope. ``above`` is at or above a limit, ``below`` is under it."""

    id: int
    figure: str
    scope: str
    scope_id: str
    comparison: Comparison
    warn: float | None
    alarm: float | None
    clear: float | None
    queue_limits: bool
    raise_after_s: float
    clear_after_s: float
    least_sample: int
    sound: bool
    recipients: list[str]
    enabled: bool
    example: bool
    name: str


class Alert(BaseModel):
    """``id`` is a word as long as the alert could not be kept. ``facts`` are other figures shown beside the value."""

    id: int | str
    rule_id: int
    name: str
    figure: str
    unit: str
    says_limit: bool
    comparison: Comparison
    kind: str
    subject: str
    subject_name: str
    severity: Severity
    threshold: float
    value: float | None
    worst: float
    sound: bool
    call_id: str | None
    raised_at: At
    cleared_at: At | None
    cleared_why: str
    acknowledged_at: At | None
    acknowledged_by: str | None
    acknowledged_words: str
    receipts: list[Json]
    facts: Json
    kept: bool


class AlertWithRule(Alert):
    """The rule as it stood when the alert was raised."""

    rule: Rule


class Sums(BaseModel):
    raised: int
    acknowledged: int
    over: int


class AlertsNow(BaseModel):
    """As the live socket says it: open alerts, the last settled ones, the day's sums."""

    type: Literal["alerts"]
    at: At
    open: list[Alert]
    settled: list[Alert]
    today: Sums


class Acknowledged(BaseModel):
    acknowledged: int


class Added(BaseModel):
    added: int


class Reading(BaseModel):
    """``value`` null is no data; ``sample`` is how many calls a ratio is made of."""

    kind: str
    subject: str
    subject_name: str
    value: float | None
    sample: int | None


class Figure(BaseModel):
    id: str
    name: str
    unit: str
    scopes: list[str]
    comparison: Comparison
    readings: list[Reading]
