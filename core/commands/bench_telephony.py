"""``hotline bench telephony``: what recorded calls and call set-ups cost, on a site of its own in a temporary home."""

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
from sqlalchemy.orm import Session

from core.commands.bench import cpu_seconds, group, machine
from core.db import connect, migrate
from core.demo.load import Load, LoadStream, Speaker
from core.errors import Unavailable
from core.people.site_service import account_for, save_site
from core.site import Agent, Did, Queue, Site, Trunk
from core.telephony.control_client import ControlClient

NUMBER = "96001"
LIMIT_S = 40.0
# Long enough that the agent has answered, short enough that set-up and not voice is measured.
HOLD_S = 0.1


def register(app: typer.Typer) -> None:
    @group(app).command("telephony")
    def telephony(
        calls: Annotated[int, typer.Option(help="Bridged, recorded calls at the same time.")] = 60,
        seconds: Annotated[float, typer.Option(help="How long they are measured.")] = 10.0,
        rate: Annotated[float, typer.Option(help="Call set-ups a second in the second part.")] = 50.0,
        setups: Annotated[int, typer.Option(help="How many set-ups in all.")] = 300,
        as_json: Annotated[bool, typer.Option("--json", help="The figures come as JSON in any case.")] = True,  # noqa: ARG001
    ) -> None:
        """Load a core with calls and say what they cost."""
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            figures = asyncio.run(measure(Path(folder), calls, seconds, rate, setups))
        print(json.dumps({"bench": "telephony", "machine": machine(), **figures}))


async def measure(home: Path, calls: int, seconds: float, rate: float, setups: int) -> dict[str, Any]:
    """Starts a site of its own, runs both parts against it, ends it."""
    prepare(home, max(calls, 1))
    sip, http = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    process = start(home, sip, http)
    try:
        processes = json.loads((home / "run" / "site.json").read_text("utf-8"))["processes"]
        pids = {name: processes[name]["pid"] for name in ("sip", "media")}
        control = ControlClient(home / "run" / "sip.sock")
        bridged = await steady(sip, control, pids, calls, seconds)
        await asyncio.sleep(2.0)
        set_up = await burst(sip, control, pids, min(calls, 200), rate, setups)
        return {
            "size": {"calls": calls, "seconds": seconds, "rate": rate, "setups": setups},
            **bridged,
            "set_up": set_up,
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def prepare(home: Path, agents: int) -> None:
    """A site with so many agents, no wrap-up, one number that leads straight to the queue."""
    url = f"sqlite:///{home / 'hotline.db'}"
    engine = connect(url)
    migrate(engine)
    extensions = [str(7000 + n) for n in range(agents)]
    site = Site(
        1,
        "bench",
        queues={"general": Queue("general", "general", wrap_up_s=0.0)},
        agents={ext: Agent(ext, ext, {"general": 1}) for ext in extensions},
        accounts={ext: account_for(ext, "hotline", ext) for ext in extensions},
        trunks={"load": Trunk("load", ("127.0.0.1",))},
        dids={NUMBER: Did(NUMBER, "queue:general")},
    )
    with Session(engine) as session:
        save_site(session, site)
        session.commit()
    engine.dispose()


def start(home: Path, sip: int, http: int) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "core.cli", "run", "--home", str(home)]
    program += ["--sip", f"127.0.0.1:{sip}", "--http", f"127.0.0.1:{http}", "--rtp-ports", "40000-42999"]
    process = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("ready"):
            return process
    raise Unavailable("The site of the benchmark did not start: {said}", said="".join(said)[-500:])


async def steady(sip: int, control: ControlClient, pids: dict[str, int], calls: int, seconds: float) -> dict[str, Any]:
    """So many calls up at once: CPU of signalling and media, gaps between returned packets."""
    speaker = Speaker()
    speaker.start()
    load = Load(("127.0.0.1", sip), {str(7000 + n): str(7000 + n) for n in range(calls)}, NUMBER)
    await load.sign_on()
    await all_ready(control, load)
    await load.place(calls, 20.0, None)
    await asyncio.sleep(2.0)
    for leg in LoadStream.sampled:
        leg.gaps.clear()
    before, began = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    cpu = {name: round(100 * (cpu_seconds(pid) - before[name]) / took, 1) for name, pid in pids.items()}
    gaps = sorted(gap * 1000 for leg in LoadStream.sampled for gap in leg.gaps)
    await load.close()
    speaker.stopping = True
    speaker.join()
    LoadStream.sampled.clear()
    total = sum(cpu.values())
    return {
        "calls_up": load.answered,
        "failed": load.failed,
        "cpu_percent": {**cpu, "together": round(total, 1)},
        "cpu_ms_per_call_second": round(total * 10 / max(load.answered, 1), 2),
        "return_gap_ms": {"p50": share(gaps, 0.5), "p99": share(gaps, 0.99), "max": share(gaps, 1.0)},
    }


async def burst(
    sip: int, control: ControlClient, pids: dict[str, int], agents: int, rate: float, setups: int
) -> dict[str, Any]:
    """Set-ups at a rate: each is answered and soon hung up, without voice."""

    class Mute(LoadStream):
        def start(self, peer: tuple[str, int]) -> None:
            self._peer = peer

    load = Load(("127.0.0.1", sip), {str(7000 + n): str(7000 + n) for n in range(agents)}, NUMBER, voice=Mute)
    await load.sign_on()
    await all_ready(control, load)
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    await asyncio.wait_for(load.place(setups, rate, HOLD_S), LIMIT_S + setups / rate)
    await asyncio.sleep(0.5)
    used = {name: 1000 * (cpu_seconds(pid) - before[name]) / max(setups, 1) for name, pid in pids.items()}
    ring = sorted(gap * 1000 for gap in load.ring_s)
    await load.close()
    return {
        "answered": load.answered,
        "failed": load.failed,
        "cpu_ms_per_call": {
            **{name: round(ms, 2) for name, ms in used.items()},
            "together": round(sum(used.values()), 2),
        },
        "invite_to_agent_invite_ms": {"p50": share(ring, 0.5), "p95": share(ring, 0.95), "max": share(ring, 1.0)},
    }


async def all_ready(control: ControlClient, load: Load) -> None:
    for phone in load.agents:
        await control.request("agent_state", extension=phone.user, state="ready", reason="")


def share(ordered: list[float], part: float) -> float | None:
    """The value below which ``part`` of the ordered ones lie."""
    return round(ordered[min(int(part * len(ordered)), len(ordered) - 1)], 2) if ordered else None


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
