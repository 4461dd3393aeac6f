"""Orders of another system by a mapping: each row becomes a past order, or is refused with its reason.

What is odd but does not stop a row (no position, a pipe of no size) is remarked on: the order is taken without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import BadInput
from core.events import OrderChannel
from core.i18n import N_
from core.numbering import normal
from core.workorders import office
from core.workorders.case import Report
from core.workorders.categories import URGENCIES, leaves
from core.workorders.imported import BY, Outcome, PastOrder, keep
from core.workorders.office import Office
from etl.importers.mapping import OrderMapping
from etl.importers.projection import assumed, degrees, system_of
from etl.importers.rows import RefusedRow, Tally
from etl.importers.tables import FIRST_ROW, moments, numbers, read_table, texts

AT_ONCE = 200
LONGEST_HOURS = 24 * 366.0
WIDEST_MM = 5000
LONGEST_ADDRESS = 200
NO_POSITION = N_("No position: taken without one.")
ODD_SIZE = N_("The pipe's size is missing or odd: taken without it.")
NO_END = N_("Its end is not known: closed when it was reported.")
CHANGED = N_("Taken earlier with another content: left as it is.")


@dataclass(slots=True)
class OrderTally(Tally):
    """Of the rows taken: how many are new, and what they were taken without."""

    new: int = 0
    there: int = 0
    remarks: Counter[str] = field(default_factory=Counter)

    def remark(self, text: str, line: int) -> None:
        self.remarks[text] += 1
        self.examples.setdefault(text, line)

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "taken": self.taken,
            "new": self.new,
            "already_there": self.there,
            "refused": dict(self.refused),
            "remarks": dict(self.remarks),
            "first_rows": self.examples,
        }


def import_orders(
    file: Path,
    mapping: OrderMapping,
    database: Engine,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> OrderTally:
    """Short transactions of their own: a run that is broken off is finished by the next one."""
    table = read_table(file, mapping.read)
    tally = OrderTally()
    with Session(database) as session:
        found, named = office.load(session), office.spellings(session)
        session.rollback()
        rows = iter(_orders(table, mapping, found, named, tally))
        while some := list(islice(rows, AT_ONCE)):
            _count(tally, keep(session, found, some, mapping.source, utc_now(), dry_run=dry_run))
            progress(tally.read, len(table))
    progress(tally.read, len(table))
    return tally


def _count(tally: OrderTally, outcome: Outcome) -> None:
    tally.new += outcome.new
    tally.there += outcome.there + len(outcome.changed)
    tally.taken += outcome.new + outcome.there + len(outcome.changed)
    for row in outcome.changed:
        tally.remark(CHANGED, row)
    for row, no in outcome.refused:
        tally.refuse(no.message, row)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Of the whole file at once: what is slow row by row."""

    cells: Mapping[str, Sequence[str]]
    reported: Any
    ended: Any
    longitude: Any
    latitude: Any
    numbers: Mapping[str, Any]


def _columns(table: Any, mapping: OrderMapping, zone: ZoneInfo) -> _Columns:
    def times(name: str) -> Any:
        if name not in mapping.columns:
            return np.full(len(table), np.nan)
        found = moments(table[mapping.columns[name]], zone, mapping.formats.get(name, ""))
        if found is None:
            raise BadInput(
                "The times in {column} cannot be read for certain.",
                field=f"formats.{name}",
                remedy="Say in the mapping how they are written, such as %d/%m/%Y %H:%M.",
                column=mapping.columns[name],
            )
        return found

    counted = {
        name: numbers(table[mapping.columns[name]]) * mapping.factors.get(name, 1.0)
        for name in ("longitude", "latitude", "diameter_mm", "hours")
        if name in mapping.columns
    }
    nowhere = np.full(len(table), np.nan)
    longitude, latitude = counted.get("longitude", nowhere), counted.get("latitude", nowhere)
    off = (longitude == 0) & (latitude == 0)
    system = system_of(mapping.crs) if mapping.crs else assumed(longitude, latitude)
    longitude, latitude = degrees(np.where(off, np.nan, longitude), np.where(off, np.nan, latitude), system)
    cells = {name: texts(table[name]) for name in mapping.read}
    return _Columns(cells, times("reported_at"), times("ended_at"), longitude, latitude, counted)


