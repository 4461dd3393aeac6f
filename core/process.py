"""A long-running process of the house that folders above hang parts into. Knows no HTTP: what they need is here.

``mount(process)`` of a folder's entry point registers; everything starts and stops with the process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine

from core.config import Settings
from core.db import connect

T = TypeVar("T")
Hook = Callable[[], Awaitable[None]]
Part = dict[str, Any]
# Answers ``{"status": "ok" | "degraded" | "down", …}``.
HealthCheck = Callable[[], Part | Awaitable[Part]]


@dataclass(frozen=True)
class UnreadableFacts:
    """Facts of one place that could not be read. ``listed``: rows with ``place``, where somebody finds each, and
    ``problem``, a word for programs. ``feed`` takes in what can be read by now."""

    listed: Callable[[], list[Part]]
    feed: Callable[[], Awaitable[None]]


class Key(str, Generic[T]):
    """The name of a part, which also says what it is: ``WAREHOUSE = Key[Warehouse]("warehouse")``, beside its class."""

    __slots__ = ()


class Parts:
    """What one folder makes and others use."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __setitem__(self, key: Key[T], part: T) -> None:
        self._made[key] = part

    def __getitem__(self, key: Key[T]) -> T:
        """``KeyError`` where its folder is not there, or not mounted yet."""
        part: T = self._made[key]
        return part

    def get(self, key: Key[T]) -> T | None:
        return self._made.get(key)


class Process:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database: Engine = connect(settings.database)
        self.parts = Parts()
        self.health: dict[str, HealthCheck] = {}
        self.unreadable: dict[str, UnreadableFacts] = {}
        # Threads without which the process is of no use, each asked whether it turns.
        self.vital: list[Callable[[], bool]] = []
        self.starts: list[Hook] = []
        self.stops: list[Hook] = []

    def turns(self) -> bool:
        return all(one() for one in self.vital)

    def on_start(self, hook: Hook) -> None:
        """Runs once before the first request, in the order of the calls."""
        self.starts.append(hook)

    def on_stop(self, hook: Hook) -> None:
        """Runs once after the last request, the last one first."""
        self.stops.append(hook)

    def add_health(self, name: str, check: HealthCheck) -> None:
        """``check`` returns ``{"status": "ok" | "degraded" | "down", …}``; it may be a coroutine function."""
        self.health[name] = check
