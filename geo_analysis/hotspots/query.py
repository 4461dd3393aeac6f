"""What is asked of a map of hot spots, and what it answers: shapes with figures, and sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geo_analysis.points import PointSet


class Method(StrEnum):
    GI = "gi"
    MORAN = "moran"
    KDE = "kde"
    DBSCAN = "dbscan"
    EMERGING = "emerging"
    SCAN = "scan"


TIMED = (Method.EMERGING, Method.SCAN)


@dataclass(frozen=True, slots=True)
class HotspotQuery:
    """``None`` and 0 leave the choice to the data; what was chosen stands in the answer's parameters.

    ``exposure`` are points with weights that counts are divided by: customers, or km of pipe. ``area`` is a shapely
    polygon of degrees.
    """

    method: Method = Method.GI
    resolution: int | None = None
    area: Any = None
    exposure: PointSet | None = None
    exposure_weights: Any = None
    distance_m: float = 0.0
    fewest: int = 0
    step_days: float = 0.0
    permutations: int = 999
    seed: int = 1
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class HotspotMap:
    """``classes`` counts features by class; every feature has ``class``, ``p`` and ``q`` (null where chance is not
    judged)."""

    method: Method
    parameters: dict[str, Any]
    features: list[dict[str, Any]]
    sentences: list[str]
    classes: dict[str, int] = field(default_factory=dict)

    def as_geojson(self) -> dict[str, Any]:
        return {
            "type": "FeatureCollection",
            "method": self.method.value,
            "parameters": self.parameters,
            "classes": self.classes,
            "sentences": self.sentences,
            "features": self.features,
        }


def feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def rounded(value: float) -> float:
    """Six digits that mean something."""
    return float(f"{value:.6g}")
