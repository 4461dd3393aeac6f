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
# Recordings whose end was told and may be told once more: after a restart, not later.
MOST_TOLD = 1000
RETRY_S = 0.1
LOOK_EVERY_S = 0.5
SILENT_LOOKS = 6


@dataclass(slots=True)
class LegOrders:
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
        self.legs: dict[str, LegOrders] = {}
        self.tapes: dict[str, dict[str, Any]] = {}
        # Recordings by path whose end is to be told, and those of which it was told while they were to go on.
        self._ending: dict[str, str] = {}
        self._broken: set[str] = set()
        self._told: deque[str] = deque(maxlen=MOST_TOLD)
        self._last_told = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        # Of a process that hangs the socket stays open: looks without a word of it, once it has begun to say one.
        self._silent_looks: int | None = None
        self._asked = self._freed = False
        self._size = POOL
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._stay_connected())
        self._listening = loop.create_task(self._hear_it_live())

    async def stop(self) -> None:
        for task in (self._task, self._listening):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self._writer is not None:
            self._writer.close()

    # --- LegMedia -------------------------------------------------------------------------------------------

    def open(self, leg: str) -> tuple[str, int]:
        if self._writer is None or not self.pool or self._hangs():
            self._size = min(2 * self._size, LARGEST_POOL)
            self._top_up()
            raise Unavailable("No voice port is free.", remedy="Widen the range of --rtp-ports, or see if media runs.")
        port = self.pool.popleft()
        self.legs[leg] = LegOrders(port)
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
                if (tape := self.tapes.pop(command.call, None)) is not None:
                    self._send({"do": "stop_record", "call": command.call})
                    if tape["path"] in self._broken:
                        self._broken.discard(tape["path"])
                    else:
                        self._ending[tape["path"]] = command.call

    def settle(self, recordings: Sequence[tuple[str, str]]) -> None:
        """Of these (call, path) nobody told how they ended: ``RecordingClosed`` or ``RecordingBroke`` follows, as it
        does for any other, when the media process is there."""
        for call, path in recordings:
            if path not in self._told:
                self._ending[path] = call
                self._send({"do": "settle", "call": call, "path": path})

    async def drained(self, limit_s: float) -> None:
        """Until the end of every recording that was stopped has been told."""
        if self._ending and self._writer is not None:
            self._last_told.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._last_told.wait(), limit_s)

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
            self._silent_looks = None
            self.pool.clear()
            self.on_link(False)
            await asyncio.sleep(RETRY_S)

    async def _hear_it_live(self) -> None:
        """Counts looks and no seconds: while we were stopped ourselves, nobody was silent."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._silent_looks is not None:
                self._silent_looks += 1
                if self._silent_looks == SILENT_LOOKS:
                    log.warning("the media process hangs")
                    self.on_link(False)

    def _hangs(self) -> bool:
        return self._silent_looks is not None and self._silent_looks >= SILENT_LOOKS

    def _alive(self) -> None:
        hung, self._silent_looks = self._hangs(), 0
        if hung and self.pool:
            log.warning("the media process goes on")
            self.on_link(True)

    def _bring_up_to_date(self) -> None:
        self._send({"do": "reset"})
        for leg, kept in self.legs.items():
            self._send({"do": "open", "leg": leg, "port": kept.port})
            for order in kept.orders.values():
                self._send(order)
            # The new process tells of its own silences only.
            self.on_input(inp.LegAudible(inp.LegId(leg)))
        for order in self.tapes.values():
            self._send(order)
        for path, call in self._ending.items():
            self._send({"do": "settle", "call": call, "path": path})
        self._asked = True
        self._send({"do": "pool", "count": self._size})

    def _event(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "alive":
                self._alive()
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
                self.on_input(inp.LegAudible(inp.LegId(event["leg"])))
            case "recorded" | "broke":
                self._recording_ended(event)
            case "stats":
                if waiting := self._waiting.get(event["id"]):
                    waiting.set_result(event)
            case "lost_port":
                log.warning("port %s of leg %s is taken by another program", event["port"], event["leg"])

    def _recording_ended(self, event: dict[str, Any]) -> None:
        """Told once: what was asked for may have been on its way already."""
        path, call = event["path"], inp.CallId(event["call"])
        if self._ending.pop(path, None) is None and path in self._told:
            return
        self._told.append(path)
        if not self._ending:
            self._last_told.set()
        if event["event"] == "recorded":
            self.on_input(inp.RecordingClosed(call, path, event["seconds"]))
        else:
            if any(tape["path"] == path for tape in self.tapes.values()):
                self._broken.add(path)
            self.on_input(inp.RecordingBroke(call, path, event["reason"]))

    def _keep(self, leg: str, order: dict[str, Any]) -> None:
        if kept := self.legs.get(leg):
            kept.orders[order["do"]] = order
            self._send(order)

    def _send(self, order: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(orjson.dumps(order) + b"\n")
