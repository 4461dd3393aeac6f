"""Work orders: the head as it is now, every step, the clocks, and what the office sets up for them.

The steps are the truth; head and clocks are worked out from them and kept for lists and alerts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class WorkOrderRow(Base):
    """``id`` is the number that is read out: ``YYMMDD-NNNN``. ``due_at`` is the first deadline that has not ended.

    ``request_key`` is the SHA-256 of who asked and the key of the request, so that a repeat finds the same order;
    ``request_hash`` of what was asked. ``limits`` are those that held when it was opened. ``version`` rises with every
    step.
    """

    __tablename__ = "work_orders"
    __table_args__ = (
        Index("ix_work_orders_created", "created_at", "id"),
        Index("ix_work_orders_open_category", "open", "category", "created_at"),
        Index("ix_work_orders_site_open", "site", "open"),
        Index("ix_work_orders_assignee_open", "assignee", "open"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    workflow: Mapped[str] = mapped_column(String(40))
    workflow_version: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(64))
    urgency: Mapped[str] = mapped_column(String(12))
    opened_urgency: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(40))
    open: Mapped[bool]
    round: Mapped[int]
    urged: Mapped[int]
    supervised: Mapped[bool]
    extended_to: Mapped[float | None]
    returned: Mapped[int]
    attempts: Mapped[int]
    asked: Mapped[str] = mapped_column(String(12))
    district: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    diameter_mm: Mapped[int | None]
    site: Mapped[str] = mapped_column(String(40))
    assignee: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[int | None] = mapped_column(index=True)
    contact: Mapped[str] = mapped_column(String(100))
    caller: Mapped[str] = mapped_column(String(40), index=True)
    from_call: Mapped[str | None] = mapped_column(String(64), index=True)
    summary: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(String(16))
    limits: Mapped[list[Any]]
    given_due_at: Mapped[float | None]
    due_at: Mapped[float | None] = mapped_column(index=True)
    created_at: Mapped[float]
    created_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
    closed_at: Mapped[float | None]
    version: Mapped[int]
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    demo: Mapped[bool]


class WorkOrderEventRow(Base):
    """One step, never changed. ``at`` is the server's clock, ``device_at`` that of the phone that reported it.

    ``limits`` are those that hold from a correction on.
    """

    __tablename__ = "work_order_events"
    __table_args__ = (Index("ix_work_order_events_order_seq", "order_id", "seq", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int]
    at: Mapped[float]
    event: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    by_user: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    round: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    assignee: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]]
    limits: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    distance_m: Mapped[float | None]
    device_at: Mapped[float | None]
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    request_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")


class CalendarVersionRow(Base):
    """A calendar as it stood when an order's limits were set by it. Never changed; ``id`` is ``calendar#digest``."""

    __tablename__ = "calendar_versions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    weekly: Mapped[list[Any]]
    holidays: Mapped[list[Any]]
    workdays: Mapped[list[Any]]
    timezone: Mapped[str] = mapped_column(String(40))


class WorkOrderClockRow(Base):
    """A clock as it stands after the last step. ``told`` is the highest level (percent) that was sent; the next is due
    at ``next_at``."""

    __tablename__ = "work_order_clocks"

    order_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    clock: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    began_at: Mapped[float]
    due_at: Mapped[float | None]
    first_due_at: Mapped[float]
    limit_s: Mapped[float]
    ended_at: Mapped[float | None]
    told: Mapped[int]
    next_at: Mapped[float | None] = mapped_column(index=True)


class WorkOrderNoticeRow(Base):
    """What was told, or is to be: a clock's level that was reached (``level`` in percent), or a step that concerns
    somebody (``level`` 0). ``once`` is what it is about: the database refuses a second one."""

    __tablename__ = "work_order_notices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    once: Mapped[str] = mapped_column(String(120), unique=True)
    order_id: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    level: Mapped[int]
    at: Mapped[float]
    recipients: Mapped[list[Any]]
    settled: Mapped[bool] = mapped_column(index=True)
    receipt: Mapped[dict[str, Any]]


class WorkOrderNumberRow(Base):
    """The last number of each local day."""

    __tablename__ = "work_order_numbers"

    day: Mapped[str] = mapped_column(String(6), primary_key=True)
    last: Mapped[int]


class WorkflowDefinitionRow(Base):
    """Never edited in place: a new version is a new row, new orders begin with the highest one."""

    __tablename__ = "workflow_definitions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(Text)
    published_at: Mapped[float]
    published_by: Mapped[str] = mapped_column(String(64))


class CategoryRow(Base):
    """What wrap-ups, orders and assessments choose from (``core.workorders.categories``). ``asks`` maps events to
    fields, ``limits`` is a list, ``sites`` maps districts to sites."""

    __tablename__ = "categories"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    parent: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    urgency: Mapped[str] = mapped_column(String(12))
    immediate: Mapped[bool]
    asks: Mapped[dict[str, Any]]
    limits: Mapped[list[Any]]
    sites: Mapped[dict[str, Any]]
    active: Mapped[bool]


class CategoryNameRow(Base):
    """What a category was called when facts were written by name (``wrap_up_ended`` version 1): whatever it is called
    since, they are about the same."""

    __tablename__ = "category_names"

    name: Mapped[str] = mapped_column(String(130), primary_key=True)
    category: Mapped[str] = mapped_column(String(64))


class OrderSiteRow(Base):
    """A unit that does the work; ``districts`` are those it does by default."""

    __tablename__ = "order_sites"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    districts: Mapped[list[Any]]
    active: Mapped[bool]


class OrderSiteMemberRow(Base):
    """Whose site it is: managers and workers."""

    __tablename__ = "order_site_members"

    user_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(40), index=True)
