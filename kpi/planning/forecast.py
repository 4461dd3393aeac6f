"""How many calls a queue will get, quarter by quarter, from what it got. Pure: counts in, counts out.

A day's calls are its kind's profile (weekday, public holiday, make-up workday; recent weeks weigh more, neighbouring
quarters and days of the same sort lend each other their shape) times the level of late and a damped trend. A day that
is like no other of its kind, as with a burst main, is left out and named: the office says whether it was special.
Beside it always stands the naive baseline, the same weekday last week: a method that does not beat it is not worth its
words. Not known is NaN, never zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Volumes = NDArray[np.float64]
SLOTS = 96
HOLIDAY, MAKE_UP = 7, 8
SUNDAY = 6
WORKING = frozenset({0, 1, 2, 3, 4, MAKE_UP})
# A week ago weighs this much less than now.
WEEKLY_DECAY = 0.75
# How many days' worth the shape and the size of all days of the sort weigh against a kind's own.
SHAPE_LENT, SIZE_LENT = 3.0, 0.5
SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
# The trend: seen over six weeks, believed from three on, fading by a fifth each week, never more than this.
TREND_WEEKS, TREND_FROM_WEEKS, TREND_DAMPING, TREND_MOST = 6, 3, 0.8, 0.25
LEVEL_DAYS = 14
BACKTEST_DAYS = 28
# Odd is a day half as much again, or less by as much, as its kind's nearest days and its own neighbours let expect, and
# by more than chance: so many standard deviations of a count. From so many other days of its kind on their median is
# what was likely; of fewer the one that is nearest speaks, since one of them may be the odd one.
ODD_FACTOR, ODD_DEVIATIONS, ODD_FROM_DAYS = 1.5, 4.0, 3
ODD_NEAREST, ODD_AROUND = 4, 3
LEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days that are not like their weekday."""

    holidays: frozenset[str] = frozenset()
    workdays: frozenset[str] = frozenset()

    def kind(self, day: date) -> int:
        """0 Monday to 6 Sunday, 7 public holiday, 8 make-up workday."""
        text = day.isoformat()
        if text in self.workdays:
            return MAKE_UP
        return HOLIDAY if text in self.holidays else day.weekday()


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day unlike its kind: what came, and what usually comes on such a day."""

    day: date
    calls: float
    usual: float


@dataclass(frozen=True)
class History:
    """``counts[n]`` are the quarters of the n-th local day from ``first`` on."""

    first: date
    counts: Volumes
    calendar: SpecialDays = field(default_factory=SpecialDays)

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        return np.array([self.calendar.kind(self.first + timedelta(days=n)) for n in range(len(self.counts))])

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.counts)

    @cached_property
    def odd(self) -> tuple[UnusualDay, ...]:
        """Days that are like no other of their kind, and not part of a change that went on."""
        came, likely = _came_and_likely(self)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = came / likely
        found = []
        for n in np.flatnonzero(likely > 0).tolist():
            around = np.concatenate([ratio[max(0, n - ODD_AROUND) : n], ratio[n + 1 : n + 1 + ODD_AROUND]])
            around = around[~np.isnan(around)]
            # A whole week that is higher is the new level, not seven odd days.
            usual = float(likely[n] * (np.median(around) if len(around) else 1.0))
            off = abs(came[n] - usual) > ODD_DEVIATIONS * np.sqrt(max(usual, 1.0))
            if off and not usual / ODD_FACTOR <= came[n] <= usual * ODD_FACTOR:
                found.append(UnusualDay(self.first + timedelta(days=n), float(came[n]), usual))
        return tuple(found)

    @cached_property
    def usual(self) -> History:
        """Without the odd days: not known, for what comes after them."""
        if not self.odd:
            return self
        counts = self.counts.copy()
        counts[[(one.day - self.first).days for one in self.odd]] = np.nan
        return History(self.first, counts, self.calendar)

    def until(self, day: date) -> History:
        """What was known at the end of the day."""
        return History(self.first, self.counts[: max(0, (day - self.first).days + 1)], self.calendar)

    def on(self, day: date) -> Volumes:
        n = (day - self.first).days
        return self.counts[n] if 0 <= n < len(self.counts) else np.full(SLOTS, np.nan)


@dataclass(frozen=True, slots=True)
class Witness:
    """A day that a forecast rests on, and how much it weighs in it."""

    day: date
    calls: float
    weight: float


@dataclass(frozen=True, slots=True)
class ForecastError:
    """Errors on days already over, each forecast from what was known a week before. ``None``: nothing to measure on.

    WAPE is Σ |actual − forecast| / Σ actual; bias is Σ (forecast − actual) / Σ actual.
    """

    days: int
    calls: float
    wape: float | None
    bias: float | None
    wape_by_day: float | None
    naive_wape: float | None
    naive_bias: float | None
    naive_wape_by_day: float | None


def unseen(history: History, days: Sequence[date]) -> list[date]:
    """Holidays and make-up days whose like has not been seen: whoever knows what to expect of them is asked."""
    seen = set(history.kinds[history.known.any(axis=1)].tolist())
    return [day for day in days if (kind := history.calendar.kind(day)) in (HOLIDAY, MAKE_UP) and kind not in seen]


def years_without_holidays(calendar: SpecialDays, days: Sequence[date]) -> list[int]:
    """Years of these days for which nobody has said yet which days are special."""
    known = {int(text[:4]) for text in (*calendar.holidays, *calendar.workdays)}
    return sorted({day.year for day in days} - known)


def forecast(history: History, days: Sequence[date]) -> Volumes:
    """One row of quarters for each day; NaN throughout when nothing is known."""
    if not history.known.any():
        return np.full((len(days), SLOTS), np.nan)
    usual = history.usual
    profiles = _profiles(usual)
    level = _level(usual, profiles)
    last = history.first + timedelta(days=len(history.counts) - 1)
    return np.array([profiles[history.calendar.kind(day)] * level.at((day - last).days / 7) for day in days])


def spread(profile: Volumes, calls: float, open_at: NDArray[np.bool_]) -> Volumes:
    """So many calls over one day's quarters by the shape of ``profile``; without one, evenly over the open ones."""
    shape = np.where(open_at, np.nan_to_num(profile), 0.0)
    if shape.sum() <= 0:
        shape = open_at.astype(np.float64)
    return np.asarray(calls * shape / shape.sum() if shape.sum() > 0 else shape, dtype=np.float64)


