"""``hotline bench disk``: what it costs that orders and facts outlive a power cut, beside the same without that."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.commands.bench import group, machine
from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect
from core.events import (
    AgentRang,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    Event,
    Fact,
    QueueLeft,
    RecordingSaved,
    RecordingStarted,
    RingEnded,
    SegmentEnded,
)
from core.telephony.journal import Journal
from core.telephony.journal_sync import JournalSync
from core.workorders import service
from core.workorders.intake import IntakeRequest
from core.workorders.rights import Actor

SYNCS = 100


def register(app: typer.Typer) -> None:
    @group(app).command("disk")
    def disk(
        folder: Annotated[Path | None, typer.Option(help="On the disk to be measured; the system's own else.")] = None,
        orders: Annotated[int, typer.Option(help="How many orders are opened, one after the other.")] = 200,
        calls: Annotated[int, typer.Option(help="How many calls tell their facts.")] = 2000,
        as_json: Annotated[bool, typer.Option("--json", help="The figures come as JSON in any case.")] = True,  # noqa: ARG001
    ) -> None:
        """Orders and calls a second, synced before they are answered and not."""
        about = machine()
        with tempfile.TemporaryDirectory(prefix="hotline-bench-", dir=folder) as made:
            results = measure(Path(made), orders, calls)
        print(json.dumps({"bench": "disk", "machine": about, "size": {"orders": orders, "calls": calls}, **results}))


def measure(home: Path, orders: int, calls: int) -> dict[str, Any]:
    """``sync_ms``: the disk's own time for a small write."""
    init_installation(home / "site", demo=False)
    synced, late = asyncio.run(calls_told(home / "two", calls, synced=True))
    return {
        "sync_ms": _spread([_sync_s(home / "probe") for _ in range(SYNCS)]),
        "orders": {name: orders_told(home / "site", orders, name) for name in ("normal", "full")},
        "calls": {"not synced": asyncio.run(calls_told(home / "one", calls, synced=False))[0], "synced": synced},
        "answer_late_ms": _spread(late),
    }


def _rate(count: int, took_s: float, used_s: float) -> dict[str, float]:
    """On a busy machine only the time on a processor says something."""
    return {"per_s": round(count / took_s, 1), "cpu_ms_each": round(used_s * 1000 / count, 3)}


def orders_told(home: Path, count: int, synchronous: str) -> dict[str, float]:
    """Each in a transaction of its own, as the interface takes them."""
    engine = connect(load_settings(home).database)

    @event.listens_for(engine, "connect")
    def choose(connection: Any, _record: object) -> None:
        connection.execute(f"pragma synchronous = {synchronous}")

    wanted = IntakeRequest("repair.leak_visible", "bench", channel="web", address="bench", demo=True)
    began, worked = time.monotonic(), time.process_time()
    for number in range(count):
        with Session(engine) as session:
            service.open_order(session, wanted, Actor("bench", "supervisor"), utc_now(), f"{synchronous}-{number}")
    took, used = time.monotonic() - began, time.process_time() - worked
    engine.dispose()
    return _rate(count, took, used)


async def calls_told(folder: Path, count: int, *, synced: bool) -> tuple[dict[str, float], list[float]]:
    """The facts of so many calls, in the appends in which the floor tells them, and how late the answers are that wait
    for the disk (seconds), one for each call."""
    journal = Journal(folder)
    sync = JournalSync(journal)
    if synced:
        sync.start()
    late: list[float] = []

    async def answered() -> None:
        began = time.monotonic()
        await sync.on_disk()
        late.append(time.monotonic() - began)

    waiting: list[asyncio.Task[None]] = []
    began, worked = time.monotonic(), time.process_time()
    for number in range(count):
        for facts in _told(f"{number:032x}"):
            journal.append([Event.of(fact, utc_now()) for fact in facts])
        if synced:
            waiting.append(asyncio.create_task(answered()))
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    took, used = time.monotonic() - began, time.process_time() - worked
    if synced:
        await asyncio.to_thread(sync.stop)
    journal.close()
    return _rate(count, took, used), late


def _told(call: str) -> list[list[Fact]]:
    part = f"{call}-1"
    return [
        [CallArrived(call, "inbound", "13900000000", "96001"), CallQueued(call, "general", 0, 1)],
        [AgentRang(call, part, "8001", "general")],
        [
            RingEnded(call, part, "8001", "answered"),
            QueueLeft(call, "general", "answered", "8001"),
            CallAnswered(call, part, "8001", "general"),
            RecordingStarted(call, f"{call}.wav"),
        ],
        [SegmentEnded(call, part, "8001", "caller_hung_up"), CallEnded(call, "caller_hung_up")],
        [RecordingSaved(call, f"{call}.wav", 60.0)],
    ]


def _sync_s(path: Path) -> float:
    with path.open("ab", buffering=0) as file:
        began = time.monotonic()
        file.write(bytes(200))
        os.fdatasync(file.fileno())
        return time.monotonic() - began


def _spread(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=20)
    return {
        "p50": round(statistics.median(seconds) * 1000, 2),
        "p95": round(cuts[18] * 1000, 2),
        "max": round(max(seconds) * 1000, 2),
    }
