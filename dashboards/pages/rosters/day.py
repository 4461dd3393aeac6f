"""One day quarter by quarter, with every step from calls to people behind it, and who is on duty then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.address import choice, go
from dashboards.components.figure import figure
from dashboards.components.words import duration
from dashboards.pages.rosters import figures, queries
from dashboards.pages.rosters.forecast import clock, handling, measured
from dashboards.pages.rosters.parts import NONE, calls, kind, number, opens, percent, table, total, weekday
from dashboards.pages.rosters.queries import Around
from dashboards.pages.rosters.selection import INTERVALS, Selection

HEIGHT = 170


async def view(asked: Selection, around: Around) -> Any:
    found = await queries.day(asked)
    return lambda: drawn(asked, around, found)


def drawn(asked: Selection, around: Around, found: dict[str, Any]) -> list[Any]:
    day = asked.day
    assert day is not None
    label = _("Needed and rostered on {day}, by quarter hour", day=day)
    both = [] if found["past"] else measured(found["measured"], 30)
    return [
        html.Div(head(asked, around, found, day), className="rosters-day-head"),
        html.Div(
            figure("day", figures.day(found), label=label, height=HEIGHT, hovers=True),
            className="panel rosters-day-chart",
        ),
        html.Div(both, className="rosters-error-row rosters-day-errors") if both else None,
        html.Div(quarters(asked, found, day), className="panel rosters-day-table", tabIndex=0),
    ]


def head(asked: Selection, around: Around, found: dict[str, Any], day: date) -> list[Any]:
    def step(sign: str, label: str, to: date | None) -> Any:
        href = asked.link(day=to.isoformat() if to else None)
        return go(sign, href, className="bar-button rosters-link", title=label)

    target = found["target"]
    said = _(
        "Target {share} within {t} s, at most {occupancy} busy, {shrinkage} away",
        share=percent(target["share"]),
        t=number(target["threshold_s"]),
        occupancy=percent(target["occupancy"]),
        shrinkage=percent(target["shrinkage"]),
    )
    times = [part for one in found["handling"] for part in (_(", "), handling(one))][1:]
    pools = [("all", _("All queues")), *around.queues.items()]
    return [
        step("←", _("Back to the roster"), None),
        step("‹", _("Earlier"), day - timedelta(days=1)),
        html.H1(
            f"{day} {weekday(day)} {kind(day, around.workdays, around.holidays)}".strip(), className="rosters-day-title"
        ),
        step("›", _("Later"), day + timedelta(days=1)),
        choice("pool", _("Queue"), pools, asked.pool),
        choice("minutes", _("Interval"), [(str(n), _("{n} min", n=n)) for n in INTERVALS], str(asked.minutes())),
        html.Span([said, " · ", f"{_('mean handling')} ", *times], className="dim"),
    ]


def quarters(asked: Selection, found: dict[str, Any], day: date) -> Any:
    heads = (
        (_("Interval"), ""),
        (
            _("Forecast"),
            _("Calls expected: profile of the weekday, recent weeks weighing more, times the level of late"),
        ),
        (
            _("same day last week"),
            _("Naive baseline: calls of the same interval in the last week that is over"),
        ),
        (_("actual"), ""),
        (_("Load"), _("Erlang: calls × mean handling / length of the interval")),
        (_("on the phones"), _("Erlang C: the fewest agents that keep target and occupancy")),
        (_("needed"), _("The fewest to roster so that, shrinkage taken off, the target is still met")),
        (_("rostered"), _("Rostered people who serve these queues, breaks left out")),
        (_("Gap"), ""),
        (_("Expected service level"), _("Erlang C with those rostered, shrinkage taken off")),
        (
            _("Expected to give up"),
            _(
                "Erlang A with those rostered; callers' mean patience {patience}, from the waits of 28 days",
                patience=duration(found["patience_s"]),
            ),
        ),
    )
    slots = asked.minutes() // 15
    lines = [interval(asked, found, day, n, slots) for n in range(96 // slots)]
    return table([html.Th(text, scope="col", title=title or None) for text, title in heads], lines)


def interval(asked: Selection, found: dict[str, Any], day: date, n: int, slots: int) -> Any:
    lines = found["lines"][n * slots : (n + 1) * slots]
    start, end = clock(n * slots), clock((n + 1) * slots)
    said, naive, came, load = (total(one[name] for one in lines) for name in ("forecast", "baseline", "actual", "load"))
    worst = max(lines, key=lambda one: (one["needed"] or 0) - one["rostered"])
    gap = worst["needed"] - worst["rostered"] if worst["level"] else 0
    level = {"data-level": worst["level"]} if worst["level"] else {}
    grows = worst["needed"] is not None and worst["service_level"] is None
    queue = {} if asked.pool == "all" else {"queue": asked.pool}

    def link(value: float | None, of: date) -> Any:
        if value is None:
            return NONE
        return calls(number(value), {"from": f"{of} {start}", "to": f"{of} {end}", "visit": "offered", **queue})

    at = {"day": day.isoformat(), "from": start, "to": end, "queue": asked.pool}
    why = opens(number(said), {"what": "why", **at}, title=_("What does this rest on?"), **{"data-why": start})
    who = opens(number(worst["rostered"], 2), {"what": "who", **at}, title=_("Who is that?"), **{"data-who": start})
    return html.Tr(
        [
            html.Th(f"{start}–{end}", scope="row"),
            html.Td(NONE if said is None else why),
            html.Td(link(naive, day - timedelta(days=7 * (round(lines[0]["baseline_weeks"] or 0) or 1)))),
            html.Td(link(came, day)),
            html.Td(NONE if load is None else number(load / slots, 2)),
            html.Td(number(worst["agents"])),
            html.Td(number(worst["needed"])),
            html.Td(who),
            html.Td(f"−{number(gap, 2)}" if gap else "", **level),
            html.Td(
                _("queue only grows") if grows else percent(worst["service_level"]),
                **({"data-level": "bad"} if grows and worst["needed"] else {}),
            ),
            html.Td(percent(worst["abandoned"])),
        ]
    )