def baseline(history: History, days: Sequence[date]) -> Volumes:
    """The same quarter of the same weekday in the last week that knows it."""
    return sources(history, days)[0]


def sources(history: History, days: Sequence[date]) -> tuple[Volumes, Volumes]:
    """The baseline, and how many weeks before its day each quarter comes from."""
    found, weeks = (np.full((len(days), SLOTS), np.nan) for _ in range(2))
    for n, day in enumerate(days):
        back = 1
        while np.isnan(found[n]).any() and day - timedelta(weeks=back) >= history.first:
            earlier = history.on(day - timedelta(weeks=back))
            fresh = np.isnan(found[n]) & ~np.isnan(earlier)
            found[n], weeks[n] = np.where(fresh, earlier, found[n]), np.where(fresh, back, weeks[n])
            back += 1
    return found, weeks


def witnesses(history: History, day: date, first: int, last: int) -> list[Witness]:
    """The days of the same kind that quarters ``first`` to ``last`` (not included) rest on, the newest first."""
    history = history.usual
    wanted = _stand_in(history, history.calendar.kind(day))
    weights = _weights(history)
    rows = [n for n in range(len(history.counts)) if history.kinds[n] in wanted and history.known[n, first:last].all()]
    total = sum(weights[n] for n in rows)
    return [
        Witness(
            history.first + timedelta(days=n), float(history.counts[n, first:last].sum()), float(weights[n] / total)
        )
        for n in reversed(rows)
    ]


