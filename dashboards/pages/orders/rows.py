"""A work order as one line of the list or of a file: names for codes, times as numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import _
from dashboards.components.csv_file import defused
from dashboards.components.words import phone, word
from dashboards.pages.orders.due import ago, due, when
from dashboards.pages.orders.queries import FilterChoices
from dashboards.pages.orders.words import CHANNELS, CLOCKS, FLAGS, OPEN_STATES, STATES, URGENCIES

# More of a text is not seen in the table.
LONGEST_CELL = 120


def row(
    order: dict[str, Any], known: FilterChoices, now: float, timezone: str, *, soon: bool = False
) -> dict[str, Any]:
    """For the table, which sorts by the times as numbers and shows their words; and for the cards."""
    return {
        "id": order["order_id"],
        **_past("opened", order["opened_at"], now, timezone),
        "category": known.categories.name(order["category"]) or "—",
        "urgency": word(URGENCIES, order["urgency"]),
        "urgent": order["urgency"] != "normal",
        "state": word(STATES, order["state"]),
        **_deadline(order, now, timezone, soon=soon),
        **_past("closed", order["closed_at"], now, timezone),
        "district": order["district"] or "—",
        "address": place(order),
        "summary": clipped(order["summary"]),
        "flags": flags(order),
        "holder": holder(order, known) or "—",
        "caller": phone(order["caller"]),
    }


def _past(name: str, at: datetime | None, now: float, timezone: str) -> dict[str, Any]:
    """A time that has been: as a number, in words, with its age and its seconds."""
    if at is None:
        return {name: None}
    moment = epoch(at)
    return {
        name: moment,
        f"{name}_words": when(moment, now, timezone),
        f"{name}_note": ago(moment, now),
        f"{name}_title": local(at, timezone),
    }


def _deadline(order: dict[str, Any], now: float, timezone: str, *, soon: bool) -> dict[str, Any]:
    """The same for the next deadline, with the clock that it is of."""
    if order["due_at"] is None:
        return {"due": None}
    said = due(epoch(order["due_at"]), now, timezone, soon=soon)
    clock = word(CLOCKS, order["due_clock"]) if order["due_clock"] else ""
    return {
        "due": epoch(order["due_at"]),
        "due_words": said.words,
        "due_stamp": said.stamp,
        "due_note": said.stamp or clock,
        "due_level": said.level,
        "due_title": _("{clock} due {time}", clock=clock, time=local(order["due_at"], timezone)),
    }


def flags(order: dict[str, Any]) -> str:
    """督办 · 催单 2"""
    said = [_(FLAGS["supervised"])] if order["supervised"] else []
    said += [
        f"{_(FLAGS[name])} {order[name]}" if order[name] > 1 else _(FLAGS[name])
        for name in ("urged", "returned", "extended")
        if order[name]
    ]
    said += [_("round {n}", n=order["round"])] if order["round"] > 1 else []
    return " · ".join(said)


def holder(order: dict[str, Any], known: FilterChoices) -> str:
    """The site, and the worker in it; an order that no worker has yet says so."""
    free = order["assignee"] in ("", None, order["site"])
    worker = known.person(order["assignee"])
    if free:
        worker = _("not assigned yet") if order["site"] and order["state"] in OPEN_STATES else ""
    return " · ".join(name for name in (known.site(order["site"]), worker) if name)


def clipped(text: str | None) -> str:
    """A cell's worth: the whole text stands on the order's page."""
    whole = text or "—"
    return whole if len(whole) <= LONGEST_CELL else f"{whole[:LONGEST_CELL]}…"


def place(order: dict[str, Any]) -> str:
    """The address without the district that stands before it in the same line."""
    return (order["address"] or "").removeprefix(order["district"] or "") or "—"


def lines(orders: Iterable[dict[str, Any]], known: FilterChoices, timezone: str) -> Iterator[list[Any]]:
    """For a file: headings first; times of the site, nothing that a spreadsheet would run."""
    yield [
        _("Number"),
        _("Opened"),
        _("Category"),
        _("Urgency"),
        _("State"),
        _("Due"),
        _("Milestone"),
        _("District"),
        _("Address"),
        _("What is reported"),
        _("Site"),
        _("Worker"),
        _("Way in"),
        _("Caller"),
        _("From call"),
        _("Round"),
        _("Urged"),
        _("Returned"),
        _("Supervised"),
        _("Dispatched"),
        _("Taken"),
        _("On site"),
        _("Closed"),
        _("Demo data"),
    ]
    for order in orders:
        cells = [
            order["order_id"],
            local(order["opened_at"], timezone),
            known.categories.name(order["category"]),
            word(URGENCIES, order["urgency"]),
            word(STATES, order["state"]),
            local(order["due_at"], timezone),
            word(CLOCKS, order["due_clock"]) if order["due_clock"] else "",
            order["district"],
            order["address"] or "",
            order["summary"] or "",
            known.site(order["site"]),
            known.person(order["assignee"]),
            word(CHANNELS, order["channel"]),
            order["caller"] or "",
            order["from_call"] or "",
            order["round"],
            order["urged"],
            order["returned"],
            _("yes") if order["supervised"] else "",
            *(local(order[name], timezone) for name in ("dispatched_at", "taken_at", "arrived_at", "closed_at")),
            _("yes") if order["demo"] else "",
        ]
        yield [defused(cell) for cell in cells]


def epoch(at: datetime) -> float:
    """A mart's time (UTC without a zone)."""
    return at.replace(tzinfo=UTC).timestamp()


def local(at: datetime | None, timezone: str) -> str:
    return "" if at is None else at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S")
