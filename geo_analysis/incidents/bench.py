"""``hotline bench incidents``: bursts put into a real or invented past, found or not, beside a fixed threshold."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from geo_analysis.incidents.detect import DAY_S, BurstRule, PlacedReport, Usual, burst_at

# A rule as one finds them: so many reports so near each other in so short a time.
FIXED_COUNT, FIXED_M, FIXED_S = 3, 1000.0, 7200.0
LEARN_DAYS = 365.0
BURSTS, SPREAD_M, OVER_S = 60, 250.0, 3600.0
BURST_SIZES = (3, 4, 6, 10)
# A large city's hotline: 200 located reports a day, a fifth of them in three crowded places.
INVENTED, INVENTED_DAYS = 40_000, 200.0
METRES_A_DEGREE = 111_195.0
INTERVALS = (7.0, 30.0, 90.0, 365.0)
Judge = Callable[[PlacedReport, Sequence[PlacedReport]], bool]


@dataclass(frozen=True, slots=True)
class Injected:
    began_at: float
    ids: frozenset[str]


def run(file: Path | None, seed: int) -> dict[str, Any]:
    """``delay``: reports, and minutes, from the first of a burst to its raising."""
    reports = _of_file(file, seed) if file is not None else _invented(seed)
    first, last = reports[0].at, reports[-1].at
    learn = min(LEARN_DAYS, (last - first) / DAY_S / 2)
    quiet = [one for one in reports if one.at >= first + learn * DAY_S]
    days = (quiet[-1].at - quiet[0].at) / DAY_S
    usual = _usual([one for one in reports if one.at < first + learn * DAY_S], first + learn * DAY_S)
    found: dict[str, Any] = {"source": file.name if file else "invented", "reports": len(reports),
                             "days_judged": round(days), "seed": seed, "bursts_per_size": BURSTS}  # fmt: skip
    judges: dict[str, Judge] = {"fixed_threshold": _fixed}
    for interval in INTERVALS:
        judges[f"recurrence_{interval:.0f}_days"] = _by_chance(usual, BurstRule(recurrence_days=interval))
    found["rules"] = {name: _judged(quiet, days, judge, seed) for name, judge in judges.items()}
    return found


def _judged(quiet: Sequence[PlacedReport], days: float, judge: Judge, seed: int) -> dict[str, Any]:
    false_alarms = len(_alarms(quiet, judge))
    told: dict[str, Any] = {"false_alarms_a_month": round(false_alarms / days * 30.4, 3)}
    for size in BURST_SIZES:
        chance, caught, reports, minutes = random.Random(seed + size), 0, list[int](), list[float]()
        for n in range(BURSTS):
            burst, mixed = _with_burst(quiet, size, n, chance)
            raised = next((one for one in mixed if one.id in burst.ids and judge(one, mixed)), None)
            if raised is not None:
                caught += 1
                reports.append(sum(one.id in burst.ids and one.at <= raised.at for one in mixed))
                minutes.append((raised.at - burst.began_at) / 60)
        told[f"burst_of_{size}"] = {
            "recall": round(caught / BURSTS, 3),
            "delay_reports": median(reports) if reports else None,
            "delay_minutes": round(median(minutes), 1) if minutes else None,
        }
    return told


def _alarms(reports: Sequence[PlacedReport], judge: Judge) -> list[float]:
    """What follows an alarm within a day is the same one."""
    raised: list[float] = []
    for n, one in enumerate(reports):
        before = reports[max(0, n - 200) : n]
        if (not raised or one.at - raised[-1] > DAY_S) and judge(one, before):
            raised.append(one.at)
    return raised


def _with_burst(
    quiet: Sequence[PlacedReport], size: int, n: int, chance: random.Random
) -> tuple[Injected, list[PlacedReport]]:
    """The burst among the reports of the day around it."""
    middle = chance.choice(quiet)
    began = chance.choice(quiet).at
    made = []
    for k in range(size):
        x, y = chance.gauss(0, SPREAD_M / 2), chance.gauss(0, SPREAD_M / 2)
        longitude = middle.longitude + x / METRES_A_DEGREE / np.cos(np.radians(middle.latitude))
        at = began if k == 0 else began + chance.uniform(0, OVER_S)
        made.append(PlacedReport(f"b{n}-{k}", at, longitude, middle.latitude + y / METRES_A_DEGREE))
    around = [one for one in quiet if began - DAY_S <= one.at <= began + DAY_S]
    mixed = sorted([*around, *made], key=lambda one: one.at)
    return Injected(began, frozenset(one.id for one in made)), mixed


def _by_chance(usual: Usual, rule: BurstRule) -> Judge:
    return lambda one, recent: burst_at(one, recent, usual, rule) is not None


def _fixed(one: PlacedReport, recent: Sequence[PlacedReport]) -> bool:
    near = 1
    for other in recent:
        if other.id != one.id and one.at - FIXED_S <= other.at <= one.at:
            north = (other.latitude - one.latitude) * METRES_A_DEGREE
            east = (other.longitude - one.longitude) * METRES_A_DEGREE * float(np.cos(np.radians(one.latitude)))
            near += east**2 + north**2 <= FIXED_M**2
    return near >= FIXED_COUNT


def _usual(past: Sequence[PlacedReport], until: float) -> Usual:
    columns = np.array([(one.longitude, one.latitude, one.at) for one in past]).T
    return Usual(columns[0], columns[1], columns[2], until)


def _of_file(file: Path, seed: int) -> list[PlacedReport]:
    """The leak file: it says days; the time of day is drawn, more by day than by night."""
    from zoneinfo import ZoneInfo

    from etl.importers.tables import moments, numbers, read_table

    table = read_table(file, ["LEAK_ID", "RPT_DATE", "LON", "LAT"])
    at = moments(table["RPT_DATE"], ZoneInfo("UTC"))
    assert at is not None
    x, y, chance = numbers(table["LON"]), numbers(table["LAT"]), random.Random(seed)
    made = [
        PlacedReport(str(n), float(when) + _time_of_day(chance), float(lon), float(lat))
        for n, (when, lon, lat) in enumerate(zip(at, x, y, strict=True))
        if np.isfinite(when + lon + lat) and lon != 0
    ]
    return sorted(made, key=lambda one: one.at)


def _invented(seed: int) -> list[PlacedReport]:
    from geo_analysis.hotspots.bench import city

    chance, points = random.Random(seed), city(INVENTED, seed)
    days = sorted(chance.uniform(0, INVENTED_DAYS) for _ in range(INVENTED))
    return sorted(
        (
            PlacedReport(str(n), int(day) * DAY_S + _time_of_day(chance), float(x), float(y))
            for n, (day, x, y) in enumerate(zip(days, points.longitude, points.latitude, strict=True))
        ),
        key=lambda one: one.at,
    )  # fmt: skip


def _time_of_day(chance: random.Random) -> float:
    return min(DAY_S - 1, max(0.0, chance.gauss(13 * 3600, 4 * 3600)))
