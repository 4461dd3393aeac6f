"""Component ids of the review of scores."""

from __future__ import annotations

PAGE = "kpi"
RANKING = "kpi-ranking"
# What is looked at, as the address says it.
ASKED = "kpi-asked"
TREND = "kpi-trend"
