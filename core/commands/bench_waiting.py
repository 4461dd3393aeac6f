"""``hotline bench waiting``: what an input and a ping cost the sip process while so many callers wait.

The floor, its board and its control socket's answers as they run in life, without network and voice; the process's own
time on the processor is counted, and the board is asked after every input, oftener than in life.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from core.clock import utc_now
from core.commands.bench import group, machine
from core.installation.definition import Agent, Did, Flow, Installation, Queue, SipAccount, Trunk
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.agent_snapshot import AgentSnapshot
from core.telephony.control_server import ControlServer
from core.telephony.engine import Engine, Media
from core.telephony.journal import Journal
from core.telephony.prompts import Prompts

SIZES = (30, 300, 3_000)
AGENTS = 40
INPUTS, PINGS = 600, 100
GOAL_MS = 1.0
# What callers want: kinds of calls that stand in lines of their own.
WANTED: tuple[dict[str, Any], ...] = ({}, {"skills": ["gas"]}, {"priority": 5}, {"skills": ["gas"], "priority": 5})


class _Shell:
    """Signalling, media and prompts that do nothing; keeps which legs were rung."""

    voice = "up"

    def __init__(self) -> None:
        self.rung: list[inp.LegId] = []

    def execute(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Dial):
            self.rung.append(command.leg)

    def play(self, *_what: Any) -> None:
        """Nobody listens."""

    def cached(self, _parts: Any) -> list[Path]:
        return []


def register(app: typer.Typer) -> None:
    @group(app).command("waiting")
    def waiting(
        as_json: Annotated[bool, typer.Option("--json", help="The figures come as JSON in any case.")] = True,  # noqa: ARG001
    ) -> None:
        """What an input and a ping cost with 30, 300 and 3,000 callers waiting."""
        about = machine()
        results = [asyncio.run(measure(size)) for size in SIZES]
        size = {"agents": AGENTS, "inputs": INPUTS, "pings": PINGS}
        print(json.dumps({"bench": "waiting", "machine": about, "size": size, "goal_ms": GOAL_MS, "results": results}))


async def measure(waiting: int) -> dict[str, Any]:
    """CPU milliseconds of each, with so many in the queue all the time."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        home, shell = Path(folder), _Shell()
        memory = AgentSnapshot(home / "seats.jsonl")
        engine = Engine(_site(), Journal(home / "journal"), cast(Prompts, shell), memory, "bench")
        engine.attach(shell, cast(Media, shell), lambda: "up")
        control = ControlServer(home / "sip.sock", engine, _reload)
        numbers = iter(range(10_000_000))
        for n in range(AGENTS):
            engine.take(inp.Registered(str(7000 + n), "sip:x", 300))
        for _ in range(waiting):
            engine.take(_caller(next(numbers)))
        engine.board.changes(utc_now())
        took = sorted(_cpu_ms(engine, one) for one in _work(engine, shell, numbers))
        began = time.process_time()
        for _ in range(PINGS):
            await control._answer({"id": 1, "do": "ping"})
        ping_ms = 1000 * (time.process_time() - began) / PINGS
        still = len(engine.floor.world.calls)
        await engine.stop()
        return {
            "waiting": waiting,
            "at_the_end": still,
            "input_ms": {"mean": round(sum(took) / len(took), 3), "p99": round(took[int(0.99 * len(took))], 3)},
            "ping_ms": round(ping_ms, 3),
        }


def _site() -> Installation:
    ways = {str(n): Flow(str(n), 1, "q", {"q": {"kind": "queue", "queue": "q", **way}}) for n, way in enumerate(WANTED)}
    agents = {str(7000 + n): Agent(str(7000 + n), "", {"q": 1}, skills=("gas",) * (n % 2)) for n in range(AGENTS)}
    return Installation(
        1,
        "bench",
        queues={"q": Queue("q", "q", wrap_up_s=0.0, max_wait_s=7200.0)},
        agents=agents,
        accounts={extension: SipAccount(extension, "") for extension in agents},
        trunks={"load": Trunk("load", ("127.0.0.1",))},
        dids={f"9600{n}": Did(f"9600{n}", f"flow:{n}") for n in range(len(WANTED))},
        flows=ways,
    )


async def _reload() -> int:
    return 1


def _caller(n: int) -> inp.LegInvited:
    return inp.LegInvited(inp.LegId(f"in{n}"), f"9600{n % len(WANTED)}", f"138{n:08d}", "", "trunk", "load")


def _work(engine: Engine, shell: _Shell, numbers: Iterator[int]) -> Iterator[inp.Input]:
    """As many come as go: one gives up, one is served, others are told how long it takes or press keys."""
    for n in range(INPUTS // 10):
        calls = list(engine.floor.world.calls.values())
        some, another, agent = calls[len(calls) // 2], calls[len(calls) // 3], str(7000 + n % AGENTS)
        leaver, listener = inp.LegId(some.caller_leg or ""), inp.LegId(another.caller_leg or "")
        yield _caller(next(numbers))
        yield inp.LegEnded(leaver, "cancel")
        yield inp.TimerFired(f"announce:{another.id}")
        yield inp.DigitPressed(listener, "1", "rfc4733")
        yield inp.PriorityRequested(another.id, 5, "bench")
        yield _caller(next(numbers))
        yield inp.StateRequested(agent, "ready")
        yield inp.LegAnswered(shell.rung[-1])
        yield inp.StateRequested(agent, "break")
        yield inp.LegEnded(shell.rung[-1], "bye")


def _cpu_ms(engine: Engine, given: inp.Input) -> float:
    began = time.process_time()
    engine.take(given)
    engine.board.changes(utc_now())
    return 1000 * (time.process_time() - began)
