"""The live floor in the web process: takes it from the sip process, keeps it whole, hands it to every listener.

A message is made into text once for each kind of rights, however many listen; only agents in a call get a
text of their own. A listener that does not keep up loses what waits and gets a fresh snapshot. While the sip
process is away the last known floor stays, marked ``stale`` with its age. Knows no websocket.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

from core.clock import iso, utc_now
from core.errors import HotlineError
from core.people.users import User
from core.telephony.control_client import ControlClient
from core.web.masking import floor_for, is_own, reads_announcements, rights, sees_numbers

HEARTBEAT_S = 5.0
PING_EVERY_S = 1.0
PING_LIMIT_S = 2.0
WAITING_LIMIT = 2
KEYS = {"queues": "id", "agents": "extension", "calls": "id"}

Message = dict[str, Any]


class Listener:
    """One reader of the floor, with the rights of ``user``."""

    def __init__(self, hub: LiveHub, user: User) -> None:
        self.user = user
        self._hub = hub
        self._texts: deque[str] = deque()
        self._ready = asyncio.Event()
        self._anew = True
        self._ready.set()

    def put(self, text: str) -> None:
        if not self._anew:
            if len(self._texts) >= WAITING_LIMIT:
                self._texts.clear()
                self._anew = True
            else:
                self._texts.append(text)
        self._ready.set()

    async def next(self) -> str:
        """The next message as JSON text; the first is a snapshot, and so is the one after a loss."""
        await self._ready.wait()
        if self._anew:
            self._anew = False
            self._ready.clear()
            return self._hub.snapshot_text(self.user)
        text = self._texts.popleft()
        if not self._texts:
            self._ready.clear()
        return text


class LiveHub:
    """``listeners`` are served as long as they are in the set."""

    def __init__(self, telephony: ControlClient) -> None:
        self.telephony = telephony
        self.listeners: set[Listener] = set()
        self.seq = 0
        self.ping: dict[str, Any] | None = None
        self._rows: dict[str, dict[str, Message]] = {name: {} for name in KEYS}
        self._health: dict[str, Any] = {}
        self._announcements: list[Message] = []
        self._core_seq = -1
        self._linked = False
        self._alive = True
        self._contact = time.monotonic()
        self._contact_at = utc_now()
        self._tasks: list[asyncio.Task[None]] = []
        self._snapshots: dict[tuple[bool, ...], str] = {}
        self._watchers: list[Callable[[Message], None]] = []

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self.telephony.watch(self.take, self._link)),
            asyncio.create_task(self._ping()),
            asyncio.create_task(self._beat()),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    # --- reading -------------------------------------------------------------------------------------------

    @property
    def stale(self) -> bool:
        return not (self._linked and self._alive)

    def state(self) -> Message:
        """The whole floor with whole numbers: for the server's own use; people get ``view``."""
        return {
            "seq": self.seq,
            "at": iso(self._contact_at if self.stale else utc_now()),
            **{name: list(rows.values()) for name, rows in self._rows.items()},
            "announcements": self._announcements,
            **self._condition(),
        }

    def view(self, user: User) -> Message:
        return floor_for(user, self.state())

    def call(self, call_id: str) -> Message | None:
        return self._rows["calls"].get(call_id)

    def agent(self, extension: str) -> Message | None:
        return self._rows["agents"].get(extension)

    def snapshot_text(self, user: User) -> str:
        personal = not sees_numbers(user) and any(is_own(user, row) for row in self._rows["calls"].values())
        if personal:
            return _text({"type": "snapshot", **self.view(user)})
        may = rights(user)
        if may not in self._snapshots:
            self._snapshots[may] = _text({"type": "snapshot", **self.view(user)})
        return self._snapshots[may]

    def listen(self, user: User) -> Listener:
        """Remember to discard it from ``listeners``."""
        listener = Listener(self, user)
        self.listeners.add(listener)
        return listener

    def say(self, message: Message, to: Callable[[User], bool]) -> None:
        """Something besides the floor, to those it is for; who is not there now does not get it later."""
        text = _text(message)
        for listener in self.listeners:
            if to(listener.user):
                listener.put(text)

    def announce(self, rows: list[Message]) -> None:
        """Which announcements stand now: said when they have changed, and part of every snapshot."""
        if rows == self._announcements:
            return
        self._announcements = rows
        self._snapshots.clear()
        self.say({"type": "announcements", "announcements": rows}, reads_announcements)

    def on_change(self, watcher: Callable[[Message], None]) -> None:
        """For parts of this process: called with every message, whole numbers included."""
        self._watchers.append(watcher)

    # --- from the sip process ------------------------------------------------------------------------------

    def take(self, message: Message) -> bool:
        """A pushed message; ``False`` when one before it was missed."""
        if message["type"] == "snapshot":
            for name, key in KEYS.items():
                self._rows[name] = {row[key]: row for row in message.get(name, ())}
        elif message["seq"] == self._core_seq + 1:
            for name, key in KEYS.items():
                self._rows[name].update((row[key], row) for row in message.get(name, ()))
            for call_id in message.get("gone", ()):
                self._rows["calls"].pop(call_id, None)
        else:
            return False
        self._core_seq = message["seq"]
        self._health = message.get("health", self._health)
        self._linked = True
        self._touch()
        self.seq += 1
        if message["type"] == "snapshot":
            self._send({"type": "snapshot", **self.state()})
        else:
            self._send(
                {**message, "seq": self.seq, **({"health": self._condition()["health"]} if "health" in message else {})}
            )
        return True

    def _touch(self) -> None:
        self._contact, self._contact_at, self._alive = time.monotonic(), utc_now(), True

    def _link(self, up: bool) -> None:
        if not up:
            self._linked = False
            self._send(self._heartbeat())

    async def _ping(self) -> None:
        """A process that hangs keeps its socket open: only an answer says that it lives."""
        while True:
            before = self.stale
            try:
                self.ping = await self.telephony.request("ping", limit_s=PING_LIMIT_S)
                self._touch()
            except HotlineError:
                self.ping = None
                self._alive = False
            if self.stale != before:
                self._send(self._heartbeat())
            await asyncio.sleep(PING_EVERY_S)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self._send(self._heartbeat())

    # --- to the listeners ----------------------------------------------------------------------------------

    def _condition(self) -> Message:
        age_s = round(time.monotonic() - self._contact, 1) if self.stale else 0.0
        return {
            "health": {**self._health, "sip": "down" if self.stale else "up"},
            "stale": self.stale,
            "age_s": age_s,
        }

    def _heartbeat(self) -> Message:
        return {"type": "heartbeat", "seq": self.seq, "at": iso(utc_now()), **self._condition()}

    def _send(self, message: Message) -> None:
        self._snapshots.clear()
        for watcher in self._watchers:
            watcher(message)
        calls = message.get("calls") or ()
        texts: dict[tuple[bool, ...], str] = {}
        for listener in self.listeners:
            user = listener.user
            may = rights(user)
            if not sees_numbers(user) and any(is_own(user, row) for row in calls):
                listener.put(_text(floor_for(user, message)))
                continue
            if may not in texts:
                texts[may] = _text(floor_for(user, message))
            listener.put(texts[may])


def _text(message: Message) -> str:
    return orjson.dumps(message).decode()
