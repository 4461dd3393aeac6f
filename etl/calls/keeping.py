"""Keeps the rows of calls: reads the facts of those that a batch touches, folds them, and puts their rows in the place
of what stood there. In Python, as DuckDB needs longer to understand so much SQL than a second brings facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints
from zoneinfo import ZoneInfo

import duckdb
import orjson

from etl import runner
from etl.arrow import pa
from etl.calls.facts import CallFact, Micros, quarter_hour
from etl.calls.folding import FoldedCall, folded
from etl.calls.segments import FoldedSegment
from etl.calls.visits import FoldedVisit
from etl.step import FeedStep

FACTS = (Path(__file__).parent / "facts.sql").as_posix()
TABLES: Mapping[type[NamedTuple], str] = {
    FoldedCall: "fct_calls",
    FoldedSegment: "fct_call_segments",
    FoldedVisit: "fct_queue_visits",
}
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times of the file are UTC without a zone
ARROW = {
    str: pa.string(),
    int: pa.int64(),
    Micros: pa.timestamp("us"),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
}
QUEUED = ("call_queued", "queue_left")


def keep(cursor: duckdb.DuckDBPyConnection, names: Mapping[str, Any]) -> Mapping[str, Any]:
    """Gives between which times the calls at hand lie, and how many of their facts are about segments and queues. What
    stood in the marts before came from the same facts, so it lies there, too."""
    calls: dict[tuple[str, int], list[CallFact]] = {}
    earliest, latest, of_segments, of_queues = Micros(1 << 62), Micros(-1), 0, 0
    if names["first_id"] is not None:
        runner.run(cursor, FACTS, names)
        for call_id, first_id, number, at, kind, payload in cursor.fetchall():
            about = orjson.loads(payload)
            calls.setdefault((call_id, first_id), []).append(CallFact(at, number, kind, about))
            earliest = min(at, earliest)
            latest = max(at, latest)
            if about.get("segment_id") is not None:
                of_segments += 1
            if kind in QUEUED:
                of_queues += 1
    if not calls:
        return {"calls_from": None, "calls_until": None, "of_segments": 0, "of_queues": 0}
    zone = ZoneInfo(names["timezone"])
    rows: dict[type[NamedTuple], list[Any]] = {kind: [] for kind in TABLES}
    for (call_id, first_id), facts in calls.items():
        call, segments, visits = folded(call_id, first_id, facts, zone)
        rows[FoldedCall].append(call)
        rows[FoldedSegment] += segments
        rows[FoldedVisit] += visits
    for kind, those in rows.items():
        # Without a row there never was one: facts are not taken back.
        if those:
            _replace(cursor, kind, those, names["first_id"])
    return {
        "calls_from": EPOCH + timedelta(microseconds=quarter_hour(earliest)),
        "calls_until": EPOCH + timedelta(microseconds=latest),
        "of_segments": of_segments,
        "of_queues": of_queues,
    }


def _replace(
    cursor: duckdb.DuckDBPyConnection, kind: type[NamedTuple], rows: Sequence[NamedTuple], first_id: int
) -> None:
    table = f"marts.{TABLES[kind]}"
    cursor.execute(
        f"delete from {table} where call_first_id >= ? and call_id in (select call_id from touched_calls)",  # noqa: S608 - ours
        [first_id],
    )
    columns = {
        name: pa.array(values, of) for (name, of), values in zip(_columns(kind), zip(*rows, strict=True), strict=True)
    }
    cursor.register("folded_in", pa.table(columns))
    try:
        cursor.execute(f"insert into {table} by name select * from folded_in")  # noqa: S608 - ours
        if kind is FoldedVisit:
            cursor.execute("insert into touched_queue_intervals select distinct queue, interval_start from folded_in")
    finally:
        cursor.unregister("folded_in")


@cache
def _columns(kind: type[NamedTuple]) -> Sequence[tuple[str, Any]]:
    return [(name, _type(hint)) for name, hint in get_type_hints(kind).items()]


def _type(hint: Any) -> Any:
    """Of a column that may be empty, too."""
    return next(ARROW[one] for one in (hint, *getattr(hint, "__args__", ())) if one in ARROW)


STEP = FeedStep(
    name="calls/keeping.py",
    family="calls",
    is_mart=True,
    fills=frozenset({*(f"marts.{table}" for table in TABLES.values()), "touched_queue_intervals"}),
    reads=frozenset({"raw.event_log", "touched_calls"}),
    gives=frozenset({"calls_from", "calls_until", "of_segments", "of_queues"}),
    asks=frozenset({"first_id", "timezone"}),
    work=keep,
)
