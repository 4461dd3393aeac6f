"""The sip process's side of the media process: commands out, inputs in, and everything said again after a restart.

Nothing here waits: ports come from a pool that the media process bound beforehand. What each leg should be doing is
kept here, so that calls go on after the media process was killed: same ports, same bridges, same recordings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from core.errors import Unavailable
from core.ports import RemoteMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp

log = logging.getLogger(__name__)

# Ports bound beforehand: a bridged call takes two. Whoever runs out of them needs more in hand from then on.
POOL = 256
LARGEST_POOL = 2048
RETRY_S = 0.1


@dataclass(slots=True)
class Kept:
    """What a leg should be doing: the orders that would bring a new media process up to date."""

    port: int
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)


class MediaClient:
    """Implements ``core.ports.LegMedia`` and obeys the media commands."""

    def __init__(self, socket: Path, on_input: Callable[[inp.Input], None], on_link: Callable[[bool], None]) -> None:
        self.socket = socket
        self.on_input = on_input
        self.on_link = on_link
        self.ip = ""
        self.pool: deque[int] = deque()
        self.legs: dict[str, Kept] = {}
        self.tapes: dict[str, dict[str, Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._asked = self._freed = False
        self._size = POOL
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._writer is not None:
            self._writer.close()

    # --- LegMedia -------------------------------------------------------------------------------------------

    def open(self, leg: str) -> tuple[str, int]:
        if self._writer is None or not self.pool:
            self._size = min(2 * self._size, LARGEST_POOL)
            self._top_up()
            raise Unavailable("No voice port is free.", remedy="Widen the range of --rtp-ports, or see if media runs.")
        port = self.pool.popleft()
        self.legs[leg] = Kept(port)
        self._send({"do": "open", "leg": leg, "port": port})
        self._top_up()
        return self.ip, port

    def connect(self, leg: str, remote: RemoteMedia) -> None:
        self._keep(
            leg,
            {
                "do": "connect",
                "leg": leg,
                "ip": remote.ip,
                "port": remote.port,
                "pt": remote.payload_type,
                "dtmf": remote.dtmf_payload_type,
                "sends": remote.sends,
                "receives": remote.receives,
                "signalled": remote.signalled,
            },
        )

    def close(self, leg: str) -> None:
        if self.legs.pop(leg, None) is not None:
            self._send({"do": "close", "leg": leg})
            # Its port may be the only one that is free.
            self._freed = True
            self._top_up()

    def _top_up(self) -> None:
        if len(self.pool) < self._size // 2 and not self._asked and self._writer is not None:
            self._asked, self._freed = True, False
            self._send({"do": "pool", "count": self._size - len(self.pool)})

    # --- commands -------------------------------------------------------------------------------------------

    def play(self, leg: str, files: Sequence[Path], token: str, loop: bool = False, mix: bool = False) -> None:
        names = [str(path) for path in files]
        self._keep(leg, {"do": "play", "leg": leg, "files": names, "token": token, "loop": loop, "mix": mix})

    def execute(self, command: cmd.Command) -> None:
        match command:
            case cmd.Hear():
                self._keep(command.leg, {"do": "hear", "leg": command.leg, "sources": list(command.sources)})
            case cmd.StopPlay():
                if kept := self.legs.get(command.leg):
                    kept.orders.pop("play", None)
                    self._send({"do": "stop_play", "leg": command.leg})
            case cmd.Listen():
                self._keep(command.leg, {"do": "listen", "leg": command.leg, "on": command.on})
            case cmd.SendDigits():
                self._send({"do": "digits", "leg": command.leg, "digits": command.digits})
            case cmd.Record():
                order = {
                    "do": "record",
                    "call": command.call,
                    "path": command.path,
                    "left": list(command.left),
                    "right": list(command.right),
                }
                self.tapes[command.call] = order
                self._send(order)
            case cmd.StopRecord():
                if self.tapes.pop(command.call, None) is not None:
                    self._send({"do": "stop_record", "call": command.call})

    async def stats(self) -> dict[str, Any]:
        """The media process's counters; ``Unavailable`` when it does not answer within a second."""
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._send({"do": "stats", "id": number})
        try:
            return await asyncio.wait_for(answer, 1.0)
        except TimeoutError as late:
            raise Unavailable("The media process does not answer.") from late
        finally:
            self._waiting.pop(number, None)

    # --- the link -------------------------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        while True:
            try:
                reader, self._writer = await asyncio.open_unix_connection(str(self.socket), limit=1 << 20)
            except OSError:
                await asyncio.sleep(RETRY_S)
                continue
            try:
                self._bring_up_to_date()
                while line := await reader.readline():
                    self._event(orjson.loads(line))
            except (OSError, ValueError) as problem:
                log.warning("media link: %s", problem)
            writer, self._writer = self._writer, None
            writer.close()
            self.pool.clear()
            self.on_link(False)
            await asyncio.sleep(RETRY_S)

    def _bring_up_to_date(self) -> None:
        self._send({"do": "reset"})
        for leg, kept in self.legs.items():
            self._send({"do": "open", "leg": leg, "port": kept.port})
            for order in kept.orders.values():
                self._send(order)
            # The new process tells of its own silences only.
            self.on_input(inp.LegHeard(inp.LegId(leg)))
        for order in self.tapes.values():
            self._send(order)
        self._asked = True
        self._send({"do": "pool", "count": self._size})

    def _event(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "pool":
                first = not self.pool
                self._asked = False
                self.ip = event["ip"]
                self.pool.extend(event["ports"])
                if event["ports"] or self._freed:
                    # More may have been needed meanwhile, or become free.
                    self._top_up()
                if first:
                    self.on_link(True)
            case "digit":
                self.on_input(inp.DigitPressed(inp.LegId(event["leg"]), event["digit"], event["source"]))
            case "played":
                if kept := self.legs.get(event["leg"]):
                    kept.orders.pop("play", None)
                self.on_input(inp.PlayFinished(inp.LegId(event["leg"]), event["token"]))
            case "silent":
                self.on_input(inp.LegSilent(inp.LegId(event["leg"]), event["seconds"]))
            case "heard":
                self.on_input(inp.LegHeard(inp.LegId(event["leg"])))
            case "recorded":
                self.on_input(inp.RecordingClosed(inp.CallId(event["call"]), event["path"], event["seconds"]))
            case "broke":
                self.on_input(inp.RecordingBroke(inp.CallId(event["call"]), event["path"], event["reason"]))
            case "stats":
                if waiting := self._waiting.get(event["id"]):
                    waiting.set_result(event)
            case "lost_port":
                log.warning("port %s of leg %s is taken by another program", event["port"], event["leg"])

    def _keep(self, leg: str, order: dict[str, Any]) -> None:
        if kept := self.legs.get(leg):
            kept.orders[order["do"]] = order
            self._send(order)

    def _send(self, order: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(orjson.dumps(order) + b"\n")
