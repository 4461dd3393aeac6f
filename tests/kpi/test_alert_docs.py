"""The page on alerts names every figure, with the etl's hung in, and no other."""

import re
from pathlib import Path

from core.notify.examples import EXAMPLES
from core.notify.figures import DISK, FLOOR, HEALTH, LOOKUPS, OVERDUE
from geo_analysis.incidents.watch import SUSPECTED
from kpi.alert_figures import FIGURES, LAG

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text("utf-8")
KNOWN = {one.id: one for one in (*FLOOR, *HEALTH, DISK, LOOKUPS, OVERDUE, *FIGURES, LAG, SUSPECTED)}


def test_every_figure_is_explained_and_no_other():
    table = PAGE.partition("## Figures")[2].partition("Shares are")[0]
    first_cells = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([a-z0-9_]+)`", first_cells)) == KNOWN.keys()


def test_the_shipped_rules_watch_figures_that_exist_where_they_are_known():
    for rule in EXAMPLES:
        assert rule.scope in KNOWN[rule.figure].scopes
        assert rule.comparison == KNOWN[rule.figure].comparison
