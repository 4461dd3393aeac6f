"""A list as a file that a spreadsheet opens: with a mark, so that Excel reads Chinese, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import AsyncIterator, Iterable
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

# Letters and marks by their category, and yet drawn as nothing.
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00\ufe0f"
A_PIECE = 64 << 10
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: Any) -> Any:
    """With an apostrophe before what a spreadsheet would work out, also behind signs that nobody sees."""
    if not isinstance(value, str):
        return value
    seen = next((sign for sign in value if not _is_unseen(sign)), "")
    # A tab or a line's end at the front is already an attempt.
    return f"'{value}" if value.startswith(FORMULA) or seen in FORMULA[:4] + FORMULA[-4:] else value


def _is_unseen(sign: str) -> bool:
    """White space, control and format signs (the byte order mark among them), fillers that are drawn empty."""
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp") or sign in FILLERS


def text_of(rows: Iterable[list[Any]]) -> bytes:
    """UTF-8; the rows are taken one by one, as they come from the warehouse."""
    buffer = io.BytesIO()
    text = io.TextIOWrapper(buffer, "utf-8-sig", newline="", write_through=True)
    csv.writer(text).writerows([defused(cell) for cell in row] for row in rows)
    text.detach()
    return buffer.getvalue()


def answer(text: bytes, name: str) -> Response:
    """``name`` without its ending; signs that a file's name cannot have are taken out. Sent piece by piece, so that a
    slow line holds what is left of the file only once."""
    plain = name.replace(" – ", "_").replace(" ", "T").replace(":", "")
    headers = {"Content-Disposition": f'attachment; filename="{plain}.csv"', "Content-Length": str(len(text))}
    pieces = (text[start : start + A_PIECE] for start in range(0, len(text), A_PIECE))
    return StreamingResponse(_calmly(pieces), media_type="text/csv; charset=utf-8", headers=headers)


class CsvFile(Response):
    """For the description of the interface."""

    media_type = "text/csv"


async def _calmly(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
