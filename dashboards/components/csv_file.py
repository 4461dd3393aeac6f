"""A list as a file that a spreadsheet opens: with a mark, so that Excel reads Chinese, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from fastapi import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value


def text_of(rows: Iterable[list[Any]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return "\ufeff" + buffer.getvalue()


def answer(text: str, name: str) -> Response:
    """``name`` without its ending; signs that a file's name cannot have are taken out."""
    plain = name.replace(" – ", "_").replace(" ", "T").replace(":", "")
    headers = {"Content-Disposition": f'attachment; filename="{plain}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
