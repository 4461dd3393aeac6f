"""One step of the feed: a file of SQL, or work in Python where SQL would cost more."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl import runner

MARTS = "marts."
Work = Callable[[duckdb.DuckDBPyConnection, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FeedStep:
    """The tables that it makes, fills and reads, and the parameters that it gives and asks for. ``only`` is a number
    without which it has nothing to do; ``work`` stands where ``name`` is no file of SQL."""

    name: str
    family: str
    is_mart: bool
    makes: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    only: str = ""
    work: Work | None = None

    def run(self, cursor: duckdb.DuckDBPyConnection, names: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it gives."""
        if self.only and not names[self.only]:
            return {}
        if self.work is not None:
            return self.work(cursor, names)
        if self.gives:
            (given,) = runner.rows(cursor, self.name, names)
            return given
        runner.run(cursor, self.name, names)
        return {}

    def follows(self, other: FeedStep) -> bool:
        """Whether it must come after the other one."""
        if self.asks & other.gives or (self.reads | self.fills) & other.makes:
            return True
        if not self.is_mart and any(table.startswith(MARTS) for table in self.reads & other.fills):
            return False
        return bool(self.reads & other.fills) or bool(
            not other.is_mart and other.reads & self.fills & marts_filled(self)
        )

    def source(self) -> bytes:
        """What it does, to the letter: of work in Python all that stands in its folder."""
        if self.work is None:
            return (runner.SQL / self.name).read_bytes()
        beside = Path(inspect.getfile(self.work)).parent.iterdir()
        return b"\0".join(path.read_bytes() for path in sorted(beside) if path.suffix in (".py", ".sql"))


def marts_filled(step: FeedStep) -> frozenset[str]:
    return frozenset(table for table in step.fills if table.startswith(MARTS))
