"""In which order the SQL files of all families run, and which of them a batch needs: read from the files themselves.

A file comes after those that make what it names (after ``from``, ``join`` or ``using``, and the ``$parameters`` that it
asks for). A file that is a single query gives its columns as parameters. In ``staging`` a mart is what it was before
the batch, so whatever changes that mart comes later; in ``marts`` it is what it has become.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from etl import runner
from etl.families import Family

MAKES = re.compile(r"\bcreate (?:or replace )?(?:temp )?(?:table|view)(?: if not exists)? ([a-z_][a-z0-9_.]*)")
FILLS = re.compile(r"\binsert into ([a-z_][a-z0-9_.]*)")
READS = re.compile(r"\b(?:from|join|using) ([a-z_][a-z0-9_.]*)")
WITHIN = re.compile(r"\b([a-z_][a-z0-9_]*) as (?:materialized )?\(")
COLUMNS = re.compile(r"\bas ([a-z_][a-z0-9_]*)")
ONLY = re.compile(r"^-- Only where \$([a-z_]+) is not 0\b", re.MULTILINE)
QUERY = ("select ", "with ")
MARTS = "marts."
SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class SqlStep:
    """One file: the tables that it makes, fills and reads, and the parameters that it gives and asks for. ``only`` is
    a number without which it has nothing to do; who runs the steps looks at it."""

    name: str
    family: str
    is_mart: bool
    makes: frozenset[str]
    fills: frozenset[str]
    reads: frozenset[str]
    gives: frozenset[str]
    asks: frozenset[str]
    only: str = ""

    def follows(self, other: SqlStep) -> bool:
        """Whether it must come after the other one."""
        if self.asks & other.gives or (self.reads | self.fills) & other.makes:
            return True
        if not self.is_mart and any(table.startswith(MARTS) for table in self.reads & other.fills):
            return False
        return bool(self.reads & other.fills) or bool(not other.is_mart and other.reads & self.fills & _marts(self))


def _marts(step: SqlStep) -> frozenset[str]:
    return frozenset(table for table in step.fills if table.startswith(MARTS))


def read(name: str, family: str, is_mart: bool) -> SqlStep:
    statements = [" ".join(statement.split()) for statement in runner.statements(name)]
    text = "; ".join(statements)
    makes = frozenset(MAKES.findall(text))
    fills = frozenset(FILLS.findall(text)) - makes
    only = ONLY.findall((runner.SQL / name).read_text("utf-8"))
    if wrong := sorted(table for table in makes if "." in table and not table.startswith(MARTS)):
        raise ValueError(f"{name}: {', '.join(wrong)} does not lie in marts, where tables of families lie")
    return SqlStep(
        name,
        family,
        is_mart,
        makes,
        fills,
        frozenset(READS.findall(text)) - makes - fills - set(WITHIN.findall(text)),
        frozenset(COLUMNS.findall(text)) if len(statements) == 1 and text.startswith(QUERY) else frozenset(),
        frozenset(runner.PARAMETER.findall(text)) | set(only),
        only[0] if only else "",
    )


def ordered(steps: Iterable[SqlStep]) -> tuple[SqlStep, ...]:
    """``ValueError`` when two files make one table, or wait for each other."""
    by_name = {step.name: step for step in sorted(steps, key=lambda step: step.name)}
    makers: dict[str, str] = {}
    for step in by_name.values():
        for table in step.makes:
            if makers.setdefault(table, step.name) != step.name:
                raise ValueError(f"{table} is made by {makers[table]} and by {step.name}")
    after = {
        step.name: [other.name for other in by_name.values() if other is not step and step.follows(other)]
        for step in by_name.values()
    }
    try:
        return tuple(by_name[name] for name in TopologicalSorter(after).static_order())
    except CycleError as circle:
        raise ValueError(f"these files wait for each other: {', '.join(circle.args[1])}") from None


class FeedPlan:
    """Of some families: ``schema`` makes their tables, ``of`` are the files for a batch with facts of some of them."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families = tuple(families)
        schema: list[SqlStep] = []
        steps: list[SqlStep] = []
        for family in families:
            for part in ("staging", "marts"):
                for path in family.files(part):
                    found = read(runner.name_of(path), family.name, part == "marts")
                    (schema if path.stem == SCHEMA else steps).append(found)
        self.schema = ordered(schema)
        self.steps = ordered(steps)
        self._of: dict[frozenset[str], tuple[SqlStep, ...]] = {}

    def of(self, touched: frozenset[str]) -> tuple[SqlStep, ...]:
        """``touched`` are names of families."""
        if touched not in self._of:
            self._of[touched] = tuple(self._needed(touched))
        return self._of[touched]

    def _needed(self, touched: frozenset[str]) -> list[SqlStep]:
        running: set[str] = set()
        changed: set[str] = set()
        for step in self.steps:
            if step.is_mart and (step.family in touched or step.reads & changed):
                running.add(step.name)
                changed |= _marts(step)
        # Staging from the last one on: whether anything behind it needs what it makes or gives.
        asked: set[str] = set()
        for step in reversed(self.steps):
            makes = step.makes | step.fills | {f"${name}" for name in step.gives}
            if step.name in running or (not step.is_mart and makes & asked):
                running.add(step.name)
                asked |= step.reads | step.fills | {f"${name}" for name in step.asks}
        return [step for step in self.steps if step.name in running]

    @cached_property
    def fingerprint(self) -> str:
        """Of all SQL that builds, and of what it is run for."""
        digest = hashlib.sha256()
        for family in self.families:
            digest.update(f"{family.name} {sorted(family.kinds)}\0".encode())
        for name in (*runner.SCHEMA, *runner.RAW, *(step.name for step in (*self.schema, *self.steps))):
            digest.update(name.encode() + b"\0" + (runner.SQL / name).read_bytes())
        return digest.hexdigest()[:32]
