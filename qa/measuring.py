"""Every recording is measured soon after its end, old ones in the background, in a process of its own.

What is owed stands in the marts: calls with a whole recording that this version of the measuring has not heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from core.clock import utc_now
from core.errors import Conflict, HotlineError, NotFound, Unavailable
from core.process import Key
from core.web.context import Web
from etl.feed import FEEDER
from etl.warehouse import Warehouse
from qa import reading
from qa.reading import CallToHear
from qa.service import audio
from qa.service.audio import AudioRecord
from qa.signals.measures import VERSION

LOOK_EVERY_S = 5.0
LIMIT_S = 120.0
# A line holds the spans of a long call.
LONGEST_LINE = 1 << 26
log = logging.getLogger(__name__)


class AudioMeasuring:
    """One for the process."""

    def __init__(self, web: Web, warehouse: Warehouse) -> None:
        self._web, self._warehouse = web, warehouse
        self._task: asyncio.Task[None] | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._stands: set[str] = set()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._always())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end_child()

    async def of(self, call: CallToHear) -> AudioRecord:
        """What was measured, at once where nobody has done so yet. ``NotFound`` without a recording, ``Conflict`` while
        it goes on."""
        known = await self._web.in_session(lambda session: audio.find(session, call.call_id))
        if known is not None:
            return known
        if call.path is None:
            raise NotFound("The call has no recording.", remedy="Only bridged calls are recorded.")
        if call.seconds is None:
            raise Conflict(
                "The recording is not whole yet.", field="call_id", remedy="Ask again when the call has ended."
            )
        holds = await reading.holds(self._warehouse, call)
        said = await self._ask({"path": str(self._path(call.path)), "holds": holds})
        return await self._web.in_session(
            lambda session: audio.keep(session, call.call_id, said.get("measures"), said.get("problem"), utc_now())
        )

    async def once(self) -> int:
        """Measures what is owed; how many calls."""
        owed = await reading.unmeasured(self._warehouse, VERSION)
        # The marts know what was measured a moment later.
        done = await self._web.in_session(lambda session: audio.measured(session, owed))
        count = 0
        for call_id in owed:
            if call_id in done or call_id in self._stands:
                continue
            try:
                await self.of(await reading.call(self._warehouse, call_id))
            except HotlineError as away:
                # Until the next start, so that one call does not stand before all others.
                log.warning("the recording of call %s is not measured: %s", call_id, away.message)
                self._stands.add(call_id)
                continue
            count += 1
        return count

    async def _always(self) -> None:
        while True:
            try:
                # Before the first round of the feed there are no marts yet.
                if self._web.parts[FEEDER].status()["state"] in ("up", "slow") and await self.once():
                    continue
            except (HotlineError, SQLAlchemyError) as away:
                log.info("nothing is measured now: %s", type(away).__name__)
            except Exception:
                log.exception("the measuring stumbled")
            await asyncio.sleep(LOOK_EVERY_S)

    def _path(self, name: str) -> Path:
        folder = self._web.settings.recordings_dir.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise NotFound("The recording is not there.", remedy="It may have been removed, or was never begun.")
        return path

    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        async with self._turn:
            try:
                async with asyncio.timeout(LIMIT_S):
                    child = await self._running()
                    assert child.stdin is not None
                    assert child.stdout is not None
                    child.stdin.write(orjson.dumps(asked) + b"\n")
                    await child.stdin.drain()
                    line = await child.stdout.readline()
                found: dict[str, Any] = orjson.loads(line)
            except (TimeoutError, OSError, ValueError) as problem:
                await self._end_child()
                raise Unavailable("The recording cannot be measured now.", remedy="Try again in a minute.") from problem
            except asyncio.CancelledError:
                # Its answer would be taken for the next one's.
                await self._end_child()
                raise
        return found

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "qa.worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
            )
        return self._child

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


MEASURING = Key[AudioMeasuring]("qa_measuring")
