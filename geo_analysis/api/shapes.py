"""What the routes of places answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from core.web.shapes import At, Json
from geo_analysis.hotspots.query import Method
from geo_analysis.incidents.service import State
from geo_analysis.locate.matcher import By, How


class PlaceQuery(BaseModel):
    text: str = Field(min_length=1, max_length=200, description="An address as a caller says it.")


class LocatedPlace(BaseModel):
    """``confidence`` says how sure the name is, and is shared by names as good as each other; ``matched`` is the name
    that was recognised, ``by`` how (as written, as heard, in pinyin, by initials). ``how`` says what the point is: the
    address itself, the house, between two known houses, near a known number, the middle of the street, a crossing.
    ``radius_m``: how far off the house may be."""

    text: str
    district: str
    longitude: float
    latitude: float
    confidence: float
    matched: str
    how: How
    by: By
    radius_m: float


class OrderPointFacts(BaseModel):
    id: str
    at: At
    category: str
    state: str
    open: bool
    urgency: str
    district: str


class OrderPoint(BaseModel):
    type: Literal["Feature"]
    geometry: Json
    properties: OrderPointFacts


class OrderPoints(BaseModel):
    """GeoJSON; a caller's number and words are not in it."""

    type: Literal["FeatureCollection"]
    features: list[OrderPoint]


class HotspotFeature(BaseModel):
    """``properties`` have ``class``, ``p`` and ``q``, and the figures of the method (``docs/geo.md``)."""

    type: Literal["Feature"]
    geometry: Json
    properties: Json


class Hotspots(BaseModel):
    """GeoJSON with how it was found: ``parameters``, how many features of each class, and what it means in words."""

    type: Literal["FeatureCollection"]
    method: Method
    parameters: Json
    classes: dict[str, int]
    sentences: list[str]
    features: list[HotspotFeature]


class Incident(BaseModel):
    """``observed`` reports where ``expected`` are usual; chance alone raises such a thing once in ``recurrence_days``.
    ``centre`` is longitude and latitude; ``orders`` are the reports, as they came."""

    id: int
    state: State
    began_at: At
    raised_at: At
    last_report_at: At
    centre: list[float]
    radius_m: float
    district: str
    observed: int
    expected: float
    p: float
    recurrence_days: float
    orders: list[str]
    words: str
    decided_by: str
    decided_at: At | None
    merged_into: int | None


class DecisionWords(BaseModel):
    words: str = Field("", max_length=500, description="Why, for those who read it later.")


class MergeInto(DecisionWords):
    into: int = Field(ge=1, le=2**31 - 1, description="The incident that stays.")
