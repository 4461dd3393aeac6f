"""Component ids of the site review."""

PAGE = "kpi-sites"
TABLE = "kpi-sites-table"
# What is looked at, as the address says it; what is worked out after the page was drawn.
ASKED, TREND = "kpi-sites-asked", "kpi-sites-trend"
