"""Customers with phones, meters and bills, and the gazetteer."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base


class CustomerRow(Base):
    """``kind``: residential or business. Where the meter is, in WGS 84 degrees, as far as it is known."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    district: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    synthetic: Mapped[bool] = mapped_column(default=False)


class CustomerPhoneRow(Base):
    __tablename__ = "customer_phones"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)


class MeterRow(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    diameter_mm: Mapped[int]
    last_reading: Mapped[float]
    read_on: Mapped[str] = mapped_column(String(10))


class BillRow(Base):
    """Money in fen, so that sums are exact. ``period`` is ``YYYY-MM``."""

    __tablename__ = "bills"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    volume_m3: Mapped[float]
    amount_fen: Mapped[int]
    paid: Mapped[bool]


class AddressRow(Base):
    """The gazetteer: streets and estates of the supply area, WGS 84 degrees."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100), index=True)
    longitude: Mapped[float]
    latitude: Mapped[float]
