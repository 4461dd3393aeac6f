"""Every answer that a test sees is held against the shape that its route declares: strictly, with no field too many.

The product writes answers as they are (``core/web/shapes``); this is where they are proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from core.web.answers import BuiltRoute


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def fault_of(route: APIRoute, answer: Response) -> str | None:
    """What is wrong with the body of an answer; files, pages and problems have no shape."""
    body = getattr(answer, "body", b"")
    if route.response_model is None or not body or answer.media_type != "application/json":
        return None
    try:
        adapter(route.response_model).validate_json(bytes(body), strict=True, extra="forbid")
    except ValidationError as wrong:
        found = {(".".join(map(str, one["loc"])), one["msg"]) for one in wrong.errors(include_url=False)[:20]}
        return f"{','.join(sorted(route.methods))} {route.path}: {sorted(found)}"
    return None


@pytest.fixture(scope="session", autouse=True)
def answers_are_watched() -> Iterator[list[str]]:
    """Before any application is built, also one that a whole module shares."""
    faults: list[str] = []
    original = BuiltRoute.get_route_handler

    def get_route_handler(route: BuiltRoute) -> Callable[[Request], Any]:
        handler = original(route)

        async def watched(request: Request) -> Response:
            answer = await handler(request)
            fault = fault_of(route, answer)
            if fault is not None:
                faults.append(fault)
            return answer

        return watched

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BuiltRoute, "get_route_handler", get_route_handler)
        yield faults


@pytest.fixture(autouse=True)
def answers_have_their_shapes(answers_are_watched: list[str]) -> Iterator[None]:
    yield
    found, answers_are_watched[:] = "\n".join(answers_are_watched), []
    assert not found, found
