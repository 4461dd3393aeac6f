"""What the desk's script is answered."""

from __future__ import annotations

from pydantic import BaseModel

from core.web.shapes import At
from core.web.shapes.orders import Order
from core.web.shapes.people import Customer


class OwnDay(BaseModel):
    """``mean_handling_s`` is null before the first call's wrap-up has ended."""

    handled: int
    mean_handling_s: float | None


class EarlierCall(BaseModel):
    id: str
    direction: str
    outcome: str | None
    queue: str | None
    agent: str | None
    category: str | None
    category_name: str | None
    note: str
    arrived_at: At


class CallerCard(BaseModel):
    """Who is on the line of one's own call. ``number`` is whole while the call is up, ``masked`` never."""

    number: str | None
    masked: str | None
    customer: Customer | None
    orders: list[Order]
    orders_open: int
    earlier: list[EarlierCall]
    earlier_count: int
    earlier_days: int


class WrapUpLimit(BaseModel):
    """Null as long as the marts have not heard of it."""

    limit_s: float | None
