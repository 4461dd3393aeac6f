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
from core.errors import BadInput, HotlineError, NotFound
from core.events import new_uid
from core.ports import RemoteMedia
from core.telephony import inputs as inp
from core.telephony.engine import Engine
from core.telephony.media import g711

log = logging.getLogger(__name__)

MAX_BACKLOG_BYTES = 4 << 20
ACTIONS = (
    "answer",
    "hold",
    "resume",
    "transfer",
    "consult",
    "complete_transfer",
    "cancel_consult",
    "conference",
    "hangup",
)
STATES = ("ready", "break", "offline")
MODES = ("listen", "whisper", "barge", "take_over")

Request = dict[str, Any]
Reload = Callable[[], Awaitable[int]]


class ControlServer:
    """Serves ``path`` for one engine. ``reload`` re-reads the site and returns its version."""

    def __init__(self, path: Path, engine: Engine, reload: Reload) -> None:
        self.path = path
        self.engine = engine
        self.reload = reload
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._verbs: dict[str, Callable[[Request], Awaitable[Any] | Any]] = {
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
                if request.get("do") == "watch":
                    writer.write(orjson.dumps({"id": request.get("id"), "ok": True, "result": {}}) + b"\n")
                    push(self.engine.snapshot())
                    self.engine.listeners.add(push)
                else:
                    writer.write(orjson.dumps(await self._answer(request)) + b"\n")
        except (OSError, ValueError) as problem:
            log.info("control connection ended: %s", problem)
        finally:
            self.engine.listeners.discard(push)
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, request: Request) -> dict[str, Any]:
        head = {"id": request.get("id")}
        verb = self._verbs.get(str(request.get("do")))
        try:
            if verb is None:
                raise BadInput("Unknown request {do}.", field="do", do=request.get("do"))
            result = verb(request)
            if isinstance(result, Awaitable):
                result = await result
            return {**head, "ok": True, "result": result}
        except HotlineError as no:
            error = {"code": no.code, "message": no.message, "field": no.field, "remedy": no.remedy}
            return {**head, "ok": False, "error": {**error, "values": {k: str(v) for k, v in no.values.items()}}}
        except Exception:
            log.exception("request failed: %s", request.get("do"))
            return {
                **head,
                "ok": False,
                "error": {"code": "error", "message": "The telephony core failed at this request."},
            }

    # --- verbs ---------------------------------------------------------------------------------------------

    def _ping(self, _request: Request) -> dict[str, Any]:
        calls = len(self.engine.snapshot()["calls"])
        return {"at": iso(utc_now()), "version": self.engine.version, "calls": calls, **self.engine.health()}

    async def _reload(self, _request: Request) -> dict[str, Any]:
        return {"version": await self.reload()}

    def _agent_state(self, request: Request) -> dict[str, Any]:
        extension = _text(request, "extension")
        state = _one_of(request, "state", STATES)
        self.engine.ask(inp.StateAsked(extension, state, str(request.get("reason") or "")))  # type: ignore[arg-type]
        return self._agent(extension)

    def _wrap_up_done(self, request: Request) -> dict[str, Any]:
        extension = _text(request, "extension")
        self.engine.ask(
            inp.WrapUpDone(extension, str(request.get("category") or ""), str(request.get("note") or "")),
        )
        return self._agent(extension)

    def _originate(self, request: Request) -> dict[str, Any]:
        call = inp.CallId(new_uid(utc_now()))
        extension, target = _text(request, "from_extension"), _text(request, "to")
        self.engine.ask(inp.OriginateAsked(call, extension, target, request.get("order_id")))
        return {"call_id": call}

    def _action(self, request: Request) -> dict[str, Any]:
        call = inp.CallId(_text(request, "call_id"))
        action = _one_of(request, "action", ACTIONS)
        self.engine.ask(
            inp.ActionAsked(call, _text(request, "by"), action, str(request.get("target") or "")),  # type: ignore[arg-type]
        )
        return next((row for row in self.engine.snapshot()["calls"] if row["id"] == call), {})

    def _supervise(self, request: Request) -> dict[str, Any]:
        asked = inp.SuperviseAsked(
            inp.CallId(_text(request, "call_id")),
            _text(request, "by"),
            _one_of(request, "mode", MODES),  # type: ignore[arg-type]
            _text(request, "reason"),
            str(request.get("extension") or ""),
            tab=str(request.get("tab") or ""),
            instead_of=inp.LegId(str(request["instead_of"])) if request.get("instead_of") else None,
        )
        port = request.get("rtp_port")
        ip = str(request.get("rtp_ip") or "127.0.0.1")
        browser = RemoteMedia(ip, port, g711.PCMU, None) if isinstance(port, int) else None
        address = self.engine.supervise(asked, browser)
        return {"ip": address[0], "port": address[1]} if address else {}

    def _supervise_stop(self, request: Request) -> dict[str, Any]:
        tab = str(request.get("tab") or "")
        self.engine.ask(inp.SupervisionLeft(inp.CallId(_text(request, "call_id")), _text(request, "by"), tab))
        return {}

    def _assign(self, request: Request) -> dict[str, Any]:
        self.engine.ask(inp.AssignAsked(inp.CallId(_text(request, "call_id")), _text(request, "extension")))
        return {}

    def _move(self, request: Request) -> dict[str, Any]:
        self.engine.ask(inp.MoveAsked(inp.CallId(_text(request, "call_id")), _text(request, "queue")))
        return {}

    def _prioritise(self, request: Request) -> dict[str, Any]:
        priority = request.get("priority")
        if not isinstance(priority, int):
            raise BadInput("{field} is missing.", field="priority", remedy="Give it as a whole number.")
        self.engine.ask(inp.PriorityAsked(inp.CallId(_text(request, "call_id")), priority, _text(request, "by")))
        return {}

    def _end(self, request: Request) -> dict[str, Any]:
        self.engine.ask(inp.EndAsked(inp.CallId(_text(request, "call_id"))))
        return {}

    def _agent(self, extension: str) -> dict[str, Any]:
        for row in self.engine.snapshot()["agents"]:
            if row["extension"] == extension:
                return dict(row)
        raise NotFound("There is no agent {extension}.", field="extension", extension=extension)


def _text(request: Request, field: str) -> str:
    value = request.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadInput("{field} is missing.", field=field, remedy="Give it as text.")
    return value.strip()


def _one_of(request: Request, field: str, allowed: tuple[str, ...]) -> str:
    value = _text(request, field)
    if value not in allowed:
        raise BadInput(
            "{value} is not possible here.",
            field=field,
            remedy="Use one of: {allowed}.",
            value=value,
            allowed=", ".join(allowed),
        )
    return value
