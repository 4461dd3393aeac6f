"""The folder's SQL: one question a file, in ``sql`` of the package that asks it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from etl.runner import COMMENT

HERE = Path(__file__).parent


@cache
def sql_of(name: str) -> str:
    """``measures/visits`` is ``kpi/measures/sql/visits.sql``; without comments and the last semicolon, so that it can
    stand within another question."""
    package, _, file = name.partition("/")
    return COMMENT.sub("", (HERE / package / "sql" / f"{file}.sql").read_text("utf-8")).strip().rstrip(";")
