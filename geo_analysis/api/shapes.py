"""What the routes of places answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

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
