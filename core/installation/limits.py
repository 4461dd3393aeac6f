"""From when on the floor's tiles and the wall's ratios turn amber, then red: data of the site, not of the program.

What the office has not set is a shipped example and says so. Seconds in a state, or shares from 0 to 1; alerts have
rules of their own (``core.notify``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import iso
from core.db.tables import FloorLimitRow
from core.errors import BadInput, NotFound
from core.i18n import N_

LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Limit:
    """``warn`` is amber, or the target itself; ``bad`` is red and lies beyond it."""

    key: str
    name: str
    unit: Literal["seconds", "share"]
    warn: float
    bad: float
    lower_is_better: bool = True
    example: bool = True
    changed_by: str = ""
    changed_at: float | None = None

    @property
    def most(self) -> float:
        return LONGEST_S if self.unit == "seconds" else 1.0


LIMITS = (
    Limit("talking", N_("Talk"), "seconds", 480, 900),
    Limit("hold", N_("On hold"), "seconds", 120, 300),
    Limit("wrap_up", N_("Wrap-up"), "seconds", 60, 180),
    Limit("break", N_("Break"), "seconds", 900, 1800),
    Limit("ringing", N_("Ringing"), "seconds", 20, 40),
    Limit("service", N_("Service level"), "share", 0.80, 0.60, lower_is_better=False),
    Limit("abandon", N_("Abandon rate"), "share", 0.05, 0.10),
)


def limits(session: Session) -> dict[str, Limit]:
    """Every limit by its key, as the office has set it."""
    rows = {row.key: row for row in session.scalars(select(FloorLimitRow))}
    return {one.key: _set(one, rows[one.key]) if one.key in rows else one for one in LIMITS}


def save_limits(
    session: Session, wanted: Mapping[str, tuple[float, float] | None], by: str, at: float
) -> dict[str, Limit]:
    """All of ``wanted`` or nothing; ``None`` goes back to the example, and what is as it was stays one. Does not
    commit."""
    known = {one.key: one for one in LIMITS}
    for key, pair in wanted.items():
        if key not in known:
            raise NotFound("There is no limit {key}.", field=key, key=key)
        if pair is not None:
            _check(replace(known[key], warn=pair[0], bad=pair[1]))
    now = limits(session)
    for key, pair in wanted.items():
        row = session.get(FloorLimitRow, key)
        if pair is None:
            if row is not None:
                session.delete(row)
        elif pair != (now[key].warn, now[key].bad):
            session.merge(FloorLimitRow(key=key, warn=pair[0], bad=pair[1], changed_by=by, changed_at=at))
    session.flush()
    return limits(session)


def limits_json(found: Mapping[str, Limit]) -> dict[str, dict[str, Any]]:
    """For pages and programs; names are message ids."""
    return {
        key: {**asdict(one), "changed_at": iso(one.changed_at) if one.changed_at is not None else None}
        for key, one in found.items()
    }


def _set(one: Limit, row: FloorLimitRow) -> Limit:
    return replace(one, warn=row.warn, bad=row.bad, example=False, changed_by=row.changed_by, changed_at=row.changed_at)


def _check(one: Limit) -> None:
    for level, value in (("warn", one.warn), ("bad", one.bad)):
        if not 0 < value <= one.most:
            raise BadInput(
                "This limit is not possible.",
                field=f"{one.key}.{level}",
                remedy="Use a time between 0:01 and 24 hours, or more than 0 and at most 100 %.",
            )
    if (one.bad <= one.warn) if one.lower_is_better else (one.bad >= one.warn):
        raise BadInput(
            "Red must lie beyond amber.",
            field=f"{one.key}.bad",
            remedy="Make red later than amber; for the service level lower.",
        )
