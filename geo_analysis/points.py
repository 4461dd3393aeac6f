"""Points as arrays, and which rows of a file are none: every row that is left out is counted with its reason. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.i18n import N_, _

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Below this a map of hot spots says nothing that the list of points does not say better.
FEWEST = 10
EARTH_M = 6_371_008.8
# Farther from the middle of the others than this many times the usual distance, and than 100 km: another city, or a
# slip of the pen.
FAR, FAR_M = 20.0, 100_000.0

MISSING = N_("No position, or one that is no number.")
NOUGHT = N_("Position 0, 0: that is where no position was recorded.")
SWAPPED = N_("Latitude and longitude look swapped.")
OFF_EARTH = N_("No such place on the earth.")
FAR_AWAY = N_("Far away from all others.")
OUTSIDE = N_("Outside the supply area.")
NO_TIME = N_("No time, or one that cannot be read.")
TWICE = N_("The same id once more.")


@dataclass(frozen=True, slots=True)
class PointSet:
    """WGS 84 degrees; ``at`` epoch seconds where times are known. ``rows`` are the lines of the file."""

    longitude: Floats
    latitude: Floats
    at: Floats | None = None
    rows: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.longitude)

    def only(self, chosen: Flags) -> PointSet:
        return PointSet(
            self.longitude[chosen],
            self.latitude[chosen],
            None if self.at is None else self.at[chosen],
            None if self.rows is None else self.rows[chosen],
        )


@dataclass(slots=True)
class Sieve:
    """What became of the rows; ``examples`` holds the first row of each reason."""

    read: int = 0
    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)

    def without(self, points: PointSet, bad: Flags, reason: str) -> PointSet:
        if bad.any():
            self.refused[reason] += int(bad.sum())
            if points.rows is not None:
                self.examples.setdefault(reason, int(points.rows[bad][0]))
        return points.only(~bad)


def usable(points: PointSet, sieve: Sieve) -> PointSet:
    """Without positions that cannot be right. ``BadInput`` when the columns were mistaken, or too little is left."""
    sieve.read = len(points)
    points = sieve.without(points, ~(np.isfinite(points.longitude) & np.isfinite(points.latitude)), MISSING)
    points = sieve.without(points, (points.longitude == 0) & (points.latitude == 0), NOUGHT)
    swapped = (abs(points.latitude) > 90) & (abs(points.latitude) <= 180) & (abs(points.longitude) <= 90)
    if len(points) and swapped.mean() > 0.5:
        raise BadInput(
            "Latitude and longitude look swapped: {share} of 100 rows have a latitude above 90 degrees.",
            field="--x",
            remedy="Name the column of the longitude with --x and that of the latitude with --y.",
            share=round(100 * float(swapped.mean())),
        )
    points = sieve.without(points, swapped, SWAPPED)
    points = sieve.without(points, (abs(points.latitude) > 90) | (abs(points.longitude) > 180), OFF_EARTH)
    points = sieve.without(points, far_away(points), FAR_AWAY)
    sieve.taken = len(points)
    return points


def enough(points: PointSet, sieve: Sieve) -> None:
    """``BadInput`` where so few points are left that nothing can be said of them."""
    sieve.taken = len(points)
    if len(points) < FEWEST:
        raise BadInput(
            "{taken} of {read} rows have a position that can be used; at least {fewest} are needed.",
            field="FILE",
            remedy="Use a longer period or another file; what was left out: {reasons}.",
            taken=len(points),
            read=sieve.read,
            fewest=FEWEST,
            reasons="; ".join(f"{count} × {_(reason)}" for reason, count in sieve.refused.most_common()) or "—",
        )
    if np.ptp(points.longitude) == 0 and np.ptp(points.latitude) == 0:
        raise BadInput(
            "All {taken} rows have the same position.",
            field="FILE",
            remedy="Look whether the right columns were named, and whether places were recorded one by one.",
            taken=len(points),
        )


def far_away(points: PointSet) -> Flags:
    if len(points) < FEWEST:
        return np.zeros(len(points), bool)
    x, y = plane(
        points.longitude, points.latitude, float(np.median(points.longitude)), float(np.median(points.latitude))
    )
    away = np.hypot(x, y)
    return np.asarray(away > max(FAR_M, FAR * float(np.median(away))))


def plane(longitude: Floats, latitude: Floats, longitude0: float, latitude0: float) -> tuple[Floats, Floats]:
    """Metres east and north of a point: equirectangular on the sphere, right to 0.2 % within 100 km."""
    east = np.radians(longitude - longitude0) * EARTH_M * np.cos(np.radians(latitude0))
    return east, np.radians(latitude - latitude0) * EARTH_M
