"""What pages and callbacks answer, drawn and written off the event loop.

A layout or a callback first asks for what it needs; what makes many components of it is handed back as a function
without arguments, a drawing. Knows no page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import orjson
from dash import no_update
from dash.development.base_component import Component

from core.web.answers import off_loop


async def drawn(outcome: Any) -> Any:
    """A drawing's components; anything else as it is."""
    if isawaitable(outcome):
        outcome = await outcome
    return await off_loop(outcome) if callable(outcome) else outcome


def written(function: Callable[..., Any]) -> Callable[..., Any]:
    """The callback with its answer as finished JSON: Dash puts it into its own on the loop, without reading it."""

    @functools.wraps(function)
    async def answering(*arguments: Any, **given: Any) -> Any:
        outcome = function(*arguments, **given)
        if isawaitable(outcome):
            outcome = await outcome
        return await off_loop(_written, outcome)

    return answering


def _written(outcome: Any) -> Any:
    found = outcome() if callable(outcome) else outcome
    return _parts(found)


def _parts(found: Any) -> Any:
    """Several outputs are a tuple, and so are those of one pattern among them."""
    return tuple(map(_parts, found)) if isinstance(found, tuple) else _json(found)


def _json(value: Any) -> Any:
    return (
        value
        if value is None or value is no_update
        else orjson.Fragment(orjson.dumps(value, _plain, orjson.OPT_NON_STR_KEYS))
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Component):
        return value.to_plotly_json()
    raise TypeError(f"no JSON for {type(value).__name__}")
