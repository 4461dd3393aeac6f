"""Which right opens which address: read off the routes themselves, so that none can be forgotten.

A route or websocket declares its right by depending on ``holding(Right.…)``. What is not ours to write (Dash's own
routes, mounted files) is declared beside it by path. ``check`` refuses to build a house with a door that nobody
declared. Knows no role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute

from core.rights import Right
from core.web.auth import Holding
from core.web.guard import is_public


@dataclass(frozen=True, slots=True)
class Door:
    """One route: ``rights`` of which one is needed; ``public`` needs nobody to be signed in."""

    kind: str
    methods: tuple[str, ...]
    path: str
    rights: tuple[Right, ...] = ()
    public: bool = False


class Undeclared(RuntimeError):
    """A route without a declared right; said when the house is built, not when somebody walks in."""


def declare(app: FastAPI, path: str, *rights: Right) -> None:
    """For routes that others add and that only ask who is signed in, or check by themselves."""
    _declared(app)[path] = rights


def doors(app: FastAPI) -> list[Door]:
    """Every route there is now, in the order in which they are tried."""
    return [_door(app, route) for route in app.routes]


def check(app: FastAPI) -> None:
    open_ones = [f"{one.kind} {one.path}" for one in doors(app) if not one.public and not one.rights]
    if open_ones:
        raise Undeclared(f"no right is declared for: {', '.join(open_ones)}")


def _door(app: FastAPI, route: Any) -> Door:
    websocket = isinstance(route, APIWebSocketRoute)
    methods = tuple(sorted(getattr(route, "methods", None) or ())) or ("GET",)
    rights = _declared(app).get(route.path, ())
    if isinstance(route, APIRoute | APIWebSocketRoute):
        rights = next(_held(route.dependant), rights)
    public = is_public(route.path) and not rights
    return Door("websocket" if websocket else "http", methods, route.path, rights, public)


def _held(dependant: Any) -> Iterator[tuple[Right, ...]]:
    for one in dependant.dependencies:
        if isinstance(one.call, Holding):
            yield one.call.rights
        yield from _held(one)


def _declared(app: FastAPI) -> dict[str, tuple[Right, ...]]:
    if not hasattr(app.state, "doors"):
        app.state.doors = {}
    found: dict[str, tuple[Right, ...]] = app.state.doors
    return found
