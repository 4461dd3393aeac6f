"""What every seat is doing, on disk before it is told to anybody: a killed core does not send a shift home.

One line for each change, appended without a buffer, and the whole anew when it has grown. What is too old or cannot be
read is forgotten, and everybody signs on again.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.clock import written_at
from core.telephony.call_control import agents
from core.telephony.call_control.world import World
from core.telephony.inputs import AgentBefore

log = logging.getLogger(__name__)

# After a longer break nobody can say who is still at the desk.
FRESH_S = 600.0
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the core before this one left: its seats, the calls it had, and whether it ended in good order."""

    sessions: tuple[AgentBefore, ...] = ()
    calls: int = 0
    clean: bool = True
    # Its last sign of life (epoch seconds), however long ago; None without any.
    last_alive: float | None = None


class AgentSnapshot:
    """Used on the event loop: a line goes into the system's cache and waits for no disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._calls = -1
        self._ill = False

    def read(self, now: float) -> LastRun:
        """``now``: UTC epoch seconds. A last line that was cut off counts for nothing."""
        last: float | None = None
        try:
            last = written_at(self.path)
            if not 0 <= now - last <= FRESH_S:
                return LastRun(last_alive=last)
            lines = self.path.read_text("utf-8").split("\n")[:-1]
            sessions: dict[str, AgentBefore] = {}
            calls, clean = 0, False
            for line in lines:
                told = json.loads(line)
                calls, clean = int(told["calls"]), bool(told.get("clean"))
                if (row := told.get("seat")) is not None:
                    sessions[row["extension"]] = AgentBefore(**row)
            at_work = tuple(session for _, session in sorted(sessions.items()) if session.state != "offline")
            return LastRun(at_work, calls, clean, last) if lines else LastRun(last_alive=last)
        except FileNotFoundError:
            return LastRun()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
            log.warning("the seats' last states cannot be read, agents sign on again: %s", broken)
            return LastRun(last_alive=last)

    def begin(self, world: World) -> None:
        """A file that says how things stand, in place of the one before."""
        self._close()
        fresh = self.path.with_suffix(".new")
        rows = [self._line(world, seat=session) for session in agents.standing(world)] or [self._line(world)]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(b"".join(rows))
            fresh.replace(self.path)
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        except OSError as full:
            self._failed(full)

    def note(self, world: World, extensions: Iterable[str]) -> None:
        """These seats have changed."""
        for extension in sorted(set(extensions)):
            self._append(self._line(world, seat=agents.standing_of(world, extension)))

    def breathe(self) -> None:
        """Several times a second: the file's age says when the core was last alive."""
        if self._file is not None:
            os.utime(self._file)

    def alive(self, world: World) -> None:
        """Every second: the file is as it should be."""
        if self._file is None:
            self.begin(world)
        elif len(world.calls) != self._calls:
            self._append(self._line(world))
        self.breathe()
        if self._file is not None and os.fstat(self._file).st_size > MOST_BYTES:
            self.begin(world)

    def end(self, world: World) -> None:
        """In good order."""
        self._append(self._line(world, clean=True))
        self._close()

    def _line(self, world: World, **more: Any) -> bytes:
        self._calls = len(world.calls)
        return orjson.dumps({"calls": self._calls, **more}, option=orjson.OPT_APPEND_NEWLINE)

    def _append(self, line: bytes) -> None:
        if self._file is None:
            return
        try:
            os.write(self._file, line)
            self._ill = False
        except OSError as full:
            # Half a line may stand there: a new file when there is room again.
            self._close()
            self._failed(full)

    def _failed(self, why: OSError) -> None:
        if not self._ill:
            log.warning("the seats' states are not kept on disk: %s", why)
        self._ill = True

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
