"""Finds the customer behind a number or a few words. Reads only; money stays in fen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.db.tables import BillRow, CustomerPhoneRow, CustomerRow, MeterRow
from core.numbering import normal

BILLS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Meter:
    number: str
    kind: str
    diameter_mm: int
    last_reading: float
    read_on: str


@dataclass(frozen=True, slots=True)
class Bill:
    """``period`` is ``YYYY-MM``; ``amount_fen`` is money in hundredths of a yuan."""

    period: str
    volume_m3: float
    amount_fen: int
    paid: bool


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What an agent sees when the phone rings. ``bills`` are the newest first."""

    id: int
    account_no: str
    name: str
    kind: str
    district: str
    address: str
    note: str
    synthetic: bool
    phones: tuple[str, ...]
    meters: tuple[Meter, ...]
    bills: tuple[Bill, ...]


def normal_number(number: str) -> str:
    """A caller's number as it is stored: its one form (``core.numbering``), digits only."""
    return re.sub(r"\D", "", normal(number))


def find_by_phone(session: Session, number: str) -> CustomerCard | None:
    """The customer who gave this number, or ``None``."""
    wanted = normal_number(number)
    if not wanted:
        return None
    row = session.scalars(
        select(CustomerRow)
        .join(CustomerPhoneRow, CustomerPhoneRow.customer_id == CustomerRow.id)
        .where(CustomerPhoneRow.number == wanted)
        .order_by(CustomerRow.id)
        .limit(1),
    ).first()
    return _card(session, row) if row else None


def search(session: Session, text: str, limit: int = 20) -> list[CustomerCard]:
    """By account or phone number from its beginning, by a part of name or address."""
    words = text.strip()
    if not words:
        return []
    like = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    by_phone = select(CustomerPhoneRow.customer_id).where(
        CustomerPhoneRow.number.startswith(normal_number(words) or "-", autoescape=True),
    )
    rows = session.scalars(
        select(CustomerRow)
        .where(
            or_(
                CustomerRow.account_no.like(f"{like}%", escape="\\"),
                CustomerRow.name.like(f"%{like}%", escape="\\"),
                CustomerRow.address.like(f"%{like}%", escape="\\"),
                CustomerRow.id.in_(by_phone),
            ),
        )
        .order_by(CustomerRow.account_no)
        .limit(limit),
    ).all()
    return [_card(session, row) for row in rows]


def _card(session: Session, row: CustomerRow) -> CustomerCard:
    phones = session.scalars(select(CustomerPhoneRow.number).where(CustomerPhoneRow.customer_id == row.id))
    meters = session.scalars(select(MeterRow).where(MeterRow.customer_id == row.id).order_by(MeterRow.number))
    bills = session.scalars(
        select(BillRow).where(BillRow.customer_id == row.id).order_by(BillRow.period.desc()).limit(BILLS_SHOWN),
    )
    return CustomerCard(
        row.id,
        row.account_no,
        row.name,
        row.kind,
        row.district,
        row.address,
        row.note,
        row.synthetic,
        tuple(phones),
        tuple(Meter(m.number, m.kind, m.diameter_mm, m.last_reading, m.read_on) for m in meters),
        tuple(Bill(b.period, b.volume_m3, b.amount_fen, b.paid) for b in bills),
    )
