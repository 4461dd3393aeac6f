"""Component ids of the list and of one order."""

from __future__ import annotations

from typing import Any

PAGE = "order"
TABLE = "orders-table"
# The list keeps itself up to date: what was asked for, and what is written anew.
ASKED = "orders-asked"
TICK = "orders-tick"
TOTALS = "orders-totals"
ROWS = "orders-rows"
CARDS = "orders-cards"
# Whether the window is as narrow as a phone, and which state of the list it shows.
NARROW = "orders-narrow"
LISTED = "orders-listed"
EMPTY = "orders-empty"
BODY = "order-body"
# One order is looked at again and again, and at once after a step that was taken here (``SEEN``); ``SHOWN`` is how it
# stood when it was drawn.
LOOK = "order-look"
SEEN = "order-seen"
SHOWN = "order-shown"
# What is said: of the step, or that the order is gone.
SAID = "order-said"


def clock(name: Any) -> dict[str, Any]:
    """What of one clock goes on by itself: it is written without closing what was opened beside it."""
    return {"type": "order-clock", "clock": name}
