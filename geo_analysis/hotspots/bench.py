"""Invented points of a city with three hot places, for ``hotline bench hotspots``: methods timed, esda beside."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from geo_analysis.cells import cells_at, closed, grid_of
from geo_analysis.hotspots.analysis import analyse
from geo_analysis.hotspots.neighbourhood import gi
from geo_analysis.hotspots.query import HotspotQuery, Method
from geo_analysis.points import Floats, PointSet

CENTRE = (121.45, 31.22)
WIDE = 0.35
HOT = ((121.40, 31.20), (121.52, 31.27), (121.47, 31.12))
SHARE_HOT = 0.03
RESOLUTION = 8
METHODS = (Method.GI, Method.MORAN, Method.KDE, Method.DBSCAN, Method.EMERGING)
DAY_S = 86_400.0


def city(number: int, seed: int) -> PointSet:
    """Most of it even over a disc, some in three places; over a year."""
    chance = np.random.default_rng(seed)
    angle, out = chance.uniform(0, 2 * np.pi, number), WIDE * np.sqrt(chance.uniform(0, 1, number))
    longitude, latitude = CENTRE[0] + out * np.cos(angle), CENTRE[1] + out * np.sin(angle) * 0.85
    hot = chance.uniform(0, 1, number) < SHARE_HOT
    places = np.array(HOT)[chance.integers(0, len(HOT), number)]
    longitude = np.where(hot, places[:, 0] + chance.normal(0, 0.008, number), longitude)
    latitude = np.where(hot, places[:, 1] + chance.normal(0, 0.008, number), latitude)
    return PointSet(longitude, latitude, 1.7e9 + chance.uniform(0, 365 * DAY_S, number))


def run(sizes: Sequence[int], seed: int) -> dict[str, Any]:
    return {"sizes": [_timed(number, seed) for number in sizes], "resolution": RESOLUTION, "seed": seed}


def _timed(number: int, seed: int) -> dict[str, Any]:
    points = city(number, seed)
    # What is loaded once is not counted with the first method.
    analyse(city(2000, seed), HotspotQuery(Method.KDE))
    analyse(city(2000, seed), HotspotQuery(Method.DBSCAN))
    seconds, own, marked = {}, {}, {}
    for method in METHODS:
        begin, used = time.monotonic(), time.process_time()
        found = analyse(points, HotspotQuery(method, RESOLUTION, seed=seed))
        seconds[method.value] = round(time.monotonic() - begin, 3)
        own[method.value] = round(time.process_time() - used, 3)
        marked[method.value] = sum(n for name, n in found.classes.items() if name != "chance")
        cells = found.parameters["cells"]
    about = {"points": number, "cells": cells, "seconds": seconds, "processor_seconds": own, "marked": marked}
    return {**about, "esda": _esda(points)}


def _esda(points: PointSet) -> dict[str, Any]:
    """The same Gi* and local Moran by the library, from the same counts; its 999 permutations against our draws."""
    if find_spec("esda") is None:
        return {"seconds": None, "why": "esda is not installed: it is a package of the tests"}
    from esda.getisord import G_Local
    from esda.moran import Moran_Local
    from libpysal.weights import WSP

    found = cells_at(points.longitude, points.latitude, RESOLUTION)
    grid = grid_of(closed(np.unique(found).tolist()), RESOLUTION)
    values: Floats = grid.counts(found)
    weights = WSP(grid.neighbours.tocsr()).to_W(silence_warnings=True)
    begin, used = time.monotonic(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        theirs = G_Local(values, weights, transform="B", star=True, permutations=999, seed=1)
    between, used_between = time.monotonic(), time.process_time()
    with warnings.catch_warnings():
        # Of what a later version will do.
        warnings.simplefilter("ignore", DeprecationWarning)
        Moran_Local(values, weights, permutations=999, seed=1)
    end, used_end = time.monotonic(), time.process_time()
    ours, _, _ = gi(values, grid.neighbours, star=True)
    return {
        "seconds": {"gi": round(between - begin, 3), "moran": round(end - between, 3)},
        "processor_seconds": {"gi": round(used_between - used, 3), "moran": round(used_end - used_between, 3)},
        "of": "the statistic alone, from counts that are ready",
        "largest_difference_z": float(np.abs(theirs.Zs - ours).max()),
    }
