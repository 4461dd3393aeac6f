"""What QA reads from the marts: the frame of a draw, one call, what is not measured yet. Nothing else asks DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.clock import naive_utc
from core.errors import NotFound
from core.web.answers import off_loop
from etl.warehouse import Row, Warehouse
from qa.holds import HoldEvent, hold_spans
from qa.sampling.frame import FrameCall
from qa.sql_files import sql_of

MOST_AT_ONCE = 200
FLAGS = ("recorded", "supervised", "complaint", "repeat_caller", "urged", "new_agent")


@dataclass(frozen=True, slots=True)
class CallToHear:
    """``seconds`` of its recording; ``path`` is ``None`` without one. Times in epoch seconds."""

    call_id: str
    agent: str
    called_at: float
    is_over: bool
    path: str | None
    seconds: float | None
    demo: bool
    first_id: int


async def frame(
    warehouse: Warehouse, period: tuple[float, float], zone: ZoneInfo, categories: Sequence[str]
) -> list[FrameCall]:
    """``categories`` limit to these and all below them; none: every call."""
    rows = await warehouse.fetch(sql_of("frame"), {"from_at": naive_utc(period[0]), "until": naive_utc(period[1])})
    wanted = set(categories)

    def work() -> list[FrameCall]:
        return [_frame_call(row, zone) for row in rows if not wanted or wanted & {row["category"], row["parent"]}]

    return await off_loop(work)


async def call(warehouse: Warehouse, call_id: str, own: str | None = None) -> CallToHear:
    """``NotFound``; another agent's call is not found, like one that never was."""
    rows = await warehouse.fetch(sql_of("call"), {"call_id": call_id, "own": own})
    if not rows:
        raise NotFound("There is no call {call}.", field="id", call=call_id[:64])
    row = rows[0]
    return CallToHear(
        row["call_id"],
        row["agent"] or "",
        _epoch(row["arrived_at"]),
        row["ended_at"] is not None,
        row["recording_path"],
        row["recording_seconds"],
        row["demo"],
        row["call_first_id"],
    )


async def called_at(warehouse: Warehouse, calls: Sequence[str]) -> dict[str, float]:
    """When each of the calls was, as far as the marts know it."""
    rows = await warehouse.fetch(sql_of("calls"), {"calls": list(calls)}) if calls else []
    return {row["call_id"]: _epoch(row["arrived_at"]) for row in rows}


async def holds(warehouse: Warehouse, of: CallToHear) -> list[tuple[float, float]]:
    """In seconds of the recording."""
    rows = await warehouse.fetch(sql_of("hold_events"), {"call_id": of.call_id, "first_id": of.first_id})
    return hold_spans(_events(rows))


async def unmeasured(warehouse: Warehouse, version: int) -> list[str]:
    rows = await warehouse.fetch(sql_of("unmeasured"), {"version": version, "most": MOST_AT_ONCE})
    return [row["call_id"] for row in rows]


def _events(rows: Iterable[Row]) -> Iterable[HoldEvent]:
    return (HoldEvent(row["kind"], _epoch(row["happened_at"]), row["segment_id"], row["held_by"]) for row in rows)


def _frame_call(row: Row, zone: ZoneInfo) -> FrameCall:
    local = row["arrived_at"].replace(tzinfo=UTC).astimezone(zone)
    year, week, _day = local.isocalendar()
    return FrameCall(
        call_id=row["call_id"],
        agent=row["agent"],
        week=f"{year}-W{week:02d}",
        hour=local.hour,
        talk_s=row["talk_s"],
        category=row["category"],
        hold_s=row["hold_s"],
        transfers=row["transfers"],
        overtalk_ratio=row["overtalk_ratio"],
        **{name: bool(row[name]) for name in FLAGS},
    )


def _epoch(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()
