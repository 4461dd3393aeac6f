"""The call indicators that are ratios of counts, each written once. Pure: counts in, shares out.

``counts`` carries the names of ``docs/marts.md``; every function gives ``None`` where the denominator is zero,
which pages show as a dash. Ratios are of sums: add up counts first (``Counts.__add__``), divide afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.i18n import N_

C = TypeVar("C")

DEFAULT = "service_level.short_abandons_removed"


@dataclass(frozen=True, slots=True)
class Counts:
    """A answered, B abandoned, R redirected; A_T, B_T within the threshold; B_S abandoned at once."""

    answered: int = 0
    abandoned: int = 0
    redirected: int = 0
    answered_in_t: int = 0
    abandoned_in_t: int = 0
    short_abandons: int = 0
    wait_answered_seconds: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Counts:
        """From a row of ``marts.agg_queue_interval`` or of sums over it; what is missing or null counts as nothing."""
        return cls(
            answered=int(row.get("answered") or 0),
            abandoned=int(row.get("abandoned") or 0),
            redirected=int(row.get("redirected") or 0),
            answered_in_t=int(row.get("answered_in_t") or 0),
            abandoned_in_t=int(row.get("abandoned_in_t") or 0),
            short_abandons=int(row.get("short_abandons") or 0),
            wait_answered_seconds=float(row.get("wait_answered_seconds") or 0.0),
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.answered + other.answered,
            self.abandoned + other.abandoned,
            self.redirected + other.redirected,
            self.answered_in_t + other.answered_in_t,
            self.abandoned_in_t + other.abandoned_in_t,
            self.short_abandons + other.short_abandons,
            self.wait_answered_seconds + other.wait_answered_seconds,
        )

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.redirected


@dataclass(frozen=True, slots=True)
class Ratio(Generic[C]):
    """What is counted, of what. Called with counts it is the figure: ``None`` where the denominator is zero."""

    numerator: Callable[[C], float]
    denominator: Callable[[C], float]

    def __call__(self, counts: C) -> float | None:
        whole = self.denominator(counts)
        return self.numerator(counts) / whole if whole > 0 else None


# Who gave up within the threshold was not failed.
abandons_in_time_count: Ratio[Counts] = Ratio(
    lambda c: c.answered_in_t + c.abandoned_in_t, lambda c: c.answered + c.abandoned
)
# Of those who got through.
answered_only: Ratio[Counts] = Ratio(lambda c: c.answered_in_t, lambda c: c.answered)
# Every caller who gave up counts against us.
strict: Ratio[Counts] = Ratio(lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned)
# Who gave up within the threshold is left out.
early_abandons_ignored: Ratio[Counts] = Ratio(
    lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned - c.abandoned_in_t
)
# Who gave up at once counts as served.
short_abandons_count: Ratio[Counts] = Ratio(
    lambda c: c.answered_in_t + c.short_abandons, lambda c: c.answered + c.abandoned
)
# Who gave up at once is left out: the default.
short_abandons_removed: Ratio[Counts] = Ratio(
    lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned - c.short_abandons
)
# 接通率: of everybody who came into the queue.
answer_rate: Ratio[Counts] = Ratio(lambda c: c.answered, lambda c: c.offered)
# 放弃率 without those who gave up at once.
abandon_rate: Ratio[Counts] = Ratio(lambda c: c.abandoned - c.short_abandons, lambda c: c.offered - c.short_abandons)
abandon_rate_all: Ratio[Counts] = Ratio(lambda c: c.abandoned, lambda c: c.offered)
# 平均应答速度 in seconds: the mean wait of those answered.
asa: Ratio[Counts] = Ratio(lambda c: c.wait_answered_seconds, lambda c: c.answered)


@dataclass(frozen=True, slots=True)
class Indicator(Generic[C]):
    """``expression`` is what pages show beside the figure, so that nobody has to guess which definition it is."""

    id: str
    name: str
    expression: str
    of: Ratio[C]
    unit: str = "share"


INDICATORS: Mapping[str, Indicator[Counts]] = {
    one.id: one
    for one in (
        Indicator(
            "service_level.abandons_in_time_count",
            N_("Service level (abandons in time count)"),
            "(A_T + B_T) / (A + B)",
            abandons_in_time_count,
        ),
        Indicator("service_level.answered_only", N_("Service level (answered only)"), "A_T / A", answered_only),
        Indicator("service_level.strict", N_("Service level (strict)"), "A_T / (A + B)", strict),
        Indicator(
            "service_level.early_abandons_ignored",
            N_("Service level (early abandons ignored)"),
            "A_T / (A + B − B_T)",
            early_abandons_ignored,
        ),
        Indicator(
            "service_level.short_abandons_count",
            N_("Service level (short abandons count)"),
            "(A_T + B_S) / (A + B)",
            short_abandons_count,
        ),
        Indicator(DEFAULT, N_("Service level"), "A_T / (A + B − B_S)", short_abandons_removed),
        Indicator("answer_rate", N_("Answer rate"), "A / O", answer_rate),
        Indicator("abandon_rate", N_("Abandon rate"), "(B − B_S) / (O − B_S)", abandon_rate),
        Indicator("abandon_rate.all", N_("Abandon rate (all)"), "B / O", abandon_rate_all),
        Indicator("asa", N_("Average speed of answer"), "Σ wait of answered / A", asa, "seconds"),
    )
}
