"""A draft tried on a past period: who would have got what, and who moves against what holds. Nothing is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from core.clock import utc_now
from core.i18n import _
from dashboards.components import listing
from dashboards.components.choice import choice
from dashboards.components.filters import local_now
from dashboards.pages.kpi_schemes import ids
from dashboards.pages.kpi_schemes.queries import TriedPeriod
from dashboards.session import web

MONTHS = 12
NONE = "—"
HEAD_PX, ROW_PX, MOST_PX = 36, 28, 420


def periods(today: date) -> dict[str, str]:
    """Whole months, the last one first, and the last days."""
    found = {}
    first = today.replace(day=1)
    for _n in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        found[f"{first:%Y-%m}"] = f"{first:%Y-%m}"
    return {**found, "days7": _("the last 7 days"), "days30": _("the last 30 days")}


def span(said: Any, today: date, zone: ZoneInfo) -> tuple[float, float]:
    """Epoch seconds; whatever is no period of ours is the last month."""
    known = periods(today)
    chosen = said if isinstance(said, str) and said in known else next(iter(known))
    if chosen.startswith("days"):
        first, until = today - timedelta(days=int(chosen[4:])), today
    else:
        first = date.fromisoformat(f"{chosen}-01")
        until = (first + timedelta(days=32)).replace(day=1)
    at = [datetime(one.year, one.month, one.day, tzinfo=zone).timestamp() for one in (first, until)]
    return at[0], at[1]


def today() -> date:
    return local_now(utc_now(), web().settings.timezone).date()


def panel() -> Any:
    options = list(periods(today()).items())
    return html.Section(
        [
            html.H2([_("Try it"), " ", html.Small(_("nothing is saved"), className="dim")]),
            html.Div(
                [
                    choice(ids.PERIOD, options, options[0][0], label=_("Period")),
                    html.Button(_("Try"), id=ids.TRY, type="button", className="primary"),
                ],
                className="scheme-try",
            ),
            html.Div(id=ids.TRIED, role="status"),
        ],
        className="panel",
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody's total, rank and grade by what holds now (nothing where nothing does) and by the draft."""

    key: str
    name: str
    group: str
    total: float | None
    rank: int | None
    grade: str | None
    total_now: float | None = None
    rank_now: int | None = None
    grade_now: str | None = None

    @property
    def places(self) -> int:
        """How many places better; 0 where there is nothing to compare with."""
        return (self.rank_now or 0) - (self.rank or 0) if self.rank and self.rank_now else 0


def moved(now: TriedPeriod | None, then: TriedPeriod) -> list[Moved]:
    before = {one.who: one for one in now.scores} if now else {}
    names = {one.key: one.name for one in then.people}
    found = []
    for one in then.scores:
        other = before.get(one.who)
        found.append(
            Moved(
                one.who,
                names[one.who],
                one.group,
                one.total,
                one.rank,
                one.grade,
                other.total if other else None,
                other.rank if other else None,
                other.grade if other else None,
            )
        )
    return sorted(found, key=lambda one: (one.group, one.rank is None, one.rank or 0, one.name))


def drawn(found: Sequence[Moved], holds: str, *, demo: bool) -> list[Any]:
    """``holds`` names what it is compared with; empty where nothing holds in the period."""
    judged = [one for one in found if one.total is not None]
    up, down = sum(one.places > 0 for one in found), sum(one.places < 0 for one in found)
    regraded = sum(one.grade != one.grade_now for one in judged if one.grade_now)
    mean = sum(one.total or 0 for one in judged) / len(judged) if judged else None
    facts = [
        (_("People"), str(len(found))),
        (_("Mean"), NONE if mean is None else f"{mean:.2f}"),
        *([(_("Up"), str(up)), (_("Down"), str(down)), (_("Other grade"), str(regraded))] if holds else []),
    ]
    pairs = [html.Span([html.Small(name), html.B(value)]) for name, value in facts]
    about = _("against {name}", name=holds) if holds else _("Nothing that holds in the period to compare with.")
    return [
        html.Div(pairs, className="scheme-facts"),
        html.P([about, " ", html.Span(_("Demo data"), className="tag-demo") if demo else None], className="dim"),
        table(found, compares=bool(holds)),
    ]


def table(found: Sequence[Moved], *, compares: bool) -> Any:
    """Narrow, beside the numbers that are being changed."""
    number = {"type": "rightAligned"}
    grouped = len({one.group for one in found}) > 1
    columns: list[dict[str, Any]] = [
        {"field": "rank", "headerName": _("Rank"), "width": 66},
        {"field": "name", "headerName": _("Name"), "flex": 1, "minWidth": 70, "tooltipField": "name"},
        {"field": "total", "headerName": _("Total"), "width": 64, **number},
        *([{"field": "change", "headerName": _("Points moved"), "width": 64, **number}] if compares else []),
        {"field": "grade", "headerName": _("Grade"), "width": 62},
    ]
    rows = [row(one, grouped=grouped, compares=compares) for one in found]
    made = listing.table("scheme-tried", rows, columns, "params.data.id")
    made.className = "calls-table scheme-tried"
    made.style = {"height": f"{min(MOST_PX, HEAD_PX + ROW_PX * len(rows))}px"}
    return made


def row(one: Moved, *, grouped: bool, compares: bool) -> dict[str, Any]:
    change = None if one.total is None or one.total_now is None else round(one.total - one.total_now, 2)
    places = f" ↑{one.places}" if one.places > 0 else f" ↓{-one.places}" if one.places < 0 else ""
    other = compares and one.grade_now and one.grade_now != one.grade
    return {
        "id": one.key,
        "rank": f"{one.rank or NONE}{places}",
        "name": f"{one.group} {one.name}" if grouped and one.group else one.name,
        "total": NONE if one.total is None else f"{one.total:.2f}",
        "change": NONE if change is None else f"{change:+.2f}" if change else "0",
        "grade": f"{one.grade_now}→{one.grade}" if other else one.grade or NONE,
    }
