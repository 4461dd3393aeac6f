"""What live figures raised, and who took it up."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.events.fact import Fact
from core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class AlertRaised(Fact):
    """A figure crossed a limit of a rule; ``about`` is whose figure it is, empty for the house."""

    KIND: ClassVar[str] = "alert_raised"
    alert: int
    rule: str
    figure: str
    about_kind: str
    about: str
    severity: Literal["warn", "alarm"]
    threshold: float
    value: float


@dataclass(frozen=True, slots=True)
class AlertWorsened(Fact):
    KIND: ClassVar[str] = "alert_worsened"
    alert: int
    severity: Literal["warn", "alarm"]
    threshold: float
    value: float


@dataclass(frozen=True, slots=True)
class AlertAcknowledged(Fact):
    KIND: ClassVar[str] = "alert_acknowledged"
    alert: int
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class AlertCleared(Fact):
    """``worst`` is the furthest that the figure went."""

    KIND: ClassVar[str] = "alert_cleared"
    alert: int
    why: str
    worst: float