def _orders(
    table: Any,
    mapping: OrderMapping,
    found: Office,
    named: Mapping[str, str],
    tally: OrderTally,
) -> Iterator[PastOrder]:
    columns = _columns(table, mapping, ZoneInfo(mapping.timezone) if mapping.timezone else found.zone)
    choice = {one.id for one in leaves(found.tree)}
    seen: set[str] = set()
    for n in range(len(table)):
        tally.read += 1
        row = n + FIRST_ROW
        try:
            key = columns.cells[mapping.columns["key"]][n]
            if not key:
                raise RefusedRow(N_("The key is empty."))
            if key in seen:
                raise RefusedRow(N_("The same key stands in the file twice."))
            order = _order(n, row, key, mapping, found, named, choice, columns, tally)
        except RefusedRow as no:
            tally.refuse(no.reason, row)
            continue
        seen.add(key)
        yield order


def _order(
    n: int, row: int, key: str, mapping: OrderMapping, found: Office, named: Mapping[str, str], choice: set[str],
    columns: _Columns, tally: OrderTally,
) -> PastOrder:  # fmt: skip
    def said(name: str) -> str:
        cell = columns.cells[mapping.columns[name]][n] if name in mapping.columns else ""
        words = mapping.values.get(name, {})
        return (words.get(cell) or words.get("*") or cell if cell else "") or mapping.fixed.get(name, "")

    reported = float(columns.reported[n])
    if not np.isfinite(reported):
        raise RefusedRow(N_("When it was reported cannot be read."))
    if reported > utc_now():
        raise RefusedRow(N_("It was reported in the future."))
    category = named.get(said("category"), "")
    if category not in choice:
        raise RefusedRow(N_("The category is not known."))
    urgency, channel = said("urgency") or found.tree[category].urgency, said("channel") or "phone"
    if urgency not in URGENCIES:
        raise RefusedRow(N_("The urgency is not known."))
    if channel not in ("phone", "web", "wechat", "sms", "hotline_12345", "counter", "field"):
        raise RefusedRow(N_("The channel is not known."))
    site, district = said("site"), said("district")
    if site and site not in found.sites:
        raise RefusedRow(N_("The site is not known."))
    ended = _end(n, row, reported, mapping, columns, tally)
    longitude, latitude = _place(n, row, mapping, columns, tally)
    texts = {name: cells[n] for name, cells in columns.cells.items()}
    summary = " ".join(mapping.summary.format(**texts).split()) if mapping.summary else said("summary")
    report = Report(
        cast(OrderChannel, channel),
        category,
        urgency,
        summary or key,
        BY,
        district[:64],
        said("address")[:LONGEST_ADDRESS],
        longitude,
        latitude,
        _diameter(n, row, columns, tally),
        site or ("" if ended is not None else found.site_for(category, district)),
        contact=said("contact")[:100],
        caller=normal(said("caller")) if said("caller") else "",
    )
    return PastOrder(key, row, report, reported, ended)


def _end(
    n: int, row: int, reported: float, mapping: OrderMapping, columns: _Columns, tally: OrderTally
) -> float | None:
    hours = float(columns.numbers["hours"][n]) if "hours" in columns.numbers else np.nan
    ended = float(columns.ended[n]) if np.isfinite(columns.ended[n]) else reported + hours * 3600
    if np.isfinite(ended):
        if ended < reported or ended - reported > LONGEST_HOURS * 3600:
            raise RefusedRow(N_("Its end lies before its report, or a year after."))
        return ended
    if mapping.without_end == "refuse":
        raise RefusedRow(N_("Its end is not known."))
    if mapping.without_end == "open":
        return None
    tally.remark(NO_END, row)
    return reported


def _place(
    n: int, row: int, mapping: OrderMapping, columns: _Columns, tally: OrderTally
) -> tuple[float | None, float | None]:
    longitude, latitude = float(columns.longitude[n]), float(columns.latitude[n])
    if not (np.isfinite(longitude) and np.isfinite(latitude)):
        if "longitude" in mapping.columns:
            tally.remark(NO_POSITION, row)
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise RefusedRow(N_("Its position is no place on earth; latitude and longitude may be swapped."))
    return round(longitude, 7), round(latitude, 7)


def _diameter(n: int, row: int, columns: _Columns, tally: OrderTally) -> int | None:
    if "diameter_mm" not in columns.numbers:
        return None
    size = float(columns.numbers["diameter_mm"][n])
    if np.isfinite(size) and 1 <= size <= WIDEST_MM:
        return round(size)
    tally.remark(ODD_SIZE, row)
    return None
