"""Families of facts: what is fed into which marts, as data. Folders above add theirs by entry point.

A family is a name, the kinds of its facts and a folder of SQL: ``marts/<name>/schema.sql`` (its tables, all in the
schema ``marts``), ``staging/<name>/*.sql`` and ``marts/<name>/*.sql`` (how they are kept up), ``checks/<name>/*.sql``
(queries that must find nothing; each first names what it is about). Nothing says in which order the files run: each
comes after those that make what it names (``etl.steps``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from sqlalchemy import Select, select

from core.db.tables import AgentRow, CategoryNameRow, CategoryRow, QueueRow
from core.events import FACTS, AgentStateChanged, OrderClockSet, OrderOpened, OrderStepped
from core.events import alerts as alert_facts
from core.events.fact import Fact
from etl.calls import keeping
from etl.runner import SQL
from etl.step import FeedStep

log = logging.getLogger(__name__)

GROUP = "hotline.families"
NAME = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True, slots=True)
class Dimension:
    """``marts.<table>`` holds what the query finds in the operational database, column by column."""

    table: str
    rows: Select[*tuple[object, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Marts run when a batch has one of ``kinds``, or when a mart that they name has run: without kinds of its own a
    family lives on the marts of others. SQL may ask for ``$watermark`` (facts of the batch have a larger id),
    ``$timezone``, and ``$least_<name>`` and ``$most_<name>``, between which the subjects of its new facts lie."""

    name: str
    kinds: frozenset[str]
    sql: Path
    dimensions: tuple[Dimension, ...] = ()
    # In Python, among the files.
    steps: tuple[FeedStep, ...] = ()

    def files(self, part: str) -> list[Path]:
        return sorted((self.sql / part / self.name).glob("*.sql"))


def _kinds(*facts: type[Fact]) -> frozenset[str]:
    return frozenset(fact.KIND for fact in facts)


CALLS = Family(
    "calls",
    _kinds(*(fact for fact in FACTS.values() if any(one.name == "call_id" for one in fields(fact)))),
    SQL,
    (
        Dimension("dim_queue", select(QueueRow.id, QueueRow.name, QueueRow.service_level_s)),
        Dimension("dim_category_name", select(CategoryNameRow.name, CategoryNameRow.category)),
    ),
    (keeping.STEP,),
)
AGENTS = Family(
    "agents",
    _kinds(AgentStateChanged),
    SQL,
    (Dimension("dim_agent", select(AgentRow.extension, AgentRow.name, AgentRow.work_group)),),
)
ORDERS = Family(
    "orders",
    _kinds(OrderOpened, OrderStepped, OrderClockSet),
    SQL,
    (
        Dimension(
            "dim_category",
            select(
                CategoryRow.id,
                CategoryRow.parent,
                CategoryRow.name_zh,
                CategoryRow.name_en,
                CategoryRow.rank,
            ),
        ),
    ),
)
# Counted where they are raised; the log keeps them.
ALERTS = Family("alerts", _kinds(*(fact for fact in FACTS.values() if fact.__module__ == alert_facts.__name__)), SQL)
OWN = (CALLS, AGENTS, ORDERS, ALERTS)


@cache
def installed() -> tuple[Family, ...]:
    """Ours and those of the folders above that are there. ``ValueError``: two have one name, or it is no name."""
    entries = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return checked((*OWN, *(family for entry in entries if (family := _loaded(entry)) is not None)))


def checked(families: Iterable[Family]) -> tuple[Family, ...]:
    all_of_them = tuple(families)
    names = [family.name for family in all_of_them]
    for name in names:
        if not NAME.fullmatch(name) or names.count(name) > 1:
            raise ValueError(f"a family of facts is called {name!r}: a name is small letters, and one family's alone")
    return all_of_them


def _loaded(entry: EntryPoint) -> Family | None:
    try:
        family = entry.load()
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{entry.module}.".startswith(f"{missing.name}."):
            raise
        log.warning("the facts of %s are not fed: %s", entry.name, missing)
        return None
    if not isinstance(family, Family):
        raise TypeError(f"{entry.value} is no family of facts")
    return family
