"""Groups, people and periods beside one another. Pure but for the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from dash import html

from core.i18n import _
from dashboards.components import listing
from dashboards.components.score import words
from dashboards.pages.kpi import ids
from dashboards.pages.kpi.groups import GroupScores, group_of
from dashboards.pages.kpi.queries import Judging, Review
from dashboards.pages.kpi.ranking import moved_text, range_text
from dashboards.pages.kpi.selection import Month
from dashboards.pages.kpi.words import month_text
from kpi.api.score_words import name_of
from kpi.judging import JudgedPeriod
from kpi.scoring.curves import FULL
from kpi.scoring.scheme import Scheme, measured
from kpi.scoring.score import TotalScore

ROW = 28
RIGHT = {"type": "rightAligned"}
DIGIT = {"valueFormatter": {"function": "params.value == null ? '—' : d3.format('.1f')(params.value)"}}


def compare_view(found: Review) -> Any:
    groups = [group_row(found, name) for name in found.groups]
    return html.Div(
        [
            html.Section(
                [
                    html.H2(_("Groups in this period")),
                    table(ids.GROUPS, groups, group_columns(found.judged.scheme), "params.data.group"),
                ],
                className="kpi-panel kpi-wide",
            ),
            html.Section(
                [html.H2(_("Periods of this group")), html.Div(id=ids.PERIODS)], className="kpi-panel kpi-wide"
            ),
            html.Section(
                [
                    html.H2(_("Everybody, line by line")),
                    table(
                        ids.PEOPLE,
                        people_rows(found),
                        people_columns(found.judged.scheme),
                        "params.data.who",
                        tall=True,
                    ),
                ],
                className="kpi-panel kpi-wide kpi-people",
            ),
        ],
        className="kpi-compare",
    )


def table(
    name: str, rows: list[dict[str, Any]], columns: list[dict[str, Any]], row_id: str, *, tall: bool = False
) -> Any:
    made = listing.table(name, rows, columns, row_id)
    made.dashGridOptions |= {"headerHeight": ROW}
    made.className = "calls-table kpi-table"
    if tall:
        made.style = {"height": f"{ROW * (len(rows) + 1) + 24}px"}
    else:
        made.dashGridOptions |= {"domLayout": "autoHeight"}
    return made


# --- groups and periods -----------------------------------------------------------------------------------------


def group_row(found: Review, name: str) -> dict[str, Any]:
    ranked = group_of(found.judged, name)
    before = group_of(found.before, name) if found.before else None
    return {
        "group": name or _("everybody"),
        "href": found.asked.link(group=name, who=None, view=None),
        **sums(ranked, found.judged.scheme),
        "weakest": weakest_of_group(ranked, found.judged.scheme),
        "change": _difference(ranked.median, before.median if before else None),
    }


def sums(ranked: GroupScores, scheme: Scheme) -> dict[str, Any]:
    totals = ranked.totals
    return {
        "people": len(ranked.scores),
        "mean": _one(ranked.mean),
        "median": _one(ranked.median),
        "best": _one(max(totals, default=None)),
        "last": _one(min(totals, default=None)),
        **{f"grade_{n}": count for n, count in enumerate(ranked.grades(scheme.grades.names).values())},
    }


def group_columns(scheme: Scheme) -> list[dict[str, Any]]:
    return [
        {"field": "group", "headerName": _("Group"), "cellRenderer": "HotlineWho", "flex": 1, "minWidth": 90},
        *sum_columns(scheme),
        {"field": "change", "headerName": _("Median, change"), "width": 100, **RIGHT},
        {"field": "weakest", "headerName": _("Most lost at"), "flex": 2, "minWidth": 160},
    ]


def sum_columns(scheme: Scheme) -> list[dict[str, Any]]:
    names = {"people": _("People"), "mean": _("Mean"), "median": _("Median"), "best": _("Best"), "last": _("Last")}
    return [
        *(
            {"field": field, "headerName": name, "width": 74, **RIGHT, **({} if field == "people" else DIGIT)}
            for field, name in names.items()
        ),
        *(
            {"field": f"grade_{n}", "headerName": name, "width": 64, **RIGHT}
            for n, name in enumerate(scheme.grades.names)
        ),
    ]


def period_rows(periods: Sequence[tuple[Month, Judging | None]], group: str) -> list[dict[str, Any]]:
    """The newest first; a month of which nothing is known is left out."""
    found = []
    for month, judging in reversed(periods):
        ranked = group_of(judging.judged, group) if judging else None
        if judging is None or ranked is None or not ranked.totals:
            continue
        state = _("kept") if judging.is_kept else _("trial, not kept")
        found.append(
            {
                "month": month_text(month),
                "state": state,
                **sums(ranked, judging.judged.scheme),
                "weakest": weakest_of_group(ranked, judging.judged.scheme),
            }
        )
    return found


def period_columns(scheme: Scheme) -> list[dict[str, Any]]:
    return [
        {"field": "month", "headerName": _("Month"), "width": 110},
        {"field": "state", "headerName": _("State"), "width": 120},
        *sum_columns(scheme),
        {"field": "weakest", "headerName": _("Most lost at"), "flex": 1, "minWidth": 160},
    ]


# --- people -----------------------------------------------------------------------------------------------------


def people_rows(found: Review) -> list[dict[str, Any]]:
    """All groups, each ranked apart."""
    rows = []
    for name in found.groups:
        before = group_of(found.before, name) if found.before else None
        for one in group_of(found.judged, name).scores:
            earlier = before.of(one.who) if before else None
            moved = earlier.rank - one.rank if earlier and earlier.rank and one.rank else None
            rows.append(
                {
                    "who": one.who,
                    "name": found.names.get(one.who, one.who),
                    "group": one.group,
                    "href": found.asked.link(who=one.who, group=one.group, view=None),
                    "rank": one.rank,
                    "range": range_text(one),
                    "total": _one(one.total),
                    "grade": one.grade or words.NONE,
                    "moved": moved,
                    "moved_words": moved_text(moved),
                    "weakest": weakest(found.judged, one),
                    **_values(found.judged.scheme, one),
                }
            )
    return rows


def _values(scheme: Scheme, one: TotalScore) -> dict[str, Any]:
    """Sorts as a number, reads as people write it."""
    found: dict[str, Any] = {}
    for n, (line, score) in enumerate(zip(scheme.lines, one.lines, strict=True)):
        value = score.figure.value
        found |= {f"line_{n}": value, f"line_{n}_words": words.value_text(value, words.unit_of(line))}
        if score.state != "counted":
            found[f"line_{n}_dim"] = True
    return found


def people_columns(scheme: Scheme) -> list[dict[str, Any]]:
    lines = [
        {
            "field": f"line_{n}",
            "headerName": name_of(line.indicator, measured(line)),
            "cellRenderer": "HotlineFigure",
            "width": 110,
            **RIGHT,
        }
        for n, line in enumerate(scheme.lines)
    ]
    return [
        {"field": "name", "headerName": _("Name"), "cellRenderer": "HotlineWho", "width": 90, "pinned": "left"},
        {"field": "group", "headerName": _("Group"), "width": 80},
        {"field": "rank", "headerName": _("Rank"), "cellRenderer": "HotlineRank", "width": 84},
        {"field": "total", "headerName": _("Total"), "width": 72, **RIGHT, **DIGIT},
        {"field": "grade", "headerName": _("Grade"), "width": 58},
        {"field": "moved", "headerName": _("Moved"), "cellRenderer": "HotlineMoved", "width": 60, **RIGHT},
        {"field": "weakest", "headerName": _("Most lost at"), "width": 200, "tooltipField": "weakest"},
        *lines,
    ]


# --- where most is lost -----------------------------------------------------------------------------------------


def lost(one: TotalScore) -> list[float]:
    """Of each line, what lies between it and what is expected of it."""
    return [max(0.0, line.weight * (FULL - (line.score or 0.0)) / 100) if line.weight else 0.0 for line in one.lines]


def weakest(judged: JudgedPeriod, one: TotalScore) -> str:
    found = lost(one)
    return _named(judged.scheme, found) if one.total is not None else ""


def weakest_of_group(ranked: GroupScores, scheme: Scheme) -> str:
    """On the average of those who have a total."""
    counted = [lost(one) for one in ranked.scores if one.total is not None]
    return _named(scheme, [fmean(column) for column in zip(*counted, strict=True)]) if counted else ""


def _named(scheme: Scheme, found: Sequence[float]) -> str:
    n = max(range(len(found)), key=found.__getitem__)
    if found[n] < 0.005:
        return ""
    line = scheme.lines[n]
    return f"{name_of(line.indicator, measured(line))} −{words.points(found[n], 1)}"


def _one(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _difference(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return words.NONE
    return f"{now - before:+.1f}".replace("-", "−")
