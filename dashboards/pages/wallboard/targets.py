"""From when on a ratio of the wall turns amber, then red: what the office has set (``core.installation.limits``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.installation.limits import LIMITS, Limit

SHOWN = ("service", "abandon")
EXAMPLES: Mapping[str, Limit] = {one.key: one for one in LIMITS}
SERVICE_LEVEL, ABANDON_RATE = (EXAMPLES[key] for key in SHOWN)


def as_data(limits: Mapping[str, Limit] = EXAMPLES) -> dict[str, dict[str, Any]]:
    """For the wall's script, which colours the figures. Shares from 0 to 1."""
    return {
        key: {
            "warn": limits[key].warn,
            "bad": limits[key].bad,
            "lower_is_better": limits[key].lower_is_better,
            "example": limits[key].example,
        }
        for key in SHOWN
    }


def percent(share: float) -> str:
    return f"{round(share * 100, 1):g}%"
