"""Component ids of the review of scores."""

from __future__ import annotations

from typing import Any

PAGE = "kpi"
BODY, RANKING = "kpi-body", "kpi-ranking"
# What is looked at, as the address says it.
ASKED = "kpi-asked"
# Tables of the comparison; that of the periods comes later.
GROUPS, PEOPLE, PERIODS = "kpi-groups", "kpi-people", "kpi-periods"
# Worked out once the page is there.
TREND, CHANGED = "kpi-trend", "kpi-changed"
FUNNELS, SIGNS, SIGN_TABLE = "kpi-funnels", "kpi-signs", "kpi-sign-table"
# What would be if: what it comes to, and what is written beside each slider.
OUTCOME = "kpi-outcome"


def slider(line: Any) -> dict[str, Any]:
    """Of one line of the scheme; its value counts steps from the worst."""
    return {"type": "kpi-slider", "line": line}


def aimed(line: Any) -> dict[str, Any]:
    """What the slider says."""
    return {"type": "kpi-aimed", "line": line}


def weight(line: Any) -> dict[str, Any]:
    return {"type": "kpi-weight", "line": line}


def target(line: Any) -> dict[str, Any]:
    return {"type": "kpi-target", "line": line}
