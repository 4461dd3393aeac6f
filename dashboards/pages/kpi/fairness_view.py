"""What chance explains: a funnel for each line that judges people by the own figure, and signs of gaming, which stand
beside the scores and never in them. Both are worked out once the page is there, from the data of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from core.errors import HotlineError
from core.i18n import _, translate_error
from dashboards.components.figure import figure
from dashboards.components.score import words
from dashboards.pages.kpi import compare, ids, queries
from dashboards.pages.kpi.funnel_figure import counted_text, funnel_figure
from dashboards.pages.kpi.selection import ReviewQuery, query_of
from dashboards.session import user
from kpi.api.comparisons import FunnelBody, funnels_for, signs_of
from kpi.api.scores import PeriodBody

FUNNEL_HEIGHT = 230
# From here on people differ by more than the calls that they happened to get.
MUCH = 2.0
Row = Mapping[str, Any]


def fairness_view(_found: queries.Review) -> Any:
    return html.Div(
        [
            html.Section(
                [
                    html.H2(_("What chance explains")),
                    html.P(
                        _(
                            "Each dot is one person: to the right who had more to do. Between the lines chance alone is"
                            " enough to explain the distance from everybody's value (95 % solid, 99.8 % dashed)."
                        ),
                        className="dim",
                    ),
                    html.Div(_("Being worked out…"), id=ids.FUNNELS, className="kpi-funnels"),
                ],
                className="kpi-panel kpi-wide",
            ),
            html.Section(
                [
                    html.H2(_("Signs beside the score")),
                    html.P(
                        _("They never enter a score. They say where to look, and not who is at fault."), className="dim"
                    ),
                    html.Div(_("Being worked out…"), id=ids.SIGNS),
                ],
                className="kpi-panel kpi-wide kpi-people",
            ),
        ],
        className="kpi-compare",
    )


async def _asked(given: Any) -> tuple[str, dict[str, Any]]:
    found = await queries.looked_at(given)
    judged, zone = found.judging.judged, queries.rooms().zone
    begin, end = (datetime.fromtimestamp(at, zone) for at in (judged.from_at, judged.until))
    return judged.scheme.id, {"from": begin, "to": end, "version": found.judging.version}


# --- funnels ----------------------------------------------------------------------------------------------------


async def funnels(given: Any) -> Any:
    who = query_of(given).given.get("who", "")
    try:
        scheme, body = await _asked(given)
        found = await funnels_for(queries.rooms(), user(), scheme, FunnelBody.model_validate(body))
    except HotlineError as no:
        said = translate_error(no)[0]
        return lambda: html.P(said)
    return lambda: (
        [one_funnel(one, who) for one in found["funnels"] if one["points"]]
        or html.P(_("No line of this scheme judges people by their own calls, orders or shifts in this period."))
    )


def one_funnel(found: Row, who: str) -> Any:
    said = funnel_words(found)
    drawn = figure(
        f"kpi-funnel-{found['line']}",
        funnel_figure(found, who),
        label=f"{found['name']}. {' '.join(said)}",
        height=FUNNEL_HEIGHT,
        hovers=True,
    )
    return html.Div([html.H3(found["name"]), drawn, *(html.P(one) for one in said)], className="kpi-funnel")


def funnel_words(found: Row) -> list[str]:
    """Who lies beyond chance, in plain sentences; and what to think of where many do."""
    unit = found["unit"]
    far, near = ([one for one in found["points"] if one["outside"] == limit] for limit in ("99.8", "95"))
    said = [
        _(
            "{n} people, all together {value}.",
            n=len(found["points"]),
            value=words.value_text(found["target"], unit),
        )
    ]
    if far:
        said.append(_("Chance does not explain (99.8 %): {names}.", names=_named(far, unit, found["counts"])))
    if near:
        said.append(_("At the edge of chance (95 %): {names}.", names=_named(near, unit, found["counts"])))
    if not far and not near:
        said.append(_("Nobody lies beyond what chance explains: the order of these people means little."))
    if (found["dispersion"] or 0.0) > MUCH:
        said.append(
            _(
                "People differ {times} times as much as by chance. Look for other cases, shifts or queues before"
                " anybody is blamed.",
                times=words.short(found["dispersion"]),
            )
        )
    return said


def _named(points: Sequence[Row], unit: str, counts: str) -> str:
    return ", ".join(
        f"{one['name']} {words.value_text(one['value'], unit)} ({one['n']:,} {counted_text(counts)})" for one in points
    )


# --- signs ------------------------------------------------------------------------------------------------------


async def signs(given: Any) -> Any:
    asked = query_of(given)
    group = asked.given.get("group", "")
    try:
        scheme, body = await _asked(given)
        found = await signs_of(queries.rooms(), user(), scheme, PeriodBody.model_validate(body))
    except HotlineError as no:
        said = translate_error(no)[0]
        return lambda: html.P(said)
    people = [one for one in found["people"] if one["group"] == group]

    def answer() -> Any:
        if not people:
            return html.P(_("Nobody of this group takes calls or does repairs: there are no signs to count."))
        notable = [(one, sign) for one in people for sign in one["signs"] if sign["outside"]]
        return [notable_signs(notable), sign_table(people, asked)]

    return answer


def notable_signs(found: Sequence[tuple[Row, Row]]) -> Any:
    if not found:
        return html.P(_("No sign of anybody in this group lies beyond what chance explains."))
    ordered = sorted(found, key=lambda pair: (pair[1]["outside"] != "99.8", pair[0]["name"]))
    return html.Ul(
        [html.Li([sign_words(one, sign), " ", html.A(_("Open"), href=sign["list"])]) for one, sign in ordered],
        className="kpi-signs",
    )


def sign_words(one: Row, sign: Row) -> str:
    return _(
        "{name}: {count} {counted}, of {base} {among} ({share}; in the middle of the group {median}). By chance alone"
        " so many come about in less than {rare} of a thousand cases.",
        name=one["name"],
        count=sign["count"],
        counted=sign["counted"],
        base=sign["base"],
        among=sign["among"],
        share=words.value_text(sign["share"], "share"),
        median=words.value_text(sign["median"], "share"),
        rare=1 if sign["outside"] == "99.8" else 25,
    )


def sign_table(people: Sequence[Row], asked: ReviewQuery) -> Any:
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": _("Name"), "cellRenderer": "HotlineWho", "width": 110},
        *(
            {
                "field": sign["sign"],
                "headerName": sign["name"],
                "headerTooltip": f"{sign['counted']} / {sign['among']}",
                "cellRenderer": "HotlineFigure",
                "flex": 1,
                "minWidth": 130,
                **compare.RIGHT,
            }
            for sign in people[0]["signs"]
        ),
    ]
    rows = []
    for one in people:
        row = {"name": one["name"], "who": one["who"], "href": asked.link(who=one["who"], view=None)}
        for sign in one["signs"]:
            row |= {
                sign["sign"]: sign["share"],
                f"{sign['sign']}_words": f"{sign['count']:,} / {sign['base']:,}" if sign["base"] else words.NONE,
                f"{sign['sign']}_dim": not sign["outside"],
            }
        rows.append(row)
    made = compare.table(ids.SIGN_TABLE, rows, columns, "params.data.who", tall=True)
    # It comes below what is in sight, and a grid of few columns has nothing to leave out there.
    made.dashGridOptions |= {"suppressColumnVirtualisation": True}
    return made
