"""``hotline bench hostile``: how long OPTIONS waits while somebody floods the house with broken messages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any, Self

import typer

from core.commands.bench import cpu_seconds, group, machine
from core.commands.bench_telephony import free_port, prepare, share, start
from core.demo.hostile import datagrams

ASKED_EVERY_S = 0.02
ANSWER_LIMIT_S = 5.0
AT_ONCE = 20  # datagrams a burst: what a sender with one socket manages between two of its timers


def register(app: typer.Typer) -> None:
    @group(app).command("hostile")
    def hostile(
        count: Annotated[int, typer.Option(help="How many hostile datagrams.")] = 20_000,
        rate: Annotated[float, typer.Option(help="How many of them a second.")] = 1_500.0,
        seed: Annotated[int, typer.Option(help="Decides what they are.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="The figures come as JSON in any case.")] = True,  # noqa: ARG001
    ) -> None:
        """Send broken messages to a core and say how long it takes to answer others."""
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            figures = asyncio.run(measure(Path(folder), count, rate, seed))
        print(json.dumps({"bench": "hostile", "machine": machine(), **figures}))


async def measure(home: Path, count: int, rate: float, seed: int) -> dict[str, Any]:
    """Starts a site of its own, floods it, ends it."""
    prepare(home, 1)
    sip, http = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    process = start(home, sip, http)
    try:
        pid = json.loads((home / "run" / "site.json").read_text("utf-8"))["processes"]["sip"]["pid"]
        async with _Asker(sip) as quiet:
            await asyncio.sleep(1.0)
        before, began = cpu_seconds(pid), time.monotonic()
        async with _Asker(sip) as asker:
            await _flood(sip, count, rate, seed)
        took = time.monotonic() - began
        used = cpu_seconds(pid) - before
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    return {
        "size": {"count": count, "rate": rate, "seed": seed},
        "seconds": round(took, 1),
        "cpu_ms_per_datagram": round(1000 * used / max(count, 1), 3),
        "options_ms": {"before": quiet.figures(), "meanwhile": asker.figures()},
    }


async def _flood(sip: int, count: int, rate: float, seed: int) -> None:
    """From a process of its own, which takes no time from who asks."""
    words = [sys.executable, "-m", "core.commands.bench_hostile", str(sip), str(count), str(rate), str(seed)]
    flood = await asyncio.create_subprocess_exec(*words)
    await flood.wait()


def flood(sip: int, count: int, rate: float, seed: int) -> None:
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        for number, raw in enumerate(datagrams(seed, count)):
            if number % AT_ONCE == 0:
                time.sleep(max(began + number / rate - time.monotonic(), 0.0))
            attacker.sendto(raw, ("127.0.0.1", sip))


class _Asker(asyncio.DatagramProtocol):
    """A phone that asks every now and then, and writes down how long the answer takes."""

    def __init__(self, sip: int) -> None:
        self._sip = sip
        self._asked: dict[str, float] = {}
        self._waits: list[float] = []
        self._all = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0), remote_addr=("127.0.0.1", self._sip)
        )
        self._task = loop.create_task(self._ask())
        return self

    async def __aexit__(self, *_args: object) -> None:
        self._task.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), ANSWER_LIMIT_S)
        self._transport.close()

    async def _ask(self) -> None:
        port = self._transport.get_extra_info("sockname")[1]
        while True:
            call = os.urandom(6).hex()
            self._asked[call] = time.monotonic()
            self._all.clear()
            self._transport.sendto(
                f"OPTIONS sip:bench@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{call}\r\n"
                f"From: <sip:bench@127.0.0.1>;tag={call}\r\nTo: <sip:bench@127.0.0.1>\r\nCall-ID: {call}\r\n"
                "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode()
            )
            await asyncio.sleep(ASKED_EVERY_S)

    def datagram_received(self, data: bytes, _address: Any) -> None:
        call = data.partition(b"Call-ID: ")[2].partition(b"\r\n")[0].decode("latin-1")
        asked = self._asked.pop(call, None)
        if asked is not None:
            self._waits.append(1000 * (time.monotonic() - asked))
        if not self._asked:
            self._all.set()

    def figures(self) -> dict[str, Any]:
        waits = sorted(self._waits)
        return {
            "asked": len(self._waits) + len(self._asked),
            "unanswered": len(self._asked),
            "p50": share(waits, 0.5),
            "p99": share(waits, 0.99),
            "max": share(waits, 1.0),
        }


if __name__ == "__main__":
    flood(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
