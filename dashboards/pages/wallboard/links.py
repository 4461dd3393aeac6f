"""Where each figure of the wall leads: the list of exactly the calls or orders that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

# Live figures name a state of the floor, the day's name what became of the calls or of their visits to queues.
PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "calls": {"state": "open"},
    "waiting": {"state": "waiting"},
    "longest": {"state": "waiting"},
    "service": {"day": "today", "visit": "counted"},
    "abandon": {"day": "today", "visit": "not_short"},
    "seats-ringing": {"state": "ringing"},
    "seats-talking": {"state": "talking"},
    "seats-hold": {"state": "held"},
    "arrivals": {"day": "today", "direction": "inbound"},
    "offered": {"day": "today", "visit": "offered"},
    "answered": {"day": "today", "visit": "answered"},
    "abandoned": {"day": "today", "visit": "abandoned"},
    "redirected": {"day": "today", "visit": "redirected"},
    "ivr_only": {"day": "today", "direction": "inbound", "outcome": "ivr_only"},
    "asa": {"day": "today", "visit": "answered"},
}
# Of the list of work orders; a category or a district is added where the figure is of one.
ORDERS: Mapping[str, Mapping[str, str]] = {
    "orders-opened": {"day": "today"},
    "orders-closed": {"day": "today", "by": "closed"},
    "orders-overdue": {"now": "overdue"},
    "orders-open": {"now": "open"},
    # With by=CLOCK: the orders whose deadline of that milestone fell today.
    "orders-due": {"day": "today"},
    "orders-unplaced": {"day": "today", "place": "none"},
}
# Seats that are in no call stand on the floor.
FLOOR = ("seats-ready", "seats-wrap_up", "seats-break", "seats-offline", "seats-trouble")


def link(figure: str) -> str:
    if figure in ORDERS:
        return f"/orders?{urlencode(ORDERS[figure])}"
    if figure in FLOOR:
        return f"/floor?{urlencode({'state': figure.removeprefix('seats-')})}"
    return f"/calls?{urlencode(PARAMETERS[figure])}"


def opens(figure: str) -> bool:
    return figure in ORDERS or figure in PARAMETERS or figure in FLOOR
