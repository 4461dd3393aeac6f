"""Component ids of the rosters."""

from __future__ import annotations

from typing import Any

PAGE = "rosters"
# Holds what the scripts must know of the site and of the person.
ABOUT = "rosters-about"
# The view that the server draws (of the grid: its coverage); the address's query that it was drawn for; what happened.
BODY, ASKED, SEEN = "rosters-body", "rosters-asked", "rosters-seen"
ERROR = "rosters-error"
NOW, NOW_TICK = "rosters-now", "rosters-now-tick"


def expected(queue: str, day: str) -> dict[str, str]:
    return {"type": "rosters-expected", "queue": queue, "day": day}


def tick(view: Any) -> dict[str, Any]:
    """Looks again while something runs; there only then."""
    return {"type": "rosters-tick", "view": view}
