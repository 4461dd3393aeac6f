"""What happens to work orders."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.events.fact import Fact
from core.frozen import dataclass

OrderChannel = Literal["phone", "web", "wechat", "sms", "hotline_12345", "counter", "field"]
Urgency = Literal["normal", "urgent", "emergency"]
ClockState = Literal["running", "paused", "met", "missed", "stopped"]


@dataclass(frozen=True, slots=True)
class OrderOpened(Fact):
    """A work order exists; its first step follows as ``order_stepped``. Places are WGS 84 degrees.

    ``site`` is the unit that has to do it, empty while unknown; ``from_call`` the call it was taken in.
    """

    KIND: ClassVar[str] = "order_opened"
    order_id: str
    workflow: str
    workflow_version: int
    channel: OrderChannel
    category: str
    urgency: Urgency
    district: str
    address: str
    longitude: float | None
    latitude: float | None
    site: str
    customer_id: int | None
    caller: str
    from_call: str | None
    summary: str
    by: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class OrderStepped(Fact):
    """One step of an order; a flag (urged, supervised, extended) leaves it where it was.

    ``assignee`` is who has it afterwards, ``fields`` a JSON object of what the step changed, ``device_at`` the clock
    of the phone that reported it (UTC epoch seconds).
    """

    KIND: ClassVar[str] = "order_stepped"
    order_id: str
    event: str
    from_state: str
    to_state: str
    by: str
    role: str
    round: int
    note: str = ""
    assignee: str = ""
    fields: str = "{}"
    longitude: float | None = None
    latitude: float | None = None
    device_at: float | None = None


@dataclass(frozen=True, slots=True)
class OrderClockSet(Fact):
    """After a step: a clock of the order that began, moved, was paused or ended. ``due_at`` in UTC epoch seconds.

    ``undone``: it had been met and goes on, since the work was sent back.
    """

    KIND: ClassVar[str] = "order_clock_set"
    VERSION: ClassVar[int] = 2
    order_id: str
    clock: str
    state: ClockState
    due_at: float | None
    limit_s: float
    undone: bool = False
