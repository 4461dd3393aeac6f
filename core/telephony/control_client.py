"""The asking side of the sip process's control socket (``docs/control.md``).

Carries requests, answers and pushed live state; knows neither their meaning nor the web. One connection for
requests, made anew when it broke; another one for as long as somebody watches.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from core.errors import HotlineError, PeerError, Unavailable

log = logging.getLogger(__name__)

LINE_LIMIT_BYTES = 32 << 20
ANSWER_LIMIT_S = 5.0
FIRST_RETRY_S = 0.05
LONGEST_RETRY_S = 0.5

Message = dict[str, Any]


def _kinds(root: type[HotlineError]) -> Iterator[tuple[str, type[HotlineError]]]:
    """By code, the kind that names it: others share it and are made in other ways, as those of other folders are."""
    if "code" in vars(root) and root.__module__ == HotlineError.__module__:
        yield root.code, root
    for kind in root.__subclasses__():
        if kind is not PeerError:
            yield from _kinds(kind)


_ERRORS = dict(_kinds(HotlineError))


class ControlClient:
    """``path`` is ``HOME/run/sip.sock``; nothing is opened before the first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    async def request(self, do: str, *, limit_s: float = ANSWER_LIMIT_S, **arguments: object) -> dict[str, Any]:
        """The result, or the error that the core answered with; ``Unavailable`` when it does not answer."""
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(limit_s):
                writer = await self._connected()
                writer.write(orjson.dumps({"id": number, "do": do, **arguments}) + b"\n")
                await writer.drain()
                reply = await answer
        except (OSError, TimeoutError) as gone:
            raise _away() from gone
        finally:
            self._waiting.pop(number, None)
        if reply.get("ok"):
            return dict(reply.get("result") or {})
        raise _error(reply.get("error") or {})

    async def watch(
        self,
        on_message: Callable[[Message], bool | None],
        on_link: Callable[[bool], None] | None = None,
    ) -> None:
        """Hands over every pushed message, for ever; comes back by itself after a break, with a new snapshot.

        ``on_message`` may return ``False`` to say that something was missed: then it begins anew.
        """
        pause_s = FIRST_RETRY_S
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_unix_connection(self.path, limit=LINE_LIMIT_BYTES)
                writer.write(orjson.dumps({"id": 0, "do": "watch"}) + b"\n")
                while line := await reader.readline():
                    message = orjson.loads(line)
                    if "live" not in message:
                        continue
                    if on_link is not None and pause_s:
                        on_link(True)
                    pause_s = 0.0
                    if on_message(message["live"]) is False:
                        log.info("live state missed something, beginning anew")
                        break
            except (OSError, ValueError) as broken:
                log.debug("live state: %s", broken)
            finally:
                if writer is not None:
                    writer.close()
            if on_link is not None and not pause_s:
                on_link(False)
            pause_s = min(max(2 * pause_s, FIRST_RETRY_S), LONGEST_RETRY_S)
            await asyncio.sleep(pause_s)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:
            if self._writer is None or self._writer.is_closing():
                reader, self._writer = await asyncio.open_unix_connection(self.path, limit=LINE_LIMIT_BYTES)
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                reply = orjson.loads(line)
                answer = self._waiting.get(reply.get("id"))
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except (OSError, ValueError) as broken:
            log.info("control connection broke: %s", broken)
        finally:
            writer.close()
            # Whoever still waits will get no answer any more. A new connection has its own reader.
            if self._writer is writer:
                self._writer = None
                for answer in self._waiting.values():
                    if not answer.done():
                        answer.set_exception(ConnectionResetError())
                        answer.exception()  # seen: the asker may be gone


def _away() -> Unavailable:
    return Unavailable(
        "The telephony core does not answer.",
        remedy="It is started again by itself; try again in a few seconds.",
    )


def _error(about: dict[str, Any]) -> HotlineError:
    kind = _ERRORS.get(str(about.get("code")), HotlineError)
    values = {name: value for name, value in (about.get("values") or {}).items() if name not in ("field", "remedy")}
    error = kind(str(about.get("message") or "error"), field=about.get("field"), remedy=about.get("remedy"), **values)
    if error.field:
        error.values["field"] = error.field
    return error
