"""Coordinates of a file to WGS 84 degrees: EPSG codes by PROJ, GCJ-02 and BD-09 by coordtransform."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from core.errors import BadInput

Floats = npt.NDArray[np.float64]

DEGREES = "4326"
# Systems of Chinese map services that have no EPSG code.
SHIFTED = ("gcj02", "bd09")
# The inverse of a shift is found by going back and forth: three times is below a millimetre.
ROUNDS = 3


def system_of(crs: str) -> str:
    """``4326``, ``EPSG:4527``, ``gcj02`` as one spelling, or ``BadInput``."""
    text = crs.strip().lower().removeprefix("epsg:").replace("-", "")
    if text in SHIFTED or re.fullmatch(r"\d{4,6}", text):
        return text
    raise BadInput(
        "{crs} is no system of coordinates that is known here.",
        field="--crs",
        remedy="Give an EPSG code such as 4326 (degrees), 4490 (CGCS2000) or 4527, or gcj02 or bd09.",
        crs=crs,
    )


def assumed(x: Floats, y: Floats) -> str:
    """Degrees where the numbers can be degrees; a projection is never guessed."""
    there = np.isfinite(x) & np.isfinite(y)
    degrees = (abs(x) <= 180) & (abs(y) <= 180)
    if there.any() and degrees[there].mean() < 0.5:
        raise BadInput(
            "The coordinates are no degrees (such as {x}, {y}), and their projection is not said.",
            field="--crs",
            remedy="Say it with --crs and an EPSG code: the surveyors who made the file know it (such as 4527).",
            x=f"{x[there][0]:g}",
            y=f"{y[there][0]:g}",
        )
    return DEGREES


def degrees(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    """Longitude and latitude; what cannot be converted is ``nan``."""
    if system == DEGREES:
        return x, y
    if system in SHIFTED:
        return unshifted(x, y, system)
    # PROJ's database is heavy: only a file in another system needs it.
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        way = Transformer.from_crs(int(system), 4326, always_xy=True)
    except CRSError as unknown:
        raise BadInput(
            "There is no EPSG code {code}.", field="--crs", remedy="Look the code up at the surveyors.", code=system
        ) from unknown
    longitude, latitude = way.transform(x, y)
    off = ~(np.isfinite(longitude) & np.isfinite(latitude))
    return np.where(off, np.nan, longitude), np.where(off, np.nan, latitude)


def shifted(longitude: Floats, latitude: Floats, system: str) -> tuple[Floats, Floats]:
    """WGS 84 to GCJ-02 or BD-09."""
    import coordTransform

    convert = coordTransform.wgs84_to_gcj02 if system == "gcj02" else coordTransform.wgs84_to_bd09
    x, y = convert(longitude, latitude)
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def unshifted(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    """GCJ-02 or BD-09 to WGS 84. The library's own way back is a metre or two off: this one repeats its way there."""
    longitude, latitude = x.copy(), y.copy()
    for _ in range(ROUNDS + 1):
        there_x, there_y = shifted(longitude, latitude, system)
        longitude, latitude = longitude + (x - there_x), latitude + (y - there_y)
    return longitude, latitude
