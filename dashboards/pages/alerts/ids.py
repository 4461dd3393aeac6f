"""Component ids of the page."""

from __future__ import annotations

from typing import Any

TABLE = "alerts-table"
BODY = "alerts-body"
# What the script last saw happen to alerts; a change of it draws the history anew.
SEEN = "alerts-seen"
# The rules with what they read now, the clock of that, and who is told of dialogs.
PAGE = "alerts"
RULES, TICK = "alerts-rules", "alerts-tick"


def now(rule: Any) -> dict[str, Any]:
    """What a rule's figure reads now."""
    return {"type": "alert-rule-now", "rule": rule}
