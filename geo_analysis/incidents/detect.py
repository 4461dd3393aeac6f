"""Whether a report that has just come belongs to a burst. Pure.

Every new report is the centre of circles and the end of time windows. How many other reports there are is compared with
what that circle at that hour usually brings: its own history, drawn towards the density of the whole area where there
is little of it (a gamma prior; the count that is to come is then negative binomial). The recurrence interval says how
often chance alone would raise such a thing, with all circles, windows and reports counted (Bonferroni): at an interval
of 30 days there is at most one false alarm a month, on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo_analysis.points import Floats, plane

DAY_S = 86_400.0
HOURS = 24
# The density of the whole area counts as much as this many reports of the place's own.
PRIOR_REPORTS = 0.5
# An hour that nearly never brings a report is still possible: reports a day spread evenly, added to the profile.
EVEN_SHARE = 0.2
SHORTEST_HISTORY_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class PlacedReport:
    """``who`` counts once within a burst: the same caller rings again."""

    id: str
    at: float
    longitude: float
    latitude: float
    who: str = ""


@dataclass(frozen=True, slots=True)
class BurstRule:
    """``recurrence_days``: rarer than once in so many days by chance is raised."""

    windows_s: Sequence[float] = (1800.0, 3600.0, 7200.0)
    radii_m: Sequence[float] = (300.0, 600.0, 1200.0)
    fewest: int = 3
    recurrence_days: float = 30.0


@dataclass(frozen=True, slots=True)
class Burst:
    longitude: float
    latitude: float
    radius_m: float
    began_at: float
    observed: int
    expected: float
    p: float
    recurrence_days: float
    reports: tuple[str, ...] = field(default=())


class Usual:
    """What places usually bring: reports of the past, none of them part of what is judged. ``offset_s`` is the zone's,
    for the hour of the day."""

    def __init__(self, longitude: Floats, latitude: Floats, at: Floats, until: float, offset_s: float = 0.0) -> None:
        self._middle = (float(np.median(longitude)), float(np.median(latitude))) if len(longitude) else (0.0, 0.0)
        self._x, self._y = plane(longitude, latitude, *self._middle)
        self._offset_s = offset_s
        first = float(at.min()) if len(at) else until
        self.days = max((until - first) / DAY_S, 0.0)
        self.per_day = len(at) / max(self.days, 1.0)
        self._profile = profile_of(at, offset_s)
        self._km2 = max(_area_km2(self._x, self._y), 1.0)

    def __len__(self) -> int:
        return len(self._x)

    @property
    def enough(self) -> bool:
        return self.days >= SHORTEST_HISTORY_DAYS and len(self) > 0

    def place(self, longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
        return plane(longitude, latitude, *self._middle)

    def within(self, x: float, y: float, radius_m: float) -> int:
        return int(np.count_nonzero((self._x - x) ** 2 + (self._y - y) ** 2 <= radius_m**2))

    def effective_days(self, start: float, end: float) -> float:
        """A window's length in usual days: an hour of the night is less of a day than one of the morning."""
        hour = int(((start + end) / 2 + self._offset_s) % DAY_S // 3600)
        return (end - start) / DAY_S * float(self._profile[hour])

    def chance(self, others: int, x: float, y: float, radius_m: float, days: float) -> tuple[float, float]:
        """How many are expected, and the probability of ``others`` or more."""
        density = self.per_day / self._km2 * np.pi * (radius_m / 1000) ** 2
        shape = PRIOR_REPORTS + self.within(x, y, radius_m)
        known_days = PRIOR_REPORTS / density + self.days
        expected = shape / known_days * days
        # Pages that judge nothing start without it.
        from scipy.stats import nbinom

        return expected, float(nbinom.sf(others - 1, shape, known_days / (known_days + days)))


def profile_of(at: Floats, offset_s: float) -> npt.NDArray[np.float64]:
    """Each hour of the day as a multiple of the mean hour, drawn towards an even day."""
    hours = ((at + offset_s) % DAY_S // 3600).astype(np.int64)
    counts = np.bincount(hours, minlength=HOURS).astype(np.float64)
    even = max(EVEN_SHARE * len(at), 1.0) / HOURS
    found = counts + even
    return np.asarray(found / found.mean(), np.float64)


def burst_at(new: PlacedReport, recent: Sequence[PlacedReport], usual: Usual, rule: BurstRule) -> Burst | None:
    """The least likely circle and window that end with this report, where that is rare enough. ``recent`` are the
    reports of the longest window before it; later ones, and those of the same caller, do not count."""
    if not usual.enough:
        return None
    longest = max(rule.windows_s)
    others = [one for one in recent if one.id != new.id and new.at - longest <= one.at <= new.at]
    if len(others) + 1 < rule.fewest:
        return None
    x, y = usual.place(np.array([new.longitude]), np.array([new.latitude]))
    there = usual.place(np.array([one.longitude for one in others]), np.array([one.latitude for one in others]))
    away = np.hypot(there[0] - x[0], there[1] - y[0])
    tests_a_day = max(usual.per_day, 1.0) * len(rule.windows_s) * len(rule.radii_m)
    best: Burst | None = None
    for radius in rule.radii_m:
        for window in rule.windows_s:
            inside = [one for one, far in zip(others, away, strict=True) if far <= radius and one.at >= new.at - window]
            counted = _once(inside, new)
            if len(counted) + 1 < rule.fewest:
                continue
            days = usual.effective_days(new.at - window, new.at)
            expected, p = usual.chance(len(counted), float(x[0]), float(y[0]), radius, days)
            recurrence = 1 / (tests_a_day * p) if p > 0 else np.inf
            if recurrence >= rule.recurrence_days and (best is None or p < best.p):
                best = _burst((*inside, new), radius, len(counted) + 1, expected, p, min(recurrence, 1e9))
    return best


def _once(reports: Sequence[PlacedReport], new: PlacedReport) -> list[PlacedReport]:
    by_who = {one.who or one.id: one for one in reports if not new.who or one.who != new.who}
    return list(by_who.values())


def _burst(
    reports: Sequence[PlacedReport], radius_m: float, observed: int, expected: float, p: float, recurrence: float
) -> Burst:
    return Burst(
        float(np.mean([one.longitude for one in reports])),
        float(np.mean([one.latitude for one in reports])),
        radius_m,
        min(one.at for one in reports),
        observed,
        expected,
        p,
        recurrence,
        tuple(one.id for one in sorted(reports, key=lambda one: one.at)),
    )


def _area_km2(x: Floats, y: Floats) -> float:
    """Of the circle that holds nine in ten of the reports."""
    if not len(x):
        return 0.0
    return float(np.pi * (np.quantile(np.hypot(x, y), 0.9) / 1000) ** 2)
