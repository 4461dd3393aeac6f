"""Names of streets and estates of a file, with their places: what addresses are located by.

The headings say what is what, in Chinese or English; a second run of the same file changes nothing, and a name whose
place has moved is moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import audit_log
from core.db.tables import AddressRow
from core.errors import BadInput
from core.i18n import N_
from etl.importers.projection import assumed, degrees, system_of
from etl.importers.tables import FIRST_ROW, numbers, read_table, texts

HEADINGS = {
    "name": ("name", "street", "名称", "路名", "地名", "小区"),
    "district": ("district", "area", "片区", "区县", "区", "行政区"),
    "longitude": ("longitude", "lon", "lng", "x", "经度"),
    "latitude": ("latitude", "lat", "y", "纬度"),
}
LONGEST_NAME, LONGEST_DISTRICT = 100, 64
NO_NAME = N_("No name, or one that is too long.")
NO_PLACE = N_("No position, or none on the earth.")
TWICE = N_("The same name in the same district once more.")


@dataclass(slots=True)
class GazetteerTally:
    """What became of the rows; ``examples`` holds the first row of each reason."""

    read: int = 0
    new: int = 0
    moved: int = 0
    there: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str, row: int) -> None:
        self.refused[reason] += 1
        self.examples.setdefault(reason, row)

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read, "taken": self.new + self.moved + self.there, "new": self.new, "moved": self.moved,
            "there": self.there, "refused": dict(self.refused),
        }  # fmt: skip


def import_gazetteer(file: Path, database: Engine, crs: str = "", *, dry_run: bool = False) -> GazetteerTally:
    """All of it in one transaction. ``BadInput`` where a column is not there or the coordinates cannot be meant."""
    system = system_of(crs) if crs else ""
    table = read_table(file)
    named = _columns([str(one) for one in table.columns])
    x, y = numbers(table[named["longitude"]]), numbers(table[named["latitude"]])
    longitude, latitude = degrees(x, y, system or assumed(x, y))
    known = (longitude != 0) | (latitude != 0)
    good = np.isfinite(longitude) & np.isfinite(latitude) & (abs(longitude) <= 180) & (abs(latitude) <= 90) & known
    districts = texts(table[named["district"]]) if "district" in named else [""] * len(table)
    tally, wanted = GazetteerTally(read=len(table)), dict[tuple[str, str], tuple[float, float]]()
    for n, (name, district) in enumerate(zip(texts(table[named["name"]]), districts, strict=True)):
        row = n + FIRST_ROW
        if not name or len(name) > LONGEST_NAME or len(district) > LONGEST_DISTRICT:
            tally.refuse(NO_NAME, row)
        elif not good[n]:
            tally.refuse(NO_PLACE, row)
        elif (district, name) in wanted:
            tally.refuse(TWICE, row)
        else:
            wanted[district, name] = round(float(longitude[n]), 6), round(float(latitude[n]), 6)
    with Session(database) as session:
        _keep(session, wanted, tally)
        if dry_run:
            session.rollback()
        elif tally.new or tally.moved:
            done = {"new": tally.new, "moved": tally.moved}
            audit_log.note(session, "import", "gazetteer_imported", file.name[:60], done, utc_now())
            session.commit()
    return tally


def _keep(session: Session, wanted: dict[tuple[str, str], tuple[float, float]], tally: GazetteerTally) -> None:
    before = {(row.district, row.name): row for row in session.scalars(select(AddressRow))}
    for (district, name), (longitude, latitude) in wanted.items():
        row = before.get((district, name))
        if row is None:
            session.add(AddressRow(district=district, name=name, longitude=longitude, latitude=latitude))
            tally.new += 1
        elif (row.longitude, row.latitude) != (longitude, latitude):
            row.longitude, row.latitude = longitude, latitude
            tally.moved += 1
        else:
            tally.there += 1
    session.flush()


def _columns(there: Sequence[str]) -> dict[str, str]:
    """Ours to theirs."""
    by_word = {one.strip().lower(): one for one in reversed(there)}
    found = {
        ours: by_word[word]
        for ours, words in HEADINGS.items()
        for word in reversed(words)
        if word in by_word
    }  # fmt: skip
    absent = [ours for ours in HEADINGS if ours not in found and ours != "district"]
    if absent:
        raise BadInput(
            "No column of the file is called {columns}.",
            field="FILE",
            remedy="Give the columns headings: {headings}.",
            columns=", ".join(absent),
            headings="; ".join(f"{ours}: {' / '.join(words)}" for ours, words in HEADINGS.items()),
        )
    return found
