"""The gazetteer of a site, from what it knows: names, customers' places, and places set in orders."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core.db.tables import AddressRow, CustomerRow, WorkOrderRow
from geo_analysis.locate.gazetteer import Gazetteer, NamedPlace, PlacedAddress, gazetteer

# Of customers and of orders each; the newest.
MOST_ADDRESSES = 50_000


@dataclass(frozen=True, slots=True)
class Edition:
    """By what one tells whether names or customers have changed."""

    names: int
    newest_name: int
    customers: int


def edition(session: Session) -> Edition:
    names, newest = session.execute(select(func.count(AddressRow.id), func.max(AddressRow.id))).one()
    return Edition(names, newest or 0, session.scalar(select(func.count(CustomerRow.id))) or 0)


def read(session: Session) -> Gazetteer:
    """What was set by hand in an order counts more than what stood with the customer: it comes last."""
    names = session.execute(select(AddressRow.name, AddressRow.district, AddressRow.longitude, AddressRow.latitude))
    places = [NamedPlace(*row) for row in names]
    row = CustomerRow
    mine = (
        select(row.address, row.district, row.longitude, row.latitude)
        .where(row.longitude.is_not(None), row.latitude.is_not(None), row.address != "")
        .order_by(row.id.desc())
        .limit(MOST_ADDRESSES)
    )
    customers = [placed_address(one) for one in session.execute(mine)]
    return gazetteer(places, [*customers, *located_orders(session, None)])


def located_orders(session: Session, since: float | None) -> list[PlacedAddress]:
    """Places of orders changed after ``since``, the last change last: a correction replaces what was there."""
    row = WorkOrderRow
    query = select(row.address, row.district, row.longitude, row.latitude).where(
        row.longitude.is_not(None), row.latitude.is_not(None), row.address != ""
    )
    if since is not None:
        query = query.where(row.changed_at > since)
    found = session.execute(query.order_by(row.changed_at.desc()).limit(MOST_ADDRESSES)).all()
    return [placed_address(one) for one in reversed(found)]


def placed_address(row: Row[str, str, float | None, float | None]) -> PlacedAddress:
    address, district, longitude, latitude = row
    assert longitude is not None
    assert latitude is not None
    return PlacedAddress(address, district, longitude, latitude)
