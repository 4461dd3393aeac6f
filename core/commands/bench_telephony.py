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
from core.demo.load import Load, LoadStream, RtpSender
from core.errors import Unavailable
from core.installation.definition import Agent, Did, Flow, Installation, Queue, Trunk
from core.installation.service import account_for, save_installation
from core.telephony.control_client import ControlClient

NUMBER, MENU = "96001", "96002"
WAITS = dict[str, Any](kind="menu", say=[], choices={"1": "bye"}, timeout_s=3600, on_timeout="bye", on_wrong="bye")
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
        used = Used(process.pid, {name: one["pid"] for name, one in processes.items()})
        control = ControlClient(home / "run" / "sip.sock")
        bridged = await steady(sip, control, used, calls, seconds)
        await asyncio.sleep(2.0)
        by_tones = await steady(sip, control, used, calls, seconds, events=False)
        await asyncio.sleep(2.0)
        in_menu = await steady(sip, control, used, calls, seconds, number=MENU)
        await asyncio.sleep(2.0)
        set_up = await burst(sip, control, used, min(calls, 200), rate, setups)
        return {
            "size": {"calls": calls, "seconds": seconds, "rate": rate, "setups": setups},
            **bridged,
            "without_events": by_tones,
            "in_a_menu": in_menu,
            "set_up": set_up,
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


class Used:
    """Time on processors of a whole house: its processes by name, and ``others`` for what they have started."""

    def __init__(self, parent: int, named: dict[str, int]) -> None:
        self.named = {"parent": parent, **named}

    def seconds(self) -> dict[str, float]:
        found = {name: cpu_seconds(pid) for name, pid in self.named.items()}
        others = offspring(self.named["parent"]) - set(self.named.values())
        return {**found, "others": sum(cpu_seconds(pid) for pid in others)}

    def since(self, before: dict[str, float]) -> dict[str, float]:
        return {name: now - before.get(name, 0.0) for name, now in self.seconds().items()}


def offspring(root: int) -> set[int]:
    """Every process that descends from this one, as far as they are there now."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text("ascii", "replace")
        except OSError:
            continue
        # The name in brackets may hold anything (proc(5)).
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def prepare(home: Path, agents: int) -> None:
    """A site with so many agents, no wrap-up, one number that leads straight to the queue, one to a patient menu."""
    url = f"sqlite:///{home / 'hotline.db'}"
    engine = connect(url)
    migrate(engine)
    extensions = [str(7000 + n) for n in range(agents)]
    installation = Installation(
        1,
        "bench",
        queues={"general": Queue("general", "general", wrap_up_s=0.0)},
        agents={ext: Agent(ext, ext, {"general": 1}) for ext in extensions},
        accounts={ext: account_for(ext, "hotline", ext) for ext in extensions},
        trunks={"load": Trunk("load", ("127.0.0.1",))},
        dids={NUMBER: Did(NUMBER, "queue:general"), MENU: Did(MENU, "flow:patient")},
        flows={"patient": Flow("patient", 1, "menu", {"menu": WAITS, "bye": {"kind": "hangup"}})},
    )
    with Session(engine) as session:
        save_installation(session, installation)
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


async def steady(
    sip: int,
    control: ControlClient,
    used: Used,
    calls: int,
    seconds: float,
    *,
    events: bool = True,
    number: str = NUMBER,
) -> dict[str, Any]:
    """So many calls up at once, with agents or in the menu: CPU of all processes, gaps between returned packets."""
    speaker = RtpSender()
    speaker.start()
    agents = {str(7000 + n): str(7000 + n) for n in range(calls if number == NUMBER else 0)}
    load = Load(("127.0.0.1", sip), agents, number, events=events)
    await load.sign_on()
    await all_ready(control, load)
    if number == NUMBER:
        await load.place(calls, 20.0, None)
    else:
        await load.wait_in_menu(calls)
    await asyncio.sleep(2.0)
    for leg in LoadStream.sampled:
        leg.gaps.clear()
    before, began = used.seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    cpu = {name: round(100 * spent / took, 1) for name, spent in used.since(before).items()}
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


async def burst(sip: int, control: ControlClient, used: Used, agents: int, rate: float, setups: int) -> dict[str, Any]:
    """Set-ups at a rate: each is answered and soon hung up, without voice."""

    class Mute(LoadStream):
        def start(self, peer: tuple[str, int]) -> None:
            self._peer = peer

    load = Load(("127.0.0.1", sip), {str(7000 + n): str(7000 + n) for n in range(agents)}, NUMBER, voice=Mute)
    await load.sign_on()
    await all_ready(control, load)
    before = used.seconds()
    await asyncio.wait_for(load.place(setups, rate, HOLD_S), LIMIT_S + setups / rate)
    await asyncio.sleep(0.5)
    spent = {name: 1000 * seconds / max(setups, 1) for name, seconds in used.since(before).items()}
    ring = sorted(gap * 1000 for gap in load.ring_s)
    await load.close()
    return {
        "answered": load.answered,
        "failed": load.failed,
        "cpu_ms_per_call": {
            **{name: round(ms, 2) for name, ms in spent.items()},
            "together": round(sum(spent.values()), 2),
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
