"""Answers are built off the event loop: every screen's pushes and every listener's voice share it with them.

``off_loop`` is for work over many rows. A route's answer is made JSON there by ``BuiltRoute``, whatever route it is. So
that threads that work do not keep the loop from its turn, there are few of them, and each gives way every millisecond.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import orjson
from fastapi.routing import APIRoute
from starlette.responses import Response

from core.web.repeats import MAKES, made_once

T = TypeVar("T")

THREADS = 2
# Python's own five, of every thread that works, would add up before the loop has its turn.
GIVES_WAY_S = 0.001
# orjson lets no other thread run: a long list is written in parts.
A_PART = 200
OPTIONS = orjson.OPT_NON_STR_KEYS

_builders = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")


def give_way() -> None:
    """Once for a process whose event loop must not wait."""
    sys.setswitchinterval(GIVES_WAY_S)


async def off_loop(work: Callable[..., T], *arguments: Any) -> T:
    """``work`` in a thread, with the asker's language and rights."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_builders, lambda: context.run(work, *arguments))


def as_json(value: Any) -> bytes:
    """As one text; for answers of any length."""
    return b"".join(_parts(value))


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict) and any(isinstance(one, list | dict) and len(one) > 1 for one in value.values()):
        yield b"{"
        for number, (key, one) in enumerate(value.items()):
            yield b"," * bool(number) + orjson.dumps(str(key)) + b":"
            yield from _parts(one)
        yield b"}"
    elif isinstance(value, list) and len(value) > A_PART:
        yield b"["
        for start in range(0, len(value), A_PART):
            yield b"," * bool(start) + orjson.dumps(value[start : start + A_PART], _plain, OPTIONS)[1:-1]
        yield b"]"
    else:
        yield orjson.dumps(value, _plain, OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return list(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    raise TypeError(f"no JSON for {type(value).__name__}")


class BuiltRoute(APIRoute):
    """A route whose answer is written off the event loop; what is a ``Response`` already goes out as it is. A POST that
    makes something makes it once for each ``Idempotency-Key``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        if "POST" in (more.get("methods") or ()) and more.get("status_code") in MAKES:
            endpoint = made_once(endpoint)
        super().__init__(path, _built(endpoint, more.get("status_code") or 200), **more)


def _built(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    if not inspect.iscoroutinefunction(endpoint):

        @functools.wraps(endpoint)
        def in_thread(*arguments: Any, **given: Any) -> Response:
            return _response(endpoint(*arguments, **given), status, given)

        return in_thread

    @functools.wraps(endpoint)
    async def on_loop(*arguments: Any, **given: Any) -> Response:
        found = await endpoint(*arguments, **given)
        return found if isinstance(found, Response) else await off_loop(_response, found, status, given)

    return on_loop


def _response(found: Any, status: int, given: dict[str, Any]) -> Response:
    if isinstance(found, Response):
        return found
    # What the endpoint said about its answer.
    said = next((one for one in given.values() if isinstance(one, Response)), None)
    status = (said.status_code if said is not None else None) or status
    answer = Response(b"" if status == 204 else as_json(found), status, media_type="application/json")
    if said is not None:
        answer.raw_headers += [(name, value) for name, value in said.raw_headers if name != b"content-length"]
    return answer
