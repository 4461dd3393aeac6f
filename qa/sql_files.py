"""The folder's SQL: one question a file, in ``sql``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from etl.runner import COMMENT

HERE = Path(__file__).parent


@cache
def sql_of(name: str) -> str:
    """``frame`` is ``qa/sql/frame.sql``; without comments and the last semicolon."""
    return COMMENT.sub("", (HERE / "sql" / f"{name}.sql").read_text("utf-8")).strip().rstrip(";")
