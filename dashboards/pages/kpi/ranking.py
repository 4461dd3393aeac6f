"""The ranking inside one group: rows and columns of its table. Pure but for the table itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag

from core.i18n import _, language
from dashboards.components.grid import LOCALE_ZH
from dashboards.components.score import words
from dashboards.pages.kpi import ids
from dashboards.pages.kpi.groups import GroupScores
from dashboards.pages.kpi.selection import ReviewQuery

ROW = 25


def rows(
    group: GroupScores, before: GroupScores | None, names: Mapping[str, str], asked: ReviewQuery, who: str
) -> list[dict[str, Any]]:
    """``before`` is the same group a period earlier: of who was not ranked in it there is no movement."""
    most = max(group.totals, default=0.0) or 1.0
    found = []
    for one in group.scores:
        earlier = before.of(one.who) if before else None
        moved = earlier.rank - one.rank if earlier and earlier.rank and one.rank else None
        found.append(
            {
                "who": one.who,
                "rank": one.rank,
                "name": names.get(one.who, one.who),
                "href": asked.link(who=one.who, group=group.name),
                "total": one.total,
                "total_words": words.points(one.total, 1),
                "share": round(100 * (one.total or 0.0) / most, 2),
                "grade": one.grade or words.NONE,
                "moved": moved,
                "moved_words": moved_text(moved),
                "chosen": one.who == who,
            }
        )
    return found


def moved_text(places: int | None) -> str:
    """Up or down by so many places."""
    if places is None:
        return ""
    return "–" if places == 0 else f"{'↑' if places > 0 else '↓'}{abs(places)}"


def table(found: list[dict[str, Any]]) -> Any:
    right = {"type": "rightAligned"}
    columns: list[dict[str, Any]] = [
        {"field": "rank", "headerName": _("Rank"), "width": 48, **right},
        {"field": "name", "headerName": _("Name"), "cellRenderer": "HotlineWho", "flex": 1, "minWidth": 64},
        {"field": "total", "headerName": _("Total"), "cellRenderer": "HotlineTotal", "width": 104},
        {"field": "grade", "headerName": _("Grade"), "width": 46},
        {"field": "moved", "headerName": _("Moved"), "cellRenderer": "HotlineMoved", "width": 44, **right},
    ]
    options: dict[str, Any] = {
        "rowHeight": ROW,
        "headerHeight": ROW,
        "rowClassRules": {"is-chosen": "params.data.chosen"},
        "tooltipShowDelay": 300,
        "suppressMovableColumns": True,
    }
    if language() == "zh_CN":
        options["localeText"] = LOCALE_ZH
    return dag.AgGrid(
        id=ids.RANKING,
        rowData=found,
        columnDefs=columns,
        defaultColDef={"resizable": False, "sortable": True},
        dashGridOptions=options,
        getRowId="params.data.who",
        className="calls-table kpi-ranking",
        style={"height": "auto"},
    )
