"""Coverage under the grid: each day's missing hours in words, the fortnight's people as one figure behind them."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.address import choice, go
from dashboards.components.figure import figure
from dashboards.pages.rosters import figures, queries
from dashboards.pages.rosters.parts import NONE, number, weekday
from dashboards.pages.rosters.selection import Selection

# A queue that only grows for less than an hour a day is amber: red is for what needs a call today.
BAD_QUARTERS = 4
HEIGHT = 64


async def cover(asked: Selection) -> Any:
    found = await queries.coverage(asked)
    return lambda: strip(asked, found)


def strip(asked: Selection, found: dict[str, Any]) -> list[Any]:
    return [
        html.Div(
            [
                choice("pool", _("Queue"), [(one["id"], pool_name(one)) for one in found["pools"]], asked.pool),
                legend(found),
            ],
            className="rosters-who rosters-cover-head",
        ),
        *(day(asked, found, n) for n in range(len(asked.days))),
        html.Div(
            figure("cover", figures.coverage(found), label=_("Needed and rostered by day"), height=HEIGHT),
            className="rosters-cover-figure",
        ),
    ]


def pool_name(pool: dict[str, Any]) -> str:
    return _("All queues") if pool["id"] == "all" else str(pool["name"])


def legend(found: dict[str, Any]) -> Any:
    if all(value is None for row in found["needed"] for value in row):
        return html.Small(_("no forecast: too few calls so far"), className="rosters-legend")
    keys = [key("key-needed", _("needed")), " ", key("key-rostered", _("rostered"))]
    return html.Small(keys, className="rosters-legend")


def key(kind: str, text: str) -> Any:
    return html.Span([html.I(className=kind), text])


def day(asked: Selection, found: dict[str, Any], n: int) -> Any:
    """What is missing, and the way to the day: the whole column is."""
    at = asked.days[n]
    short = found["short_h"][n]
    unknown = all(value is None for value in found["needed"][n])
    said = NONE if unknown else _("short {hours} h", hours=number(short)) if short else _("enough")
    level = "bad" if found["marks"][n].count("b") >= BAD_QUARTERS else "warn"
    gaps = [gap for gap in found["gaps"] if gap["day"] == at.isoformat()]
    worst = max(gaps, key=lambda gap: gap["short"], default=None)
    source = _("need by the calls that came") if n < found["past"] else _("need by the forecast")
    lines = [f"{at} {weekday(at)} · {source}"]
    if worst:
        words = {"from": worst["from"], "to": worst["to"], "n": number(worst["short"])}
        lines.append(_("most {from}–{to}: {n} too few", **words))
    title = "\n".join([*lines, _("Open the day")])
    return go(
        html.Span(said, className="rosters-short", **({"data-level": level} if short and not unknown else {})),
        asked.link(view=None, day=at.isoformat()),
        className="rosters-cover-day",
        title=title,
        style={"gridColumn": n + 2},
    )
