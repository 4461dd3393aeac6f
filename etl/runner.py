"""Runs SQL files: each statement gets exactly the ``$named`` parameters that it names.

A file of ours goes by its path in ``etl/sql``, one of a folder above by its whole path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parent / "sql"
SCHEMA = ("raw/schema.sql", "marts/schema.sql")
RAW = ("raw/event_log.sql", "raw/batch.sql")
PARAMETER = re.compile(r"\$([a-z_]+)")
COMMENT = re.compile(r"--[^\n]*")

_PARSED: dict[str, list[duckdb.Statement]] = {}


def name_of(path: Path) -> str:
    return path.relative_to(SQL).as_posix() if path.is_relative_to(SQL) else path.as_posix()


@cache
def statements(name: str) -> tuple[str, ...]:
    """The file's statements without comments; our SQL holds no semicolon inside quotes."""
    text = COMMENT.sub("", (SQL / name).read_text("utf-8"))
    return tuple(part.strip() for part in text.split(";") if part.strip())


def run(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any] | None = None) -> None:
    for statement in _parsed(cursor, name):
        used = {key: (parameters or {})[key] for key in statement.named_parameters}
        cursor.execute(statement, used or None)


def _parsed(cursor: duckdb.DuckDBPyConnection, name: str) -> list[duckdb.Statement]:
    """Kept: of a small batch's time a fifth would go into reading the same text again. They belong to no connection."""
    if name not in _PARSED:
        _PARSED[name] = cursor.extract_statements(";".join(statements(name)))
    return _PARSED[name]


def rows(
    cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Of a file with one statement."""
    run(cursor, name, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
