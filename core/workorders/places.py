"""Where an order is: distances, and the place of an address as far as customers and gazetteer know it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from core.db.tables import AddressRow, CustomerRow, OrderSiteRow
from core.errors import BadInput

EARTH_M = 6_371_008.8
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees. ``exact``: a customer's own place, not only the street's."""

    district: str
    name: str
    longitude: float
    latitude: float
    exact: bool = False


def distance_m(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Along the great circle (haversine)."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    east, north = math.radians(other_longitude - longitude), b - a
    half = math.sin(north / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def box(longitude: float, latitude: float, radius_m: float) -> tuple[float, float, float, float]:
    """West, east, south, north of a square that holds the circle."""
    north = math.degrees(radius_m / EARTH_M)
    east = north / max(0.01, math.cos(math.radians(latitude)))
    return longitude - east, longitude + east, latitude - north, latitude + north


def locate(session: Session, address: str, customer_id: int | None = None) -> Position | None:
    """The customer's own place when it is the customer's address, else the longest street that the address names."""
    text = squeezed(address)
    if not text:
        return None
    if customer_id is not None:
        row = session.get(CustomerRow, customer_id)
        if row is not None and row.longitude is not None and row.latitude is not None and squeezed(row.address) == text:
            return Position(row.district, row.address, row.longitude, row.latitude, exact=True)
    named = select(AddressRow).where(literal(text).contains(AddressRow.name))
    rows = session.scalars(named.limit(50)).all()
    best = max(rows, key=lambda row: len(row.name), default=None)
    return Position(best.district, best.name, best.longitude, best.latitude) if best else None


def suggestions(session: Session, text: str) -> list[Position]:
    """Streets that hold the words, for the box that an address is typed into."""
    words = squeezed(text)
    if len(words) < 2:
        return []
    query = select(AddressRow).where(AddressRow.name.contains(words, autoescape=True)).order_by(AddressRow.name)
    return [
        Position(row.district, row.name, row.longitude, row.latitude) for row in session.scalars(query.limit(SHOWN))
    ]


def districts(session: Session) -> list[str]:
    """What there is to choose from: the districts of the units that do the work, then those of the gazetteer."""
    found = dict.fromkeys(
        district
        for row in session.scalars(select(OrderSiteRow).where(OrderSiteRow.active).order_by(OrderSiteRow.rank))
        for district in row.districts
    )
    found |= dict.fromkeys(session.scalars(select(AddressRow.district).distinct().order_by(AddressRow.district)))
    return [one for one in found if one]


def district_in(session: Session, address: str) -> str:
    """The district that an address names, where its street is in no gazetteer; empty for none."""
    text = squeezed(address)
    return max((one for one in districts(session) if squeezed(one) in text), key=len, default="")


def check_district(session: Session, district: str, field: str) -> None:
    """A district that nobody knows would stand on the wall as one of its own."""
    known = districts(session)
    if known and district not in known:
        raise BadInput(
            "There is no district {name}.",
            field=field,
            remedy="Use one of: {allowed}.",
            name=district[:40],
            allowed=", ".join(known),
        )


def squeezed(address: str) -> str:
    return "".join(address.split())
