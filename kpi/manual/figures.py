"""Everybody's figures of the lines of a scheme that people write down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from kpi.manual.entries import CountedEntry, counted, figure, kind_of, whole_days
from kpi.manual.reading import of_days
from kpi.scoring.scheme import MANUAL, Scheme
from kpi.scoring.score import LineValue


@dataclass(frozen=True, slots=True)
class ManualFigures:
    """By who and by the line's place in the scheme: the figure, and the entries that counted."""

    known: Mapping[str, Mapping[int, LineValue]] = field(default_factory=dict)
    entries: Mapping[str, Mapping[int, Sequence[CountedEntry]]] = field(default_factory=dict)

    def filled(self, who: str, measured: Sequence[LineValue]) -> tuple[LineValue, ...]:
        """The figures of all lines, measured and written down."""
        mine = self.known.get(who, MappingProxyType({}))
        return tuple(mine.get(n, one) for n, one in enumerate(measured))


def manual_figures(
    session: Session,
    scheme: Scheme,
    keys: Collection[str],
    from_at: float,
    until: float,
    moment: float,
    zone: ZoneInfo,
) -> ManualFigures:
    """Of what stood at ``moment`` (epoch seconds), as each line asks for consent or not."""
    lines = [(n, line) for n, line in enumerate(scheme.lines) if line.indicator in MANUAL]
    if not lines:
        return ManualFigures()
    days = whole_days(from_at, until, zone)
    found = of_days(session, kind_of(scheme.subject), {line.indicator for _n, line in lines}, *days)
    known: dict[str, dict[int, LineValue]] = {}
    entries: dict[str, dict[int, list[CountedEntry]]] = {}
    for who in keys:
        for n, line in lines:
            every = found.get((line.indicator, who), ())
            mine = [one for one in every if one.counts_at(moment, consent=line.consent)]
            known.setdefault(who, {})[n] = figure(line.indicator, mine)
            entries.setdefault(who, {})[n] = [counted(one) for one in mine]
    return ManualFigures(known, entries)
