"""Clusters of points by DBSCAN (scikit-learn): at least so many within so many metres. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_analysis.points import Floats

# Above so many points equal places are put together, a quarter of the distance wide: memory is the limit.
MANY = 50_000
RARE = 0.001


@dataclass(frozen=True, slots=True)
class Clusters:
    """``member`` is the number of a point's cluster, -1 for none; ``rounded_m`` how far points were moved at most."""

    member: npt.NDArray[np.int64]
    rounded_m: float


def usual_fewest(points: int, area_km2: float, distance_m: float) -> int:
    """How many points within the distance are so many that an even scatter has them at one place in a thousand."""
    mean = points / area_km2 * np.pi * (distance_m / 1000) ** 2
    most = int(mean + 20 * np.sqrt(mean) + 20)
    from scipy.special import pdtrc

    beyond = pdtrc(np.arange(most), mean)
    return max(4, int(np.argmax(beyond < RARE)) + 1)


def clusters(x: Floats, y: Floats, distance_m: float, fewest: int) -> Clusters:
    """Of points in metres of one plane; numbered by size, the largest is 0."""
    # Heavy, and needed where clusters are looked for alone.
    from sklearn.cluster import DBSCAN

    step = distance_m / 4 if len(x) > MANY else 0.0
    places = np.column_stack((x, y))
    if step:
        places, back, weights = np.unique(np.round(places / step), axis=0, return_inverse=True, return_counts=True)
        places = places * step
    else:
        back, weights = np.arange(len(x)), np.ones(len(x), np.int64)
    found = DBSCAN(eps=distance_m, min_samples=fewest, algorithm="kd_tree").fit(places, sample_weight=weights)
    member = np.asarray(found.labels_, np.int64)[back.ravel()]
    sizes = np.bincount(member[member >= 0])
    rank = np.empty(len(sizes) + 1, np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    rank[-1] = -1
    return Clusters(rank[member], step * float(np.sqrt(0.5)))


def hull(longitude: Floats, latitude: Floats) -> dict[str, object]:
    """The smallest shape without dents that holds the points, as GeoJSON."""
    from shapely import MultiPoint, convex_hull
    from shapely.geometry import mapping

    corners = np.column_stack((longitude.round(6), latitude.round(6)))
    return dict(mapping(convex_hull(MultiPoint(corners))))
