"""In which order the steps of all families run, and which of them a batch needs. A step is an SQL file, and what it
makes, fills, reads, gives and asks for is read from its text; or it is work in Python that says these itself.

A file comes after those that make what it names (after ``from``, ``join`` or ``using``, and the ``$parameters`` that it
asks for). A file that is a single query gives its columns as parameters. In ``staging`` a mart is what it was before
the batch, so whatever changes that mart comes later; in ``marts`` it is what it has become.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from etl import runner
from etl.families import Family
from etl.step import MARTS, FeedStep, marts_filled

MAKES = re.compile(r"\bcreate (?:or replace )?(?:temp )?(?:table|view)(?: if not exists)? ([a-z_][a-z0-9_.]*)")
FILLS = re.compile(r"\binsert into ([a-z_][a-z0-9_.]*)")
READS = re.compile(r"\b(?:from|join|using) ([a-z_][a-z0-9_.]*)")
WITHIN = re.compile(r"\b([a-z_][a-z0-9_]*) as (?:materialized )?\(")
COLUMNS = re.compile(r"\bas ([a-z_][a-z0-9_]*)")
ONLY = re.compile(r"^-- Only where \$([a-z_]+) is not 0\b", re.MULTILINE)
QUERY = ("select ", "with ")
SCHEMA = "schema"


def read(name: str, family: str, is_mart: bool) -> FeedStep:
    statements = [" ".join(statement.split()) for statement in runner.statements(name)]
    text = "; ".join(statements)
    makes = frozenset(MAKES.findall(text))
    fills = frozenset(FILLS.findall(text)) - makes
    only = ONLY.findall((runner.SQL / name).read_text("utf-8"))
    if wrong := sorted(table for table in makes if "." in table and not table.startswith(MARTS)):
        raise ValueError(f"{name}: {', '.join(wrong)} does not lie in marts, where tables of families lie")
    return FeedStep(
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


def ordered(steps: Iterable[FeedStep]) -> tuple[FeedStep, ...]:
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
        schema: list[FeedStep] = []
        steps: list[FeedStep] = []
        for family in families:
            for part in ("staging", "marts"):
                for path in family.files(part):
                    found = read(runner.name_of(path), family.name, part == "marts")
                    (schema if path.stem == SCHEMA else steps).append(found)
            steps.extend(family.steps)
        self.schema = ordered(schema)
        self.steps = ordered(steps)
        self._of: dict[frozenset[str], tuple[FeedStep, ...]] = {}

    def of(self, touched: frozenset[str]) -> tuple[FeedStep, ...]:
        """``touched`` are names of families."""
        if touched not in self._of:
            self._of[touched] = tuple(self._needed(touched))
        return self._of[touched]

    def _needed(self, touched: frozenset[str]) -> list[FeedStep]:
        running: set[str] = set()
        changed: set[str] = set()
        for step in self.steps:
            if step.is_mart and (step.family in touched or step.reads & changed):
                running.add(step.name)
                changed |= marts_filled(step)
        # From the last one on: whether anything behind it needs the staging that it makes, or what it gives.
        asked: set[str] = set()
        for step in reversed(self.steps):
            makes = {f"${name}" for name in step.gives}
            if not step.is_mart:
                makes |= step.makes | step.fills
            if step.name in running or makes & asked:
                running.add(step.name)
                asked |= step.reads | step.fills | {f"${name}" for name in step.asks}
        return [step for step in self.steps if step.name in running]

    @cached_property
    def fingerprint(self) -> str:
        """Of all SQL and Python that builds, and of what it is run for."""
        digest = hashlib.sha256()
        for family in self.families:
            digest.update(f"{family.name} {sorted(family.kinds)}\0".encode())
        for name in (*runner.SCHEMA, *runner.RAW):
            digest.update(name.encode() + b"\0" + (runner.SQL / name).read_bytes())
        for step in (*self.schema, *self.steps):
            digest.update(step.name.encode() + b"\0" + step.source())
        return digest.hexdigest()[:32]
