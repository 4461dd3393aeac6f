"""The sip process's middle: carries inputs to the pure call floor and its commands to the shells.

Everything happens on one event loop and nothing here waits: the floor answers at once, signalling and media
take commands without blocking, facts go to a local journal from which another thread feeds the database.
No rule about calls, queues or agents belongs in this file.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from core import errors
from core.clock import iso, utc_now
from core.events import AgentStateChanged, CoreStarted, Event, Fact, MediaLost, MediaRestored, new_uid
from core.installation.definition import Installation
from core.ports import LegMedia, RemoteMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.agent_snapshot import AgentSnapshot, LastRun
from core.telephony.call_clock import AT_WORK, CallClock
from core.telephony.call_control import Floor, outward
from core.telephony.journal import Journal
from core.telephony.live import LiveBoard
from core.telephony.media.recorder import NEVER_BEGAN
from core.telephony.prompts import Prompts

log = logging.getLogger(__name__)

# Changes within this time go out as one message: a call set-up is a dozen changes in a few milliseconds.
LIVE_COALESCE_S = 0.015
# A prompt that is not in the cache must be made; a caller never waits longer than this for a voice.
RENDER_LIMIT_S = 4.0

Listener = Callable[[dict[str, Any]], None]


class Executes(Protocol):
    """A shell that obeys commands."""

    def execute(self, command: cmd.Command) -> None: ...


class Media(LegMedia, Executes, Protocol):
    """What the engine needs of the media client."""

    def play(self, leg: str, files: Any, token: str, loop: bool = False, mix: bool = False) -> None: ...


_ERRORS: Mapping[str, type[errors.HotlineError]] = {
    "conflict": errors.Conflict,
    "not_found": errors.NotFound,
    "bad_input": errors.BadInput,
    "not_allowed": errors.NotAllowed,
}


class Engine:
    """Owns the floor. ``attach`` the shells before the first input."""

    def __init__(
        self,
        installation: Installation,
        journal: Journal,
        prompts: Prompts,
        memory: AgentSnapshot,
        version: str,
        clock: CallClock | None = None,
    ) -> None:
        self.installation = installation
        self.clock = clock or CallClock()
        self.floor = Floor(installation, now=self.clock.now())
        self.board = LiveBoard(self.floor)
        self.journal = journal
        self.prompts = prompts
        self.memory = memory
        self.version = version
        self.recording = "ok"
        self.media_up = False
        self.listeners: set[Listener] = set()
        # Lines of supervisors in a browser: they have no dialog, only voice.
        self._browsers: set[inp.LegId] = set()
        self._signalling: Executes | None = None
        self._media: Media | None = None
        self._inputs: deque[tuple[inp.Input, list[cmd.Refuse] | None]] = deque()
        self._draining = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._playing: dict[str, str] = {}
        self._renders: set[asyncio.Task[None]] = set()
        self._flush: asyncio.TimerHandle | None = None
        self._seq = 0
        self._health_sent: dict[str, Any] = {}
        self._health_of_database: Callable[[], str] = lambda: "up"
        self._health_of_trunks: Callable[[], dict[str, str]] = dict
        self._health_of_gateways: Callable[[], dict[str, dict[str, str]]] = dict
        # When the core before this one was killed: since when this one runs, and how many calls that cost.
        self._fell: dict[str, Any] = {}
        # During a planned stop: until when calls are waited for.
        self._stops: dict[str, Any] = {}

    def attach(
        self,
        signalling: Executes,
        media: Media,
        database_state: Callable[[], str],
        trunk_states: Callable[[], dict[str, str]] = dict,
        gateway_states: Callable[[], dict[str, dict[str, str]]] = dict,
    ) -> None:
        self._signalling, self._media = signalling, media
        self._health_of_database, self._health_of_trunks = database_state, trunk_states
        self._health_of_gateways = gateway_states

    def started(self, before: LastRun) -> None:
        """Says in the log that a core without calls begins here, and until when the one before it lived."""
        self._emit([(CoreStarted(version=self.version, last_alive=before.last_alive), self.clock.now())])

    def go_on(self, before: LastRun) -> None:
        """Once phones are known: the seats as they were."""
        if not before.clean:
            self._fell = {"restarted_at": iso(utc_now()), "lost_calls": before.calls}
        if before.sessions:
            self.take(inp.AgentsRestored(before.sessions))
        self.memory.begin(self.floor.world)

    # --- inputs --------------------------------------------------------------------------------------------

    def take(self, given: inp.Input) -> None:
        """From a shell: handle it now, or right after the one being handled."""
        self._inputs.append((given, None))
        if not self._draining:
            self._drain()

    def ask(self, given: inp.Input) -> None:
        """From an operator: as ``take``, but raises what the floor refuses."""
        refusals: list[cmd.Refuse] = []
        self._inputs.append((given, refusals))
        if not self._draining:
            self._drain()
        if refusals:
            no = refusals[0]
            raise _ERRORS[no.code](no.message, field=no.field, remedy=no.remedy)

    def supervise(self, asked: inp.SuperviseRequested, browser: RemoteMedia | None) -> tuple[str, int] | None:
        """As ``ask``; for a ``browser`` (where its RTP is relayed to) returns where ours is, for a phone nothing."""
        if browser is None:
            self.ask(asked)
            return None
        assert self._media is not None
        leg = inp.LegId(new_uid())
        address = self._media.open(leg)
        self._media.connect(leg, browser)
        self._browsers.add(leg)
        try:
            self.ask(replace(asked, leg=leg))
        except errors.HotlineError:
            self._close_browser(leg)
            raise
        return address

    def _close_browser(self, leg: inp.LegId) -> None:
        assert self._media is not None
        self._browsers.discard(leg)
        self._media.close(leg)

    def change_installation(self, installation: Installation) -> None:
        self.installation = installation
        self.floor.set_installation(installation)
        self.take(inp.InstallationChanged())

    def _drain(self) -> None:
        self._draining = True
        try:
            while self._inputs:
                given, refusals = self._inputs.popleft()
                now = self.clock.now()
                try:
                    self._obey(self.floor.handle(given, now), now, refusals)
                except Exception:
                    # One call's bug must not take the floor down; the input that showed it is in the log.
                    log.exception("input failed: %s", type(given).__name__)
                self._notice(given)
        finally:
            self._draining = False
        self._schedule_live()

    def _notice(self, given: inp.Input) -> None:
        if isinstance(given, inp.RecordingBroke) and given.reason != NEVER_BEGAN:
            self.recording = "disk_full" if given.reason == "disk_full" else "failed"
        elif isinstance(given, inp.RecordingClosed):
            self.recording = "ok"

    # --- commands ------------------------------------------------------------------------------------------

    def _obey(self, commands: list[cmd.Command], now: float, refusals: list[cmd.Refuse] | None) -> None:
        assert self._signalling is not None
        assert self._media is not None
        facts: list[tuple[Fact, float]] = []
        for command in commands:
            match command:
                case cmd.Emit():
                    facts.append((command.fact, now if command.at is None else command.at))
                case cmd.AskAlive() if command.leg in self._browsers:
                    # A browser speaks at least once a second, and there is no dialog in which it could be asked.
                    self.take(inp.LegProbed(command.leg, 481))
                case cmd.HangUp() if command.leg in self._browsers:
                    self._close_browser(command.leg)
                case cmd.StartTimer():
                    self._start_timer(command.name, command.after_s)
                case cmd.StopTimer():
                    self._stop_timer(command.name)
                case cmd.Play():
                    self._play(command)
                case cmd.StopPlay():
                    self._playing.pop(command.leg, None)
                    self._media.execute(command)
                case cmd.Hear() | cmd.Record() | cmd.StopRecord() | cmd.SendDigits() | cmd.Listen():
                    self._media.execute(command)
                case cmd.Refuse():
                    if refusals is not None:
                        refusals.append(command)
                case _:
                    self._signalling.execute(command)
        # Last: the caller's phone rings a little earlier, and a killed process never told more than it did.
        self._emit(facts)

    def _emit(self, facts: list[tuple[Fact, float]]) -> None:
        if facts:
            changed = [fact.extension for fact, _at in facts if isinstance(fact, AgentStateChanged)]
            if changed:
                self.memory.note(self.floor.world, changed)
            self.journal.append([Event.of(fact, self.clock.moment_of(fact, at)) for fact, at in facts])

    def _start_timer(self, name: str, after_s: float) -> None:
        self._stop_timer(name)
        self._timers[name] = asyncio.get_running_loop().call_later(after_s, self._timer_fired, name)

    def _stop_timer(self, name: str) -> None:
        if (handle := self._timers.pop(name, None)) is not None:
            handle.cancel()

    def _timer_fired(self, name: str) -> None:
        self._timers.pop(name, None)
        self.take(inp.TimerFired(name))

    def _play(self, command: cmd.Play) -> None:
        assert self._media is not None
        self._playing[command.leg] = command.token
        ready = self.prompts.cached(command.parts)
        if ready is not None:
            self._media.play(command.leg, ready, command.token, command.loop, command.mix)
            return
        task = asyncio.get_running_loop().create_task(self._render_and_play(command))
        self._renders.add(task)
        task.add_done_callback(self._renders.discard)

    async def _render_and_play(self, command: cmd.Play) -> None:
        assert self._media is not None
        try:
            files = await asyncio.wait_for(self.prompts.render(command.parts), RENDER_LIMIT_S)
        except (errors.HotlineError, TimeoutError, OSError) as problem:
            log.warning("prompt could not be made: %s", problem or "too slow")
            files = []
        if self._playing.get(command.leg) != command.token:
            return
        if files:
            self._media.play(command.leg, files, command.token, command.loop, command.mix)
        elif not command.loop:
            # A prompt that cannot be spoken must not strand the caller in the flow.
            self.take(inp.PlayFinished(command.leg, command.token))

    # --- media link ----------------------------------------------------------------------------------------

    def media_link(self, up: bool) -> None:
        if up == self.media_up:
            return
        self.media_up = up
        calls = self.board.calls_up()
        if up:
            self._emit([(MediaRestored(calls), self.clock.now())])
        else:
            self._emit([(MediaLost(calls), self.clock.now())])
        self._schedule_live()

    # --- live ----------------------------------------------------------------------------------------------

    def health(self) -> dict[str, Any]:
        return {
            "media": "up" if self.media_up else "down",
            "database": self._health_of_database(),
            "recording": self.recording,
            "voice": self.prompts.voice,
            "trunks": self._health_of_trunks(),
            "gateways": self._health_of_gateways(),
            "dialling": outward.figures(self.floor.world, self.clock.now()),
            **self._fell,
            **self._stops,
        }

    def snapshot(self) -> dict[str, Any]:
        now = self.clock.now()
        return {
            "type": "snapshot",
            "seq": self._seq,
            "at": iso(now + self.clock.ahead_s),
            **self.board.snapshot(now),
            "health": self.health(),
        }

    def _schedule_live(self) -> None:
        if self._flush is None and self.listeners:
            self._flush = asyncio.get_running_loop().call_later(LIVE_COALESCE_S, self._flush_live)

    def _flush_live(self) -> None:
        self._flush = None
        now = self.clock.now()
        left = self.board.somebody_left()
        changed = self.board.changes(now)
        health = self.health()
        if changed is None and health == self._health_sent:
            return
        self._seq += 1
        message: dict[str, Any] = {
            "type": "change",
            "seq": self._seq,
            "at": iso(now + self.clock.ahead_s),
            **(changed or {}),
        }
        if left:
            message = self.snapshot()
            self._health_sent = health
        elif health != self._health_sent:
            message["health"] = self._health_sent = health
        for listener in tuple(self.listeners):
            listener(message)

    def note(self, fact: Fact) -> None:
        """A fact that no call shows."""
        self.journal.append([Event.of(fact, utc_now())])

    def check_health(self) -> None:
        """Called every second: tells listeners of a change in health that no call showed."""
        if self.clock.check(self._going_on):
            world = self.floor.world
            world.ahead_s = self.clock.ahead_s
            # What people see of it has other times now.
            world.dirty_calls.update(world.calls)
            world.dirty_agents.update(world.sessions)
            world.dirty_queues.update(world.installation.queues)
            self._schedule_live()
        self.memory.alive(self.floor.world)
        if self.health() != self._health_sent:
            self._schedule_live()

    def stopping(self, until: float) -> None:
        """A planned stop: calls in progress may go on until then (UTC epoch seconds), and everybody is told."""
        self._stops = {"stopping_at": iso(until)}
        self.take(inp.CoreStopping())
        self._schedule_live()

    def _going_on(self) -> list[str]:
        world = self.floor.world
        at_work = [session for session in world.sessions.values() if session.state in AT_WORK]
        # After-call work belongs to a call that is over.
        owed = [session.call for session in at_work if session.call is not None]
        return [*world.calls, *owed, *(session.agent.extension for session in at_work)]

    def calls(self) -> int:
        return len(self.floor.world.calls)

    async def stop(self) -> None:
        """``HouseStopped`` comes before it, so that no call is left without its end."""
        self.memory.end(self.floor.world)
        for handle in self._timers.values():
            handle.cancel()
        for task in self._renders:
            task.cancel()
        await asyncio.gather(*self._renders, return_exceptions=True)
