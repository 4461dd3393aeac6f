"""``hotline bench live``: how long a change in the core takes to every browser, and what it costs the web process.

Three processes as in life: a stand-in of the sip process that pushes changes on the control socket, the real
web process, and raw websocket clients. Time runs from the stand-in's write to the client's read. Not in the
figure: the 15 ms during which the real core gathers changes, and the browser's own drawing.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from core.clock import iso, utc_now
from core.commands import bench
from core.errors import Unavailable

SIZES = (10, 50, 200)
SECONDS_EACH = 4.0
CHANGES_A_SECOND = 20
AGENTS, CALLS = 60, 40
START_LIMIT_S = 30.0
GOAL_MS = 100.0
_STAMP = re.compile(rb'"stamp":(\d+)}')


def register(app: typer.Typer) -> None:
    @bench.group(app).command("live")
    def live(
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
        seconds: Annotated[float, typer.Option(help="Seconds for each number of clients.")] = SECONDS_EACH,
    ) -> None:
        """From a change in the core to 10, 50 and 200 websockets."""
        print(json.dumps(measure(seconds), indent=None if as_json else 2))


def measure(seconds: float = SECONDS_EACH, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    about = bench.machine()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        home = Path(folder)
        password = secrets.token_urlsafe(16)
        _prepare(home, password)
        port = bench.free_port()
        (home / "hotline.toml").write_text(f"http_port = {port}\n", "utf-8")
        with (
            _process("core.commands.bench_live", "core", str(home / "run" / "sip.sock")),
            _process("core.web", "--home", folder) as web,
        ):
            tokens = _tokens(port, password)
            results = [_measure(port, tokens, clients, seconds, web.pid) for clients in sizes]
    return {
        "bench": "live",
        "machine": about,
        "size": {"agents": AGENTS, "calls": CALLS, "changes_a_second": CHANGES_A_SECOND, "seconds_each": seconds},
        "goal": {"clients": 50, "latency_ms_p95": GOAL_MS},
        "results": results,
    }


def _measure(port: int, tokens: list[str], clients: int, seconds: float, web: int) -> dict[str, Any]:
    with _process("core.commands.bench_live", "clients", str(port), str(clients), str(seconds), *tokens) as readers:
        assert readers.stdout is not None
        if readers.stdout.readline().strip() != b"connected":
            raise Unavailable("The benchmark's clients could not connect.")
        before, begun = bench.cpu_seconds(web), time.monotonic()
        found = json.loads(readers.stdout.readline())
        spent, took = bench.cpu_seconds(web) - before, time.monotonic() - begun
    percent = 100 * spent / took
    return {
        "clients": clients,
        **found,
        "server_cpu_percent": round(percent, 1),
        "server_cpu_percent_per_client": round(percent / clients, 3),
    }


def _prepare(home: Path, password: str) -> None:
    from sqlalchemy.orm import Session

    from core.db import connect, migrate
    from core.people.users import create_user

    (home / "run").mkdir()
    engine = connect(f"sqlite:///{home / 'hotline.db'}")
    migrate(engine)
    with Session(engine) as session:
        for role in ("supervisor", "wallboard"):
            create_user(session, role, password, role)
    engine.dispose()


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _tokens(port: int, password: str) -> list[str]:
    """One that sees numbers and one that does not: both texts of each message are made."""
    limit = time.monotonic() + START_LIMIT_S
    found: list[str] = []
    for name in ("supervisor", "wallboard"):
        form = urllib.parse.urlencode({"username": name, "password": password}).encode()
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/token", form, timeout=5) as answer:
                    found.append(json.load(answer)["access_token"])
                break
            except OSError as problem:
                if time.monotonic() > limit:
                    raise Unavailable("The web process did not start: {problem}.", problem=problem) from problem
                time.sleep(0.1)
    return found


# --- the stand-in of the sip process -------------------------------------------------------------------------


async def play_core(path: Path) -> None:
    """Pushes changes of one agent, one call and one queue at a steady rate, each with the time of its writing."""
    watchers: set[asyncio.StreamWriter] = set()
    seq = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            request = orjson.loads(line)
            result = {"media": "up", "database": "up", "recording": "ok", "calls": CALLS, "version": "bench"}
            watching = request["do"] == "watch"
            writer.write(orjson.dumps({"id": request["id"], "ok": True, "result": {} if watching else result}) + b"\n")
            if watching:
                writer.write(orjson.dumps({"live": {**_floor(seq), "seq": seq}}) + b"\n")
                watchers.add(writer)
        watchers.discard(writer)

    await asyncio.start_unix_server(serve, path)
    while True:
        await asyncio.sleep(1 / CHANGES_A_SECOND)
        seq += 1
        floor = _floor(seq)
        change = {
            "type": "change",
            "seq": seq,
            "at": iso(utc_now()),
            "queues": floor["queues"][:1],
            "agents": [floor["agents"][seq % AGENTS]],
            "calls": [floor["calls"][seq % CALLS]],
            "gone": [],
        }
        line = orjson.dumps({"live": {**change, "stamp": time.monotonic_ns()}}) + b"\n"
        for writer in tuple(watchers):
            writer.write(line)


def _floor(seq: int) -> dict[str, Any]:
    now = iso(utc_now())
    queues = [
        {"id": f"q{n}", "name": f"队列{n}", "waiting": seq % 9, "longest_wait_s": 12.5, "ready": 3, "staffed": 9}
        for n in range(4)
    ]
    agents = [
        {
            "extension": str(8001 + n),
            "name": f"坐席{n}",
            "group": "甲",
            "state": ("ready", "talking")[(seq + n) % 2],
            "since": now,
            "reason": "",
            "call_id": None,
            "queue": None,
            "registered": True,
            "queues": ["q0", "q1"],
        }
        for n in range(AGENTS)
    ]
    calls = [
        {
            "id": f"{n:032x}",
            "state": "talking",
            "direction": "inbound",
            "caller": f"138{n:08d}",
            "did": "96000",
            "queue": "q0",
            "agent": str(8001 + n),
            "since": now,
            "arrived_at": now,
            "recording": True,
        }
        for n in range(CALLS)
    ]
    return {"type": "snapshot", "at": now, "queues": queues, "agents": agents, "calls": calls, "health": {}}


# --- the clients ---------------------------------------------------------------------------------------------


class Reader(asyncio.Protocol):
    """The least that a websocket client can be: shakes hands, then only looks for stamps in what comes."""

    def __init__(self, host: str, token: str) -> None:
        self.host, self.token = host, token
        self.open = asyncio.Event()
        self.latencies: list[float] = []
        self.counting = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws/live HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode(),
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if not self.open.is_set() and b" 101 " in data[:20]:
            self.open.set()
        data = self._rest + data
        end = 0
        for stamp in _STAMP.finditer(data):
            end = stamp.end()
            if self.counting:
                self.latencies.append((now - int(stamp[1])) / 1e6)
        self._rest = data[max(end, len(data) - 40) :]


async def play_clients(port: int, count: int, seconds: float, tokens: list[str]) -> None:
    loop = asyncio.get_running_loop()
    readers = [Reader(f"127.0.0.1:{port}", tokens[n % len(tokens)]) for n in range(count)]
    transports = []
    for reader in readers:
        transport, _ = await loop.create_connection(lambda one=reader: one, "127.0.0.1", port)  # type: ignore[misc]
        transports.append(transport)
        await asyncio.wait_for(reader.open.wait(), 10)
    await asyncio.sleep(0.5)
    print("connected", flush=True)
    for reader in readers:
        reader.counting = True
    await asyncio.sleep(seconds)
    found = sorted(value for reader in readers for value in reader.latencies)
    for transport in transports:
        transport.close()
    fewest = min(len(reader.latencies) for reader in readers)
    cuts = statistics.quantiles(found, n=100)
    figures = {
        "received": len(found),
        "received_by_the_slowest": fewest,
        "expected_by_each": round(seconds * CHANGES_A_SECOND),
        "latency_ms_p50": round(cuts[49], 2),
        "latency_ms_p95": round(cuts[94], 2),
        "latency_ms_max": round(found[-1], 2),
    }
    print(json.dumps(figures), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The benchmark's own processes")
    parser.add_argument("part", choices=("core", "clients"))
    parser.add_argument("arguments", nargs="+")
    given = parser.parse_args()
    if given.part == "core":
        asyncio.run(play_core(Path(given.arguments[0])))
    else:
        port, count, seconds, *tokens = given.arguments
        asyncio.run(play_clients(int(port), int(count), float(seconds), tokens))


if __name__ == "__main__":
    main()
