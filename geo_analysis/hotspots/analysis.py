"""A map of hot spots from points: cells, a method, classes and the sentences that say what it means."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from core.errors import BadInput
from core.i18n import _
from geo_analysis.cells import Grid, area_of, cells_at, fitting_resolution, grid_of, hexagon, within
from geo_analysis.hotspots import timed, wording
from geo_analysis.hotspots.clusters import clusters, hull, usual_fewest
from geo_analysis.hotspots.density import density
from geo_analysis.hotspots.neighbourhood import LocalStatistic, gi_star, local_moran, standardised_rates
from geo_analysis.hotspots.query import HotspotMap, HotspotQuery, Method, feature, rounded
from geo_analysis.points import Floats, PointSet, plane
from geo_analysis.significance import false_discovery

ALPHA = 0.05
# Below this a neighbourhood has nothing to be compared with.
FEWEST_CELLS = 20
CLUSTER_M = 500.0


def analyse(points: PointSet, query: HotspotQuery) -> HotspotMap:
    """``BadInput`` where the area is too small for the cells, or times are needed that are not there."""
    fitting = fitting_resolution(points.longitude, points.latitude)
    resolution = query.resolution or fitting
    found = cells_at(points.longitude, points.latitude, resolution)
    inside = area_of(found, resolution, fitting) if query.area is None else within(query.area, resolution)
    grid = grid_of(inside, resolution)
    if len(grid) < FEWEST_CELLS:
        raise BadInput(
            "The area has only {cells} cells; at least {fewest} are needed to tell hot spots from chance.",
            field="--cell",
            remedy="Choose a finer resolution (a larger number), or a larger area.",
            cells=len(grid),
            fewest=FEWEST_CELLS,
        )
    about = {
        "points": len(points),
        "resolution": resolution,
        "cells": len(grid),
        "empty_cells": int((grid.counts(found) == 0).sum()),
        "cell_km2": rounded(float(grid.areas_km2.mean())),
        "area": "assumed" if query.area is None else "given",
        "seed": query.seed,
    }
    match query.method:
        case Method.GI | Method.MORAN:
            return _neighbourhoods(grid, grid.counts(found), about, query)
        case Method.KDE:
            return _density(points, grid, grid.counts(found), about, query)
        case Method.DBSCAN:
            return _clusters(points, grid, about, query)
        case Method.EMERGING:
            return timed.emerging_map(points, grid, found, about, query)
        case Method.SCAN:
            return timed.scan_map(points, grid, found, about, query)


def _neighbourhoods(grid: Grid, counts: Floats, about: dict[str, Any], query: HotspotQuery) -> HotspotMap:
    values, exposed, grid, counts = _comparable(grid, counts, about, query)
    star = query.method is Method.GI
    found = (gi_star if star else local_moran)(values, grid.neighbours, query.seed)
    q = false_discovery(found.p)
    classes = _gi_classes(found, q) if star else _moran_classes(values, found, q)
    about |= {"alpha": ALPHA, "rate": exposed is not None, "draws": 199_999}
    features = []
    for n, cell in enumerate(grid.cells.tolist()):
        more = {"rate": rounded(counts[n] / exposed[n]), "exposure": rounded(exposed[n])} if exposed is not None else {}
        features.append(
            feature(
                {"type": "Polygon", "coordinates": [hexagon(cell)]},
                cell=f"{cell:x}",
                count=int(counts[n]),
                around=rounded(found.around[n]),
                expected=rounded(found.expected[n]),
                **{"z" if star else "i": rounded(found.value[n])},
                p=rounded(found.p[n]),
                q=rounded(q[n]),
                edge=not bool(grid.inner[n]),
                **{"class": classes[n]},
                **more,
            )
        )
    return wording.of_neighbourhoods(query.method, about, features, grid)


def _comparable(
    grid: Grid, counts: Floats, about: dict[str, Any], query: HotspotQuery
) -> tuple[Floats, Floats | None, Grid, Floats]:
    """Counts, or rates of the cells where there is something to divide by."""
    if query.exposure is None:
        return counts, None, grid, counts
    where = cells_at(query.exposure.longitude, query.exposure.latitude, grid.resolution)
    exposed = grid.counts(where, query.exposure_weights)
    served = exposed > 0
    if served.sum() < FEWEST_CELLS:
        raise BadInput(
            "Only {cells} cells hold customers or pipes to divide by.",
            field="--exposure",
            remedy="Look whether both files are of the same place and the same system of coordinates.",
            cells=int(served.sum()),
        )
    about |= {"cells_without_exposure": int((~served).sum()), "points_without_exposure": int(counts[~served].sum())}
    small = grid_of(grid.cells[served].tolist(), grid.resolution)
    return standardised_rates(counts[served], exposed[served]), exposed[served], small, counts[served]


def _gi_classes(found: LocalStatistic, q: Floats) -> list[str]:
    named = np.select([q > ALPHA, found.around > found.expected], ["chance", "hot"], "cold")
    return [str(one) for one in named]


def _moran_classes(values: Floats, found: LocalStatistic, q: Floats) -> list[str]:
    """The cell itself, then its neighbours: high or low."""
    high, around = values > values.mean(), found.around > found.expected
    named = np.select(
        [q > ALPHA, high & around, ~high & ~around, high], ["chance", "high_high", "low_low", "high_low"], "low_high"
    )
    return [str(one) for one in named]


def _density(points: PointSet, grid: Grid, counts: Floats, about: dict[str, Any], query: HotspotQuery) -> HotspotMap:
    longitude, latitude = grid.centres
    middle = float(longitude.mean()), float(latitude.mean())
    edge_m = float(np.sqrt(grid.areas_km2.mean() * 1e6 / 2.598))
    bandwidth = query.distance_m or 2 * edge_m
    found = density(
        plane(points.longitude, points.latitude, *middle), plane(longitude, latitude, *middle), bandwidth, edge_m
    )
    about |= {"bandwidth_m": rounded(bandwidth), "kernel": "gaussian"}
    features = [
        feature(
            {"type": "Polygon", "coordinates": [hexagon(cell)]},
            cell=f"{cell:x}",
            count=int(counts[n]),
            density_per_km2=rounded(found[n]),
            p=None,
            q=None,
            **{"class": "density"},
        )
        for n, cell in enumerate(grid.cells.tolist())
    ]
    return wording.of_density(about, features, grid)


def _clusters(points: PointSet, grid: Grid, about: dict[str, Any], query: HotspotQuery) -> HotspotMap:
    middle = float(points.longitude.mean()), float(points.latitude.mean())
    x, y = plane(points.longitude, points.latitude, *middle)
    distance = query.distance_m or CLUSTER_M
    area_km2 = float(grid.areas_km2.sum())
    fewest = query.fewest or usual_fewest(len(points), area_km2, distance)
    found = clusters(x, y, distance, fewest)
    about |= {"distance_m": rounded(distance), "fewest": fewest, "rounded_m": rounded(found.rounded_m)}
    about |= {"area_km2": rounded(area_km2), "alone": int((found.member < 0).sum())}
    order = np.argsort(found.member, kind="stable")
    starts = np.searchsorted(found.member[order], np.arange(found.member.max(initial=-1) + 2))
    features = []
    for n in range(len(starts) - 1):
        mine = order[starts[n] : starts[n + 1]]
        longitude, latitude = points.longitude[mine], points.latitude[mine]
        centre = [round(float(longitude.mean()), 6), round(float(latitude.mean()), 6)]
        features.append(
            feature(
                hull(longitude, latitude), cluster=n + 1, count=len(mine), centre=centre, p=None, q=None,
                **{"class": "cluster"},
            )
        )  # fmt: skip
    return wording.of_clusters(about, features)


def classes_of(features: list[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(one["properties"]["class"] for one in features).most_common())


def refused_in_words(refused: dict[str, int], examples: dict[str, int]) -> list[str]:
    return [
        "  " + _("{count} × {reason} First in row {row}.", count=count, reason=_(reason), row=examples.get(reason, "—"))
        for reason, count in refused.items()
    ]
