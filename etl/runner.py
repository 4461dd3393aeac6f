"""Runs the SQL files of ``etl/sql``: each statement gets exactly the ``$named`` parameters that it names.

``fingerprint`` is of all SQL that builds: a warehouse built by other SQL is dropped and filled again from the log.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parent / "sql"
# The rest only reads.
BUILD = ("raw", "staging", "marts")
SCHEMA = ("raw/schema.sql", "marts/schema.sql", "marts/schema_orders.sql")
PARAMETER = re.compile(r"\$([a-z_]+)")
COMMENT = re.compile(r"--[^\n]*")


@cache
def statements(name: str) -> tuple[str, ...]:
    """The file's statements without comments; our SQL holds no semicolon inside quotes."""
    text = COMMENT.sub("", (SQL / name).read_text("utf-8"))
    return tuple(part.strip() for part in text.split(";") if part.strip())


def run(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any] | None = None) -> None:
    for statement in statements(name):
        used = {key: (parameters or {})[key] for key in PARAMETER.findall(statement)}
        cursor.execute(statement, used or None)


@cache
def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for folder in BUILD for path in (SQL / folder).glob("*.sql")):
        digest.update(path.relative_to(SQL).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]
