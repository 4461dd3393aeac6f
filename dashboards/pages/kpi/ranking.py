"""The ranking inside one group: rows and columns of its table. Pure but for the table itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.i18n import _
from dashboards.components import listing
from dashboards.components.score import words
from dashboards.pages.kpi import ids
from dashboards.pages.kpi.groups import GroupScores
from dashboards.pages.kpi.selection import ReviewQuery
from kpi.fairness.ranges import proven
from kpi.scoring.score import TotalScore

ROW = 25


def rows(
    group: GroupScores, before: GroupScores | None, names: Mapping[str, str], asked: ReviewQuery, who: str
) -> list[dict[str, Any]]:
    """``before`` is the same group a period earlier: of who was not ranked in it there is no movement."""
    chosen = group.of(who)
    most = max((_highest(one) for one in group.scores), default=0.0) or 1.0
    found = []
    for one in group.scores:
        earlier = before.of(one.who) if before else None
        moved = earlier.rank - one.rank if earlier and earlier.rank and one.rank else None
        allowed = one.allowed.total if one.allowed else None
        found.append(
            {
                "who": one.who,
                "rank": one.rank,
                "range": range_text(one),
                "name": names.get(one.who, one.who),
                "href": asked.link(who=one.who, group=group.name),
                "total": one.total,
                "total_words": words.points(one.total, 1),
                "total_title": allowed_text(one),
                "share": round(100 * (one.total or 0.0) / most, 2),
                "low": round(100 * allowed.low / most, 2) if allowed else None,
                "high": round(100 * allowed.high / most, 2) if allowed else None,
                "grade": one.grade or words.NONE,
                "moved": moved,
                "moved_words": moved_text(moved),
                "chosen": one.who == who,
                "alike": chosen is not None and is_unproven(chosen, one),
            }
        )
    return found


def _highest(one: TotalScore) -> float:
    allowed = one.allowed.total if one.allowed else None
    return allowed.high if allowed else one.total or 0.0


def range_text(one: TotalScore) -> str:
    """The ranks that the data allow; empty where that is only the one, or not known."""
    known = one.allowed
    if known is None or known.rank_low is None or known.rank_low == known.rank_high:
        return ""
    return f"{known.rank_low}–{known.rank_high}"


def allowed_text(one: TotalScore) -> str:
    known = one.allowed
    if known is None or known.total is None:
        return ""
    return _(
        "{total}; chance alone allows {low} to {high}",
        total=words.points(one.total),
        low=words.points(known.total.low, 1),
        high=words.points(known.total.high, 1),
    )


def is_unproven(one: TotalScore, other: TotalScore) -> bool:
    """Whether neither of two different people is proven better than the other."""
    if one.who == other.who or one.allowed is None or other.allowed is None or one.rank is None or other.rank is None:
        return False
    return not proven(one, other) and not proven(other, one)


def alike_text(group: GroupScores, names: Mapping[str, str], who: str) -> str:
    """Of how many the data do not show who is better; empty where nothing is known of it."""
    chosen = group.of(who)
    if chosen is None or chosen.allowed is None or chosen.rank is None:
        return ""
    alike = sum(is_unproven(chosen, one) for one in group.scores)
    said = {"name": names.get(who, who), "n": alike, "low": chosen.allowed.rank_low, "high": chosen.allowed.rank_high}
    if not alike:
        return _("{name}: the data show of everybody else who is better.", **said)
    return _(
        "{name} and {n} others (tinted): the data do not show who is better. Ranks {low} to {high} are possible.",
        **said,
    )


def moved_text(places: int | None) -> str:
    """Up or down by so many places."""
    if places is None:
        return ""
    return "–" if places == 0 else f"{'↑' if places > 0 else '↓'}{abs(places)}"


def table(found: list[dict[str, Any]]) -> Any:
    right = {"type": "rightAligned"}
    columns: list[dict[str, Any]] = [
        {"field": "rank", "headerName": _("Rank"), "cellRenderer": "HotlineRank", "width": 70},
        {"field": "name", "headerName": _("Name"), "cellRenderer": "HotlineWho", "flex": 1, "minWidth": 52},
        {"field": "total", "headerName": _("Total"), "cellRenderer": "HotlineTotal", "width": 88},
        {"field": "grade", "headerName": _("Grade"), "width": 40},
        {"field": "moved", "headerName": _("Moved"), "cellRenderer": "HotlineMoved", "width": 40, **right},
    ]
    made = listing.table(ids.RANKING, found, columns, "params.data.who")
    made.dashGridOptions |= {
        "rowHeight": ROW,
        "headerHeight": ROW,
        "rowClassRules": {"is-chosen": "params.data.chosen", "is-alike": "params.data.alike"},
        "suppressMovableColumns": True,
    }
    made.defaultColDef |= {"resizable": False}
    made.className = "calls-table kpi-ranking"
    return made
