"""The marts of what a batch of facts is about, worked out anew from the log: the same whatever batches it came in.

Every statement is bounded by ids or times of what the batch touches, so that a round costs the same in any history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb

from core.events import Event
from etl import families, runner
from etl.steps import FeedPlan

# Of each kind of facts the least and the largest subject.
Subjects = Mapping[str, tuple[str, str]]


@cache
def _plan_of(found: tuple[families.Family, ...]) -> FeedPlan:
    return FeedPlan(found)


def plan() -> FeedPlan:
    """Of the families that are installed."""
    return _plan_of(families.installed())


def subjects_of(events: Iterable[Event]) -> Subjects:
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        least, most = found.get(event.kind, (event.subject, event.subject))
        found[event.kind] = (min(least, event.subject), max(most, event.subject))
    return found


def subjects_behind(cursor: duckdb.DuckDBPyConnection, mark: int) -> Subjects:
    rows = runner.rows(cursor, "raw/batch.sql", {"watermark": mark})
    return {row["kind"]: (row["least"], row["most"]) for row in rows}


def rebuild(cursor: duckdb.DuckDBPyConnection, mark: int, timezone: str, subjects: Subjects) -> None:
    """After the rows behind ``mark`` have come into ``raw.event_log``, in the same transaction."""
    todo = plan()
    names: dict[str, Any] = {"watermark": mark, "timezone": timezone}
    touched = set()
    for family in todo.families:
        found = [bounds for kind, bounds in subjects.items() if kind in family.kinds]
        if found:
            touched.add(family.name)
        names[f"least_{family.name}"] = min((least for least, _most in found), default=None)
        names[f"most_{family.name}"] = max((most for _least, most in found), default=None)
    for step in todo.of(frozenset(touched)):
        names |= step.run(cursor, names)
