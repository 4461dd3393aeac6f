"""Values as people type them on this page: shares in per cent, durations as 4:20 or in seconds, counts and points as
they are. The scheme itself keeps shares from 0 to 1 and seconds. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

from core.errors import BadInput
from dashboards.components.words import duration

# ``points`` are scores and weights, ``count`` whole numbers of calls or orders.
Unit = Literal["share", "seconds", "number", "points", "count"]
CLOCK = re.compile(r"\d+(:[0-5]?\d){1,2}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
EXAMPLES: dict[Unit, str] = {"share": "85", "seconds": "4:20", "number": "85", "points": "100", "count": "20"}
# What people write behind a number of this unit.
SIGNS: dict[Unit, str] = {"share": "%", "seconds": "秒s", "number": "分", "points": "分", "count": "个次"}
LONGEST = 12


def typed(value: float | None, unit: Unit) -> str:
    """As people would type it; nothing for no value."""
    if value is None:
        return ""
    if unit == "seconds" and value >= 0 and value == int(value):
        return duration(value)
    exact = Decimal(repr(float(value))) * (100 if unit == "share" else 1)
    return f"{exact.normalize():f}" if exact else "0"


def read(text: str, unit: Unit, field: str) -> float | None:
    """``None`` where nothing was typed; ``BadInput`` for what is no value of this unit."""
    said = unicodedata.normalize("NFKC", text).strip().rstrip(f" {SIGNS[unit]}")
    if not said:
        return None
    if unit == "seconds" and CLOCK.fullmatch(said):
        parts = [int(part) for part in said.split(":")]
        return float(sum(part * 60**n for n, part in enumerate(reversed(parts))))
    if len(said) > LONGEST or not NUMBER.fullmatch(said) or (unit == "count" and not said.isdigit()):
        raise BadInput(
            "{text} is not a number here.",
            field=field,
            remedy="Write it like {example}.",
            text=text.strip()[:40],
            example=EXAMPLES[unit],
        )
    exact = Decimal(said)
    return float(exact / 100) if unit == "share" else float(exact)