def measured(history: History, slots_together: int = 1) -> ForecastError:
    """Both methods over the last weeks, where both can say something; ``slots_together`` 2 makes half hours."""
    return measured_together([history], slots_together)


def measured_together(histories: Sequence[History], slots_together: int = 1) -> ForecastError:
    """Of queues that begin on the same day, added up: what is forecast for all of them is measured on all of them."""
    tests = [_backtest(history) for history in histories]
    if not tests or any(test is None for test in tests):
        return ForecastError(0, 0.0, None, None, None, None, None, None)
    summed = np.sum([test for test in tests if test is not None], axis=0)
    truth, first, second = (together(rows, slots_together) for rows in summed)
    both = ~(np.isnan(truth) | np.isnan(first) | np.isnan(second))
    calls = float(truth[both].sum())
    days = int(both.any(axis=1).sum())
    return ForecastError(days, calls, *_errors(truth, first, both), *_errors(truth, second, both))


def _backtest(history: History) -> Volumes | None:
    """Actual, forecast and baseline of each of the last days, from what was known a week before it."""
    actual, ours, naive = [], [], []
    for back in range(BACKTEST_DAYS):
        day = history.first + timedelta(days=len(history.counts) - 1 - back)
        known_then = history.until(day - timedelta(days=LEAD_DAYS))
        if not known_then.known.any():
            break
        actual.append(history.on(day))
        ours.append(forecast(known_then, [day])[0])
        naive.append(baseline(known_then, [day])[0])
    return np.array([actual, ours, naive], dtype=np.float64) if actual else None


def together(counts: Volumes, slots: int) -> Volumes:
    """Quarters added up by twos or fours."""
    return np.asarray(counts.reshape(len(counts), SLOTS // slots, slots).sum(axis=2), dtype=np.float64)


def _errors(truth: Volumes, said: Volumes, where: NDArray[np.bool_]) -> tuple[float | None, float | None, float | None]:
    calls = truth[where].sum()
    if not calls > 0:
        return None, None, None
    off = np.where(where, said - truth, 0.0)
    return float(np.abs(off).sum() / calls), float(off.sum() / calls), float(np.abs(off.sum(axis=1)).sum() / calls)


# --- profiles --------------------------------------------------------------------------------------------------


def _came_and_likely(history: History) -> tuple[Volumes, Volumes]:
    """Each day's calls, and what the nearest days of its kind had in the same quarters; NaN where too few are known."""
    came, likely = np.full(len(history.counts), np.nan), np.full(len(history.counts), np.nan)
    whole = history.known.all(axis=1)
    working = np.isin(history.kinds, list(WORKING))
    for n in np.flatnonzero(history.known.any(axis=1)):
        others = np.flatnonzero((history.kinds == history.kinds[n]) & whole)
        others = others[others != n]
        nearest = others[np.argsort(np.abs(others - n), kind="stable")][:ODD_NEAREST]
        came[n] = np.nansum(history.counts[n])
        totals = history.counts[nearest][:, history.known[n]].sum(axis=1)
        if len(totals) >= ODD_FROM_DAYS:
            likely[n] = float(np.median(totals))
        elif len(totals):
            relatives = np.flatnonzero((working == working[n]) & (history.kinds != history.kinds[n]) & whole)
            if len(totals) == 1 and len(relatives) > 1:
                of_sort = np.median(history.counts[relatives][:, history.known[n]].sum(axis=1))
                totals = np.append(totals, of_sort)
            if len(totals) > 1:
                likely[n] = float(totals[np.argmin(np.abs(np.log((came[n] + 1) / (totals + 1))))])
    return came, likely


def _weights(history: History) -> Volumes:
    ages = np.arange(len(history.counts))[::-1] / 7.0
    return np.asarray(WEEKLY_DECAY**ages, dtype=np.float64)


def _mean(history: History, weights: Volumes, rows: NDArray[np.bool_]) -> tuple[Volumes, float]:
    """Weighted mean of each quarter over the rows, and how many days it is worth; NaN where no row knows it."""
    share = np.where(history.known[rows], weights[rows][:, None], 0.0)
    sums, whole = (share * np.nan_to_num(history.counts[rows])).sum(axis=0), share.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, sums / whole, np.nan), dtype=np.float64), float(whole.mean())


