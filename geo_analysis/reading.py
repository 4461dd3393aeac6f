"""Points of a file, and the supply area of another. What a column means is said, or only one can be meant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.errors import BadInput, NotFound
from etl.importers.projection import assumed, degrees, system_of
from etl.importers.tables import FIRST_ROW, moments, numbers, read_table
from geo_analysis.points import NO_TIME, OUTSIDE, TWICE, Floats, PointSet, Sieve, enough, usable

SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class PointFile:
    """``crs`` empty: degrees, if the numbers can be. ``id`` names the column that counts a report once."""

    path: Path
    x: str
    y: str
    crs: str = ""
    time: str = ""
    written: str = ""
    id: str = ""
    zone: str = "Asia/Shanghai"


def read_points(file: PointFile, area: Any = None) -> tuple[PointSet, Sieve]:
    """What can be used; ``BadInput`` when that is too little to say anything."""
    system = system_of(file.crs) if file.crs else ""
    columns = [file.x, file.y, *(one for one in (file.time, file.id) if one)]
    table = read_table(file.path, columns)
    x, y = numbers(table[file.x]), numbers(table[file.y])
    sieve = Sieve()
    nought = (x == 0) & (y == 0)
    longitude, latitude = degrees(x, y, system or assumed(x, y))
    longitude, latitude = np.where(nought, 0.0, longitude), np.where(nought, 0.0, latitude)
    at = None if not file.time else _times(table[file.time], file)
    points = PointSet(longitude, latitude, at, np.arange(FIRST_ROW, FIRST_ROW + len(table)))
    if file.id:
        once = ~(table[file.id].duplicated() & (table[file.id].astype(str) != "")).to_numpy()
        points, sieve.read = sieve.without(points, ~once, TWICE), len(table)
    points = usable(points, sieve)
    sieve.read = len(table)
    if points.at is not None:
        points = sieve.without(points, ~np.isfinite(points.at), NO_TIME)
    if area is not None:
        from shapely import contains_xy

        points = sieve.without(points, ~contains_xy(area, points.longitude, points.latitude), OUTSIDE)
    enough(points, sieve)
    return points, sieve


def _times(column: Any, file: PointFile) -> Floats:
    try:
        found = moments(column, ZoneInfo(file.zone), file.written)
    except (ValueError, KeyError) as unknown:
        raise BadInput(
            "{format} is no way of writing a time, or {zone} no time zone.",
            field="--time-format",
            remedy="Write it like %d.%m.%Y %H:%M, and the zone like Asia/Shanghai.",
            format=file.written or "—",
            zone=file.zone,
        ) from unknown
    if found is None:
        raise BadInput(
            "The times in {column} cannot be read for certain (such as {example}).",
            field="--time-format",
            remedy="Say how they are written with --time-format, such as %d/%m/%Y %H:%M.",
            column=file.time,
            example=str(next((one for one in column if str(one).strip()), "—"))[:40],
        )
    return found


def time_column(path: Path, zone: str, not_these: tuple[str, ...]) -> str:
    """The only column that holds dates; ``BadInput`` when none or several do."""
    head = read_table(path).head(SAMPLE_ROWS)
    found = [
        str(name)
        for name in head.columns
        if name not in not_these and (at := moments(head[name], ZoneInfo(zone))) is not None and len(np.unique(at)) > 1
    ]
    if len(found) == 1:
        return found[0]
    raise BadInput(
        "It is not clear which column holds the time: {columns}.",
        field="--time",
        remedy="Name the column with --time, and how it is written with --time-format.",
        columns=", ".join(found) or "—",
    )


def read_area(path: Path) -> Any:
    """One shape of degrees from a GeoJSON file; ``BadInput`` when it crosses itself or is none."""
    from shapely import is_valid_reason, union_all
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        found = json.loads(path.read_text("utf-8"))
        parts = [one["geometry"] for one in found["features"]] if found.get("type") == "FeatureCollection" else [found]
        shapes = [shape(one.get("geometry", one)) for one in parts]
    except FileNotFoundError as missing:
        raise NotFound("There is no file {path}.", field="--area", path=path) from missing
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ShapelyError) as problem:
        raise BadInput(
            "{path} is no GeoJSON of areas.",
            field="--area",
            remedy="Save polygons as GeoJSON in degrees (EPSG:4326).",
            path=path,
        ) from problem
    shapes = [one for one in shapes if one.geom_type in ("Polygon", "MultiPolygon")]
    for one in shapes:
        if not one.is_valid:
            raise BadInput(
                "The area's outline is not right: {reason}.",
                field="--area",
                remedy="Draw it so that it does not cross itself.",
                reason=is_valid_reason(one),
            )
    area = union_all(shapes) if shapes else None
    if area is None or area.is_empty:
        raise BadInput("{path} holds no area.", field="--area", remedy="Save at least one polygon.", path=path)
    west, south, east, north = area.bounds
    if min(west, east) < -180 or max(west, east) > 180 or south < -90 or north > 90:
        raise BadInput(
            "The area's coordinates are no degrees.", field="--area", remedy="Save it in degrees (EPSG:4326)."
        )
    return area


def read_exposure(file: PointFile, weight: str) -> tuple[PointSet, Floats]:
    """What counts are divided by, and how much each row of it is (1 without a column)."""
    table = read_table(file.path, [file.x, file.y, *([weight] if weight else [])])
    x, y = numbers(table[file.x]), numbers(table[file.y])
    longitude, latitude = degrees(x, y, system_of(file.crs) if file.crs else assumed(x, y))
    weights = numbers(table[weight]) if weight else np.ones(len(table))
    good = np.isfinite(longitude) & np.isfinite(latitude) & (weights > 0)
    if not good.any():
        raise BadInput(
            "{path} holds no place with a number above 0.",
            field="--exposure",
            remedy="Name its columns with --x, --y and --weight.",
            path=file.path,
        )
    return PointSet(longitude[good], latitude[good]), weights[good]
