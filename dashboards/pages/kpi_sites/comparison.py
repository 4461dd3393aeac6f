"""Every site side by side: a row for each with its total, grade and every line's figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import _
from dashboards.components import listing
from dashboards.components.score import words
from dashboards.components.score.curves import is_met, target_of
from dashboards.pages.kpi_sites import ids, queries
from dashboards.pages.kpi_sites.queries import SiteReview
from kpi.api.indicators import links
from kpi.api.score_words import name_of, sentence
from kpi.schemes.values import place_of
from kpi.scoring.curves import Bonus, Veto
from kpi.scoring.scheme import SchemeLine, measured
from kpi.scoring.score import LineScore, TotalScore

HEAD_PX, ROW_PX = 40, 28


def table(found: SiteReview, open_site: Callable[[str], str]) -> Any:
    """A figure opens its orders, a site its lines below."""
    assert found.judged is not None
    rows = [row(found, one, open_site) for one in queries.ranked(found.judged)]
    right = {"type": "rightAligned"}
    columns: list[dict[str, Any]] = [
        {"field": "rank", "headerName": _("Rank"), "width": 56, **right},
        {"field": "name", "headerName": _("Site"), "cellRenderer": "HotlinePath", "flex": 1, "minWidth": 110},
        {"field": "total", "headerName": _("Total"), "width": 84, **right},
        {"field": "grade", "headerName": _("Grade"), "width": 64},
        *(column(n, line) for n, line in enumerate(found.judged.scheme.lines)),
    ]
    made = listing.table(ids.TABLE, rows, columns, "params.data.id")
    made.dashGridOptions |= {"headerHeight": HEAD_PX, "rowClassRules": {"is-chosen": "params.data.chosen"}}
    made.defaultColDef |= {"wrapHeaderText": True, "suppressHeaderMenuButton": True}
    made.style = {"height": f"{HEAD_PX + ROW_PX * len(rows) + 4}px"}
    made.className = "calls-table sites-table"
    return made


def column(n: int, line: SchemeLine) -> dict[str, Any]:
    unit, name = words.unit_of(line), name_of(line.indicator, measured(line))
    target = words.NONE if isinstance(line.curve, Veto) else words.target_text(target_of(line.curve), unit)
    return {
        "field": f"line{n}",
        "headerName": name,
        "headerTooltip": _(
            "{name}: target {target}, weight {weight}", name=name, target=target, weight=words.short(line.weight)
        ),
        "type": "rightAligned",
        "cellRenderer": "HotlineFigure",
        "tooltipField": f"line{n}_title",
        "flex": 1,
        "minWidth": 96,
    }


def row(found: SiteReview, one: TotalScore, open_site: Callable[[str], str]) -> dict[str, Any]:
    assert found.judged is not None
    who = next(person for person in found.judged.people if person.key == one.who)
    made: dict[str, Any] = {
        "id": one.who,
        "rank": one.rank,
        "name": who.name,
        "name_href": open_site(one.who),
        "total": words.points(one.total),
        "grade": one.grade or words.NONE,
        "chosen": one.who == found.site,
    }
    for n, (line, score, question) in enumerate(
        zip(found.judged.scheme.lines, one.lines, found.judged.questions, strict=True)
    ):
        where = links(question, queries.zone(), place_of(question, who)) if question is not None else {}
        made |= {f"line{n}{part}": value for part, value in cell(line, score, where.get("list")).items()}
    return made


def cell(line: SchemeLine, score: LineScore, opens: str | None) -> dict[str, Any]:
    value, unit = score.figure.value, words.unit_of(line)
    low = (
        score.state == "counted"
        and value is not None
        and not isinstance(line.curve, (Veto, Bonus))
        and not is_met(line.curve, value)
    )
    return {
        "": value,
        "_words": words.value_text(value, unit),
        "_href": opens if value is not None else None,
        "_low": low,
        "_title": sentence(line, score),
    }