def smooth(profile: Volumes) -> Volumes:
    """A day's quarters with those next to them mixed in."""
    padded = np.pad(profile, 2, mode="edge")
    return np.asarray(np.convolve(padded, SMOOTH, mode="valid"), dtype=np.float64)


def _profiles(history: History) -> Mapping[int, Volumes]:
    weights = _weights(history)
    everything, _worth = _mean(history, weights, np.ones(len(history.counts), dtype=bool))
    everything = np.nan_to_num(everything)
    sorts = {}
    for sort in (True, False):
        rows = np.isin(history.kinds, [kind for kind in range(9) if (kind in WORKING) is sort])
        mean, _worth = _mean(history, weights, rows)
        sorts[sort] = np.where(np.isnan(mean), everything, mean)
    return {kind: _profile(history, weights, kind, sorts[kind in WORKING]) for kind in range(9)}


def _profile(history: History, weights: Volumes, kind: int, of_sort: Volumes) -> Volumes:
    rows = np.isin(history.kinds, list(_stand_in(history, kind)))
    own, worth = _mean(history, weights, rows)
    own = np.where(np.isnan(own), of_sort, own)
    size, lent = own.sum(), of_sort.sum()
    if size <= 0 or lent <= 0:
        return smooth(own)
    shape = (worth * own / size + SHAPE_LENT * of_sort / lent) / (worth + SHAPE_LENT)
    size = (worth * size + SIZE_LENT * lent) / (worth + SIZE_LENT)
    return np.asarray(smooth(shape) * size, dtype=np.float64)


def _stand_in(history: History, kind: int) -> Collection[int]:
    """The kinds whose days speak for this one: itself, else its nearest relatives that have been seen."""
    seen = {int(found) for found in history.kinds[history.known.any(axis=1)]}
    if kind in seen:
        return (kind,)
    if kind == HOLIDAY and SUNDAY in seen:
        return (SUNDAY,)
    sort = {other for other in seen if (other in WORKING) is (kind in WORKING)}
    return sort or seen


# --- level -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Level:
    now: float
    weekly: float

    def at(self, weeks: float) -> float:
        """The factor so many weeks ahead: a trend that fades."""
        ahead = self.weekly * TREND_DAMPING * (1.0 - TREND_DAMPING ** max(0.0, weeks)) / (1.0 - TREND_DAMPING)
        return float(self.now * (1.0 + min(max(ahead, -TREND_MOST), TREND_MOST)))


def _level(history: History, profiles: Mapping[int, Volumes]) -> _Level:
    """How the last days compare with their profiles."""
    expected = np.array([profiles[int(kind)] for kind in history.kinds])
    hoped = np.where(history.known, expected, 0.0).sum(axis=1)
    came = np.nan_to_num(history.counts).sum(axis=1)
    # A day counts by how much of it is known: the first and the running one are not whole.
    worth = np.where(expected.sum(axis=1) > 0, hoped / np.maximum(expected.sum(axis=1), 1e-9), 0.0)
    ratio = np.clip(np.where(hoped > 0, came / np.maximum(hoped, 1e-9), 1.0), 0.4, 2.5)
    late = slice(-LEVEL_DAYS, None)
    now = float(np.average(ratio[late], weights=worth[late])) if worth[late].sum() > 0 else 1.0
    rows = slice(-7 * TREND_WEEKS, None)
    if (worth[rows] > 0).sum() < 7 * TREND_FROM_WEEKS:
        return _Level(now, 0.0)
    weeks = np.arange(len(ratio))[rows] / 7.0
    slope = float(np.polyfit(weeks, ratio[rows], 1, w=np.sqrt(worth[rows]))[0])
    # The mean of the last days is that of their middle: growth has gone on since.
    now = max(now + slope * LEVEL_DAYS / 14.0, 0.1)
    return _Level(now, slope / now)
