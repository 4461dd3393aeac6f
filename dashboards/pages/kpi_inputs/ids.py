"""Component ids of the page of manual entries."""

from __future__ import annotations

PAGE = "kpi-inputs"
BODY, ASKED = "kpi-inputs-body", "kpi-inputs-asked"
