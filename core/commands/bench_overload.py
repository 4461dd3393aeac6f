"""``hotline bench overload``: how many calls can be set up, and what becomes of them when twice as many come.

A site of its own; callers and agents are one process more (``quick_load``), which shares the machine's processors with
the house: its time is told, too. Capacity is what is bridged while always so many callers are at it. Shares of it are
taken between neighbouring parts of one run, since the machine may have other work.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from core.commands.bench import group, machine
from core.commands.bench_telephony import NUMBER, Used, all_ready, free_port, prepare, share, start
from core.demo.load import Load, LoadStream, RtpSender
from core.errors import Unavailable
from core.telephony.control_client import ControlClient

AGENTS = 200
TALKS = 10
AT_ONCE = 24
STEADY_A_SECOND = 150.0
# A few at a time cost what a set-up costs when nothing waits.
FEW = 2
LIMIT_S = 60.0


def register(app: typer.Typer) -> None:
    @group(app).command("overload")
    def overload(
        seconds: Annotated[float, typer.Option(help="How long each part lasts.")] = 10.0,
        as_json: Annotated[bool, typer.Option("--json", help="The figures come as JSON in any case.")] = True,  # noqa: ARG001
    ) -> None:
        """Set up as many calls as can be, then twice as many, then 150 a second."""
        about = machine()
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            figures = asyncio.run(measure(Path(folder), seconds))
        about["load_after"] = round(os.getloadavg()[0], 2)
        print(json.dumps({"bench": "overload", "machine": about, **figures}))


async def measure(home: Path, seconds: float, steady_a_second: float = STEADY_A_SECOND) -> dict[str, Any]:
    """Starts a site of its own, offers every part to it, ends it."""
    prepare(home, AGENTS + TALKS)
    sip, http = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    house = start(home, sip, http)
    try:
        processes = json.loads((home / "run" / "site.json").read_text("utf-8"))["processes"]
        used = Used(house.pid, {name: one["pid"] for name, one in processes.items()})
        control = ControlClient(home / "run" / "sip.sock")
        extensions = [str(7000 + n) for n in range(AGENTS + TALKS)]
        talks = await _talks(sip, control, extensions[AGENTS:])
        peers = _Peers(sip, extensions[:AGENTS])
        await peers.sign_on(extensions[:AGENTS])
        for extension in extensions[:AGENTS]:
            await control.request("agent_state", extension=extension, state="ready", reason="")
        try:
            return await _parts(peers, used, talks, seconds, steady_a_second)
        finally:
            await peers.close()
            await talks.close()
            await control.close()
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(20)


async def _parts(peers: _Peers, used: Used, talks: Load, seconds: float, steady_a_second: float) -> dict[str, Any]:
    alone = await _part(peers, used, {"seconds": seconds, "at_once": FEW})
    before = await _part(peers, used, {"seconds": seconds, "at_once": AT_ONCE})
    twice_a_second = 2 * before["bridged_per_s"]
    speaker = RtpSender()
    speaker.start()
    await asyncio.sleep(1.0)
    _forget_gaps()
    quiet_gaps = await _gaps(3.0)
    offered = asyncio.create_task(_part(peers, used, {"seconds": seconds, "rate": max(twice_a_second, 1.0)}))
    gaps = await _gaps(seconds)
    twice = await offered
    speaker.stopping = True
    speaker.join()
    after = await _part(peers, used, {"seconds": seconds, "at_once": AT_ONCE})
    up_after = sum(not call.ended.is_set() for call in talks.up)
    # Last: on a machine that cannot do it, calls are left over.
    steady = await _part(peers, used, {"seconds": seconds, "rate": steady_a_second})
    capacity = (before["bridged_per_s"] + after["bridged_per_s"]) / 2
    sip_s_each = alone["cpu_ms_per_bridged"]["sip"] / 1000
    at_capacity = (before["bridged_per_sip_cpu_s"] + after["bridged_per_sip_cpu_s"]) / 2
    return {
        "size": {"agents": AGENTS, "talks": TALKS, "seconds": seconds, "at_once": AT_ONCE},
        "goal": {"goodput_share": 0.9, "failed_at_150_per_s": 0},
        "set_up_cpu_ms": alone["cpu_ms_per_bridged"],
        "cores_of_sip_for_150_per_s": round(STEADY_A_SECOND * sip_s_each, 2),
        "cores_of_house_for_150_per_s": round(STEADY_A_SECOND * alone["cpu_ms_per_bridged"]["house"] / 1000, 2),
        "steady": {**steady, "failed": steady["offered"] - steady["bridged"]},
        "capacity_per_s": round(capacity, 1),
        "capacity_per_s_before_and_after": [before["bridged_per_s"], after["bridged_per_s"]],
        "twice": twice,
        "goodput_share": round(twice["bridged_per_s"] / capacity, 3) if capacity else None,
        # The same in what the sip process's own time bought: free of what else the machine did meanwhile.
        "goodput_share_by_sip_cpu": round(twice["bridged_per_sip_cpu_s"] / at_capacity, 3) if at_capacity else None,
        "talks": {
            "up_before": TALKS - talks.failed,
            "up_after": up_after,
            "up_after_steady": sum(not call.ended.is_set() for call in talks.up),
            "return_gap_ms_quiet": quiet_gaps,
            "return_gap_ms_at_twice": gaps,
        },
    }


async def _part(peers: _Peers, used: Used, order: dict[str, float]) -> dict[str, Any]:
    """What came of it, and what it cost whom."""
    before, began = used.seconds(), time.monotonic()
    told = await peers.offer(order)
    took, spent = time.monotonic() - began, used.since(before)
    bridged = max(told["bridged"], 1)
    cost = {name: round(1000 * seconds / bridged, 2) for name, seconds in spent.items()}
    return {
        **told,
        "cpu_ms_per_bridged": {
            **cost,
            "house": round(1000 * sum(spent.values()) / bridged, 2),
            "generator": round(1000 * told["generator_cpu_s"] / bridged, 2),
        },
        "cores": {"sip": round(spent["sip"] / took, 2), "house": round(sum(spent.values()) / took, 2)},
        "bridged_per_sip_cpu_s": round(told["bridged"] / max(spent["sip"], 0.001), 1),
    }


class _Peers:
    """The generator in its process."""

    def __init__(self, sip: int, agents: list[str]) -> None:
        program = [sys.executable, "-m", "core.demo.quick_load", f"127.0.0.1:{sip}", NUMBER, ",".join(agents)]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def sign_on(self, agents: list[str]) -> None:
        told = await self._line()
        if told["signed_on"] != len(agents):
            await self.close()
            raise Unavailable("Only {count} of the benchmark's phones could register.", count=told["signed_on"])

    async def offer(self, order: dict[str, float]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return await self._line()

    async def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await asyncio.to_thread(self.process.stdout.readline)
        if not line:
            raise Unavailable("The benchmark's callers have stopped.")
        return dict(json.loads(line))

    async def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await asyncio.to_thread(self.process.wait, 20)


async def _talks(sip: int, control: ControlClient, extensions: list[str]) -> Load:
    """Calls in progress, with agents of their own, before anybody else is there."""
    talks = Load(("127.0.0.1", sip), {extension: extension for extension in extensions}, NUMBER)
    await talks.sign_on()
    await all_ready(control, talks)
    await asyncio.wait_for(talks.place(len(extensions), 5.0, None), LIMIT_S)
    return talks


def _forget_gaps() -> None:
    for leg in LoadStream.sampled:
        leg.gaps.clear()


async def _gaps(seconds: float) -> dict[str, float | None]:
    """Between packets that come back to the talks, within these seconds."""
    _forget_gaps()
    await asyncio.sleep(seconds)
    gaps = sorted(gap * 1000 for leg in LoadStream.sampled for gap in leg.gaps)
    return {"p50": share(gaps, 0.5), "p99": share(gaps, 0.99), "max": share(gaps, 1.0)}
