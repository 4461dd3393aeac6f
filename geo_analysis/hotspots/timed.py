"""Maps of hot spots that need times: emerging ones, and the space-time scan."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from geo_analysis.cells import Grid, Ids, hexagon
from geo_analysis.hotspots import wording
from geo_analysis.hotspots.emerging import FEWEST_STEPS, MOST_STEPS, emerging
from geo_analysis.hotspots.query import HotspotMap, HotspotQuery, feature, rounded
from geo_analysis.points import Floats, PointSet
from geo_analysis.scan import ScanRule, discs, space_time_scan

DAY_S = 86_400.0
PERIODS = 10
# A scan's step, by how many days the reports span.
SCAN_STEPS = ((60.0, 1.0), (420.0, 7.0))
LONGEST_STEP = 28.0


def _steps(points: PointSet, step_days: float, most: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """The step of each report, and where steps begin; the first begins with the first report's step."""
    if points.at is None:
        raise BadInput(
            "This method needs the time of each report.", field="--time", remedy="Name its column with --time."
        )
    begin, end = float(points.at.min()), float(points.at.max())
    number = int((end - begin) // (step_days * DAY_S)) + 1
    if not FEWEST_STEPS <= number <= most:
        raise BadInput(
            "The reports make {steps} periods of {days} days; {fewest} to {most} are possible.",
            field="--step-days",
            remedy="Choose another length, or reports of a longer time.",
            steps=number,
            days=f"{step_days:g}",
            fewest=FEWEST_STEPS,
            most=most,
        )
    step = ((points.at - begin) // (step_days * DAY_S)).astype(np.int64)
    return step, np.asarray(begin + np.arange(number + 1) * step_days * DAY_S, np.float64)


def _span_days(points: PointSet) -> float:
    return 0.0 if points.at is None else float(np.ptp(points.at)) / DAY_S


def emerging_map(points: PointSet, grid: Grid, found: Ids, about: dict[str, Any], query: HotspotQuery) -> HotspotMap:
    days = query.step_days or max(1.0, _span_days(points) / (PERIODS - 1e-6))
    step, begins = _steps(points, days, MOST_STEPS)
    steps = len(begins) - 1
    at = grid.places(found)
    flat = np.bincount(at[at >= 0] * steps + step[at >= 0], minlength=len(grid) * steps)
    cube = flat.reshape(len(grid), steps).astype(np.float64)
    result = emerging(cube, grid.neighbours, query.seed)
    about |= {"step_days": rounded(days), "steps": steps, "alpha": 0.05, "from": _day(begins[0], query.zone)}
    features = [
        feature(
            {"type": "Polygon", "coordinates": [hexagon(cell)]},
            cell=f"{cell:x}",
            count=int(cube[n].sum()),
            by_step=cube[n].astype(int).tolist(),
            hot_steps=int(result.hot[n].sum()),
            trend_z=rounded(result.trend[n]),
            p=rounded(result.p[n]),
            q=rounded(result.q[n]),
            **{"class": str(result.kind[n])},
        )
        for n, cell in enumerate(grid.cells.tolist())
    ]
    return wording.of_emerging(about, features)


def scan_map(points: PointSet, grid: Grid, found: Ids, about: dict[str, Any], query: HotspotQuery) -> HotspotMap:
    from h3.api.basic_int import cells_to_geo

    span = _span_days(points)
    days = query.step_days or next((step for most, step in SCAN_STEPS if span <= most), LONGEST_STEP)
    step, begins = _steps(points, days, 2000)
    at = grid.places(found)
    rule = ScanRule(permutations=query.permutations, seed=query.seed)
    clusters = space_time_scan(at[at >= 0], step[at >= 0], grid.neighbours, len(begins) - 1, rule)
    about |= {"step_days": rounded(days), "steps": len(begins) - 1, "permutations": rule.permutations}
    about |= {"rings": rule.rings, "longest_steps": rule.longest, "alpha": 0.05}
    circles = discs(grid.neighbours, rule.rings)
    longitude, latitude = grid.centres
    features = []
    for one in clusters:
        circle = circles[one.rings]
        members = circle.indices[circle.indptr[one.centre] : circle.indptr[one.centre + 1]]
        features.append(
            feature(
                dict(cells_to_geo(grid.cells[members].tolist())),
                centre=[round(float(longitude[one.centre]), 6), round(float(latitude[one.centre]), 6)],
                radius_m=round(float(np.sqrt(grid.areas_km2[members].sum() * 1e6 / np.pi))),
                observed=one.observed,
                expected=rounded(one.expected),
                ratio=rounded(one.ratio),
                p=rounded(one.p),
                q=None,
                **{
                    "from": _day(begins[one.first], query.zone),
                    "to": _day(begins[one.last + 1] - 1, query.zone),
                    "class": "cluster" if one.p <= 0.05 else "chance",
                },
            )
        )
    return wording.of_scan(about, features)


def _day(at: float, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%d")
