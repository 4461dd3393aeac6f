"""Component ids of the page of one's own score."""

from __future__ import annotations

PAGE = "kpi-mine"
BODY, ASKED = "kpi-mine-body", "kpi-mine-asked"
