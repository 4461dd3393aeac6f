"""The sip process's control socket (``docs/control.md``): requests from the web process, live state to it.

Parses, calls the engine, answers; no rules. A reader that does not keep up is dropped and will come back for
a snapshot, so a stuck web process costs the sip process nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson

from core.clock import iso, utc_now
from core.errors import HotlineError, NotFound
from core.events import new_uid
from core.ports import RemoteMedia
from core.telephony import inputs as inp
from core.telephony import requests as req
from core.telephony.engine import Engine
from core.telephony.media import g711

log = logging.getLogger(__name__)

MAX_BACKLOG_BYTES = 4 << 20
Reload = Callable[[], Awaitable[int]]
# What only looks has nothing to wait for.
LOOKS = frozenset({"ping", "live"})


async def _at_once() -> None:
    """Where nobody asks what a power cut would cost."""


class ControlServer:
    """Serves ``path`` for one engine. ``reload`` re-reads the site and returns its version; ``on_disk`` returns when
    the facts told so far outlive a power cut: only then are requests answered that may have told some."""

    def __init__(
        self, path: Path, engine: Engine, reload: Reload, on_disk: Callable[[], Awaitable[None]] = _at_once
    ) -> None:
        self.path = path
        self.engine = engine
        self.reload = reload
        self.on_disk = on_disk
        self._answers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._verbs: dict[str, Callable[[Any], Awaitable[Any] | Any]] = {
            "ping": self._ping,
            "live": lambda _request: self.engine.snapshot(),
            "reload": self._reload,
            "agent_state": self._agent_state,
            "wrap_up_done": self._wrap_up_done,
            "originate": self._originate,
            "action": self._action,
            "supervise": self._supervise,
            "supervise_stop": self._supervise_stop,
            "assign": self._assign,
            "move": self._move,
            "prioritise": self._prioritise,
            "end": self._end,
        }

    async def start(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=1 << 20)
        self.path.chmod(0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)

        def push(message: dict[str, Any]) -> None:
            if writer.transport.get_write_buffer_size() > MAX_BACKLOG_BYTES:
                writer.transport.abort()
                return
            writer.write(orjson.dumps({"live": message}) + b"\n")

        try:
            while line := await reader.readline():
                request = orjson.loads(line)
                if _word(request, "do") == "watch":
                    writer.write(orjson.dumps({"id": _word(request, "id"), "ok": True, "result": {}}) + b"\n")
                    push(self.engine.snapshot())
                    self.engine.listeners.add(push)
                else:
                    # Requests are obeyed in their order; whose answer must wait for the disk holds up no other.
                    task = asyncio.get_running_loop().create_task(self._reply(writer, request))
                    self._answers.add(task)
                    task.add_done_callback(self._answers.discard)
        except (OSError, ValueError) as problem:
            log.info("control connection ended: %s", problem)
        finally:
            self.engine.listeners.discard(push)
            self._writers.discard(writer)
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, request: Any) -> None:
        answer = await self._answer(request)
        if _word(request, "do") not in LOOKS:
            try:
                await self.on_disk()
            except HotlineError as no:
                # What was refused anyway stays so.
                answer = _refused(request, no) if answer["ok"] else answer
        if not writer.is_closing():
            writer.write(orjson.dumps(answer) + b"\n")

    async def _answer(self, request: Any) -> dict[str, Any]:
        head = {"id": _word(request, "id")}
        try:
            asked = req.read(request)
            result = self._verbs[asked.do](asked)
            if isinstance(result, Awaitable):
                result = await result
            return {**head, "ok": True, "result": result}
        except HotlineError as no:
            return _refused(request, no)
        except Exception:
            log.exception("request failed: %s", _word(request, "do"))
            return {
                **head,
                "ok": False,
                "error": {"code": "error", "message": "The telephony core failed at this request."},
            }

    # --- verbs ---------------------------------------------------------------------------------------------

    def _ping(self, _asked: req.Bare) -> dict[str, Any]:
        calls = self.engine.board.calls_up()
        return {"at": iso(utc_now()), "version": self.engine.version, "calls": calls, **self.engine.health()}

    async def _reload(self, _asked: req.Bare) -> dict[str, Any]:
        return {"version": await self.reload()}

    def _agent_state(self, asked: req.StateRequest) -> dict[str, Any]:
        self.engine.ask(inp.StateRequested(asked.extension, asked.state, asked.reason))
        return self._agent(asked.extension)

    def _wrap_up_done(self, asked: req.WrapUpRequest) -> dict[str, Any]:
        self.engine.ask(inp.WrapUpDone(asked.extension, asked.category, asked.note))
        return self._agent(asked.extension)

    def _originate(self, asked: req.Originate) -> dict[str, Any]:
        call = inp.CallId(new_uid(utc_now()))
        self.engine.ask(inp.OriginateRequested(call, asked.from_extension, asked.to, asked.order_id))
        return {"call_id": call}

    def _action(self, asked: req.Action) -> dict[str, Any]:
        call = inp.CallId(asked.call_id)
        self.engine.ask(inp.ActionRequested(call, asked.by, asked.action, asked.target))
        return self.engine.board.call(call) or {}

    def _supervise(self, asked: req.Supervise) -> dict[str, Any]:
        wanted = inp.SuperviseRequested(
            inp.CallId(asked.call_id),
            asked.by,
            asked.mode,
            asked.reason,
            asked.extension,
            tab=asked.tab,
            instead_of=inp.LegId(asked.instead_of) if asked.instead_of else None,
        )
        port = asked.rtp_port
        browser = RemoteMedia(asked.rtp_ip or "127.0.0.1", port, g711.PCMU, None) if port is not None else None
        address = self.engine.supervise(wanted, browser)
        return {"ip": address[0], "port": address[1]} if address else {}

    def _supervise_stop(self, asked: req.SuperviseStop) -> dict[str, Any]:
        self.engine.ask(inp.SupervisionLeft(inp.CallId(asked.call_id), asked.by, asked.tab))
        return {}

    def _assign(self, asked: req.Assign) -> dict[str, Any]:
        self.engine.ask(inp.AssignRequested(inp.CallId(asked.call_id), asked.extension))
        return {}

    def _move(self, asked: req.Move) -> dict[str, Any]:
        self.engine.ask(inp.MoveRequested(inp.CallId(asked.call_id), asked.queue))
        return {}

    def _prioritise(self, asked: req.Prioritise) -> dict[str, Any]:
        self.engine.ask(inp.PriorityRequested(inp.CallId(asked.call_id), asked.priority, asked.by))
        return {}

    def _end(self, asked: req.End) -> dict[str, Any]:
        self.engine.ask(inp.EndRequested(inp.CallId(asked.call_id)))
        return {}

    def _agent(self, extension: str) -> dict[str, Any]:
        row = self.engine.board.agent(extension)
        if row is None:
            raise NotFound("There is no agent {extension}.", field="extension", extension=extension)
        return row


def _word(request: Any, name: str) -> Any:
    """Of what may be no request at all."""
    found = request.get(name) if isinstance(request, dict) else None
    return found if isinstance(found, str | int) else None


def _refused(request: Any, no: HotlineError) -> dict[str, Any]:
    error = {"code": no.code, "message": no.message, "field": no.field, "remedy": no.remedy}
    values = {k: str(v) for k, v in no.values.items()}
    return {"id": _word(request, "id"), "ok": False, "error": {**error, "values": values}}
