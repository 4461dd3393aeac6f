"""Forecast by queue and interval, the naive baseline always beside it, and how far both were off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from core.i18n import _
from core.rights import Right
from dashboards.components.address import choice, go
from dashboards.components.figure import figure
from dashboards.components.words import duration
from dashboards.pages.rosters import figures, ids, queries
from dashboards.pages.rosters.cover import key
from dashboards.pages.rosters.parts import NONE, calls, kind, number, opens, percent, short, table, total, weekday
from dashboards.pages.rosters.queries import Around
from dashboards.pages.rosters.selection import INTERVALS, Selection
from dashboards.session import user

HEIGHT = 190


def queue_of(asked: Selection, around: Around) -> str:
    """The chosen one, else the first; empty without any."""
    said = asked.given.get("queue", "")
    return said if said in around.queues else next(iter(around.queues), "")


def tools(asked: Selection, around: Around) -> list[Any]:
    lengths = [(str(n), _("{n} min", n=n)) for n in INTERVALS]
    return [
        choice("queue", _("Queue"), around.queues.items(), queue_of(asked, around)),
        choice("minutes", _("Interval"), lengths, str(asked.minutes())),
    ]


async def view(asked: Selection, around: Around) -> Any:
    queue = queue_of(asked, around)
    if not queue:
        return [html.P(_("There are no queues yet."), className="empty")]
    found, edits = await queries.forecast(asked, queue), user().may(Right.ROSTER_EDITS)
    return lambda: drawn(asked, around, found, edits=edits)


def drawn(asked: Selection, around: Around, found: dict[str, Any], *, edits: bool) -> list[Any]:
    known = any(value is not None for name in ("forecast", "actual") for row in found[name] for value in row)
    top = html.Div([errors(found), special(found["special"])], className="panel rosters-errors")
    if not known:
        nothing = _("No calls are known yet. A forecast needs a week of calls: take them in, or wait.")
        return [top, html.P(nothing, className="empty")]
    chosen = opened(asked)
    return [
        top,
        html.Div([legend(), chart(asked, around, found)], className="panel"),
        html.Div(
            [by_day(asked, around, found, chosen, edits=edits), by_interval(asked, found, chosen)],
            className="rosters-two",
        ),
    ]


def opened(asked: Selection) -> date:
    """The day whose intervals are shown: the chosen one, else today."""
    said = asked.given.get("at", "")
    return next((day for day in asked.days if day.isoformat() == said), None) or next(
        (day for day in asked.days if day >= asked.today), asked.days[0]
    )


def errors(found: dict[str, Any]) -> Any:
    both = measured(found["measured"], found["minutes"])
    if not both:
        text = _(
            "Not measured yet: the error needs calls of more than a week ({days} days are known).",
            days=found["history_days"],
        )
        return html.P(text, className="warn")
    known = [_("{days} days of calls are known.", days=found["history_days"]), " · ", f"{_('mean handling')} "]
    return html.Div(
        [*both, html.P([*known, handling(found["handling"])], className="dim")], className="rosters-error-row"
    )


def measured(both: dict[str, Any], minutes: int) -> list[Any]:
    """Both errors side by side, and in words how they were measured; which is better is said from a week of days on."""
    ours, naive = both["ours"], both["naive"]
    if not ours:
        return []
    decided = both["enough"] and ours["wape"] != naive["wape"]
    less = decided and ours["wape"] < naive["wape"]
    verdict = (
        _("Too few days yet to say which is better.")
        if not both["enough"]
        else _("Both are equally far off.")
        if not decided
        else _("The forecast beats last week's figures.")
        if less
        else _("The forecast does not beat last week's figures.")
    )
    how = _(
        "WAPE on the last {days} days with {calls} calls, each day from what was known {lead} days before.",
        days=both["days"],
        calls=number(both["calls"], 0),
        lead=both["lead_days"],
    )
    return [
        error(_("Forecast, error by {n} min", n=minutes), ours, good=decided and less),
        error(_("Same day last week, error by {n} min", n=minutes), naive, good=decided and not less),
        html.P([verdict, " ", how], className="dim rosters-measured"),
    ]


def error(caption: str, one: dict[str, Any], *, good: bool) -> Any:
    bias = ("+" if one["bias"] > 0 else "") + percent(one["bias"])
    by_days = _(" by day {wape}, bias {bias}", wape=percent(one["wape_by_day"]), bias=bias)
    figure_of = html.B(percent(one["wape"]), className="rosters-figure", **({"data-good": "1"} if good else {}))
    return html.Div(
        [html.Span(caption, className="floor-caption"), html.Span([figure_of, html.Small(by_days)])],
        className="rosters-error-box",
        title=_("WAPE = Σ |actual − forecast| / Σ actual, each day forecast from what was known a week before"),
    )


def handling(one: dict[str, Any]) -> Any:
    """The mean handling time, with its sum on hover and its calls behind it."""
    if one["assumed"]:
        title = _("This queue has answered no call in four weeks; the mean of all stands in.")
    else:
        title = _(
            "(talk {talk} s + hold {hold} s + wrap-up {wrap} s) / {n} answered, last 28 days",
            talk=number(one["talk_s"], 0),
            hold=number(one["hold_s"], 0),
            wrap=number(one["wrap_up_s"], 0),
            n=number(one["answered"], 0),
        )
    today = queries.rooms().today()
    query = {"from": str(today - timedelta(days=28)), "to": str(today), "queue": one["queue"], "outcome": "answered"}
    return calls(f"{one['name']} {duration(one['aht_s'])}", query, title=title)


def special(asked: dict[str, Any]) -> Any:
    """What only the office knows: whether a day unlike its kind was special, and which days to come are."""
    lines = [
        *(
            _(
                "{day} had {calls} calls where {usual} are usual: it is left out. "
                "Was it a special day? Then put it into the calendar.",
                day=one["day"],
                calls=number(one["calls"], 0),
                usual=number(one["usual"], 0),
            )
            for one in asked["odd"]
        ),
        *(
            _(
                "{day} is special in the calendar and its like was never seen: say below how many calls to expect.",
                day=day,
            )
            for day in asked["unseen"]
        ),
        *(
            _("No special days of {year} are known: put holidays and make-up days into the calendar.", year=year)
            for year in asked["years"]
        ),
    ]
    return html.Ul([html.Li(line) for line in lines], className="warn", **{"data-special": "1"}) if lines else None


def legend() -> Any:
    return html.P(
        [
            key("key-forecast", _("Forecast")),
            key("key-naive", _("same day last week")),
            key("key-actual", _("actual")),
        ],
        className="rosters-legend",
    )


def chart(asked: Selection, around: Around, found: dict[str, Any]) -> Any:
    """The figure, and over it the days: each says its sums on hover and opens below."""
    label = _("Calls of {queue} by interval: forecast, same day last week, actual", queue=found["name"])
    columns = [
        go(
            html.Span(label_of(day, around), className="unseen"),
            asked.link(at=day.isoformat()),
            title=_(
                "{day}: forecast {forecast}, same day last week {baseline}, actual {actual} calls",
                day=day,
                forecast=number(total(found["forecast"][n]), 0),
                baseline=number(total(found["baseline"][n]), 0),
                actual=number(total(found["actual"][n]), 0),
            ),
            className="rosters-column",
        )
        for n, day in enumerate(asked.days)
    ]
    names = [label_of(day, around) for day in asked.days]
    return html.Div(
        [
            figure("forecast", figures.forecast(found, names), label=label, height=HEIGHT),
            html.Div(columns, className="rosters-columns"),
        ],
        className="rosters-over",
    )


def label_of(day: date, around: Around) -> str:
    return f"{short(day)} {weekday(day)} {kind(day, around.workdays, around.holidays)}".strip()


def by_day(asked: Selection, around: Around, found: dict[str, Any], chosen: date, *, edits: bool) -> Any:
    queue = found["queue"]

    def line(n: int, day: date) -> Any:
        said, naive, actual = (total(found[name][n]) for name in ("forecast", "baseline", "actual"))
        # The baseline of a day may lie in two weeks, where the last one is not over: the older one is named.
        weeks = max(1, *(round(one or 0) for one in found["baseline_weeks"][n]))
        why = opens(
            number(said, 0), {"what": "why", "day": day.isoformat(), "queue": queue}, title=_("What does this rest on?")
        )
        return html.Tr(
            [
                html.Th(go(label_of(day, around), asked.link(at=day.isoformat())), scope="row"),
                html.Td(NONE if said is None else why),
                html.Td(number_of_calls(naive, day - timedelta(days=7 * weeks), queue)),
                html.Td(number_of_calls(actual, day, queue)),
                html.Td(
                    expectation(found, n, day) if edits and n >= found["past"] else number(found["expected"][n], 0)
                ),
            ],
            **({"aria-selected": "true"} if day == chosen else {}),
        )

    head = [
        _("Day"),
        _("Forecast"),
        html.Th(
            _("same day last week"),
            scope="col",
            title=_("Naive baseline: calls of the same interval in the last week that is over"),
        ),
        _("actual"),
        html.Th(
            _("Expected by us"),
            scope="col",
            title=_("What the office expects of a special day counts instead of the forecast. Empty: forecast."),
        ),
    ]
    lines = [line(n, day) for n, day in enumerate(asked.days)]
    return html.Section([html.H2(_("By day")), table(head, lines)], className="panel")


def expectation(found: dict[str, Any], n: int, day: date) -> Any:
    """A number for the day, where it may still be planned and by whom it may."""
    return html.Label(
        [
            html.Span(_("Calls expected on {day}", day=day), className="unseen"),
            dcc.Input(
                id=ids.expected(found["queue"], day.isoformat()),
                type="number",
                min=0,
                max=1_000_000,
                step=1,
                value=found["expected"][n],
                debounce=True,
                className="field rosters-expected",
            ),
        ]
    )


def number_of_calls(value: float | None, day: date, queue: str, start: str = "", end: str = "", digits: int = 0) -> Any:
    if value is None:
        return NONE
    begin, finish = (f"{day} {start}", f"{day} {end}") if start else (str(day), str(day))
    return calls(number(value, digits), {"from": begin, "to": finish, "queue": queue, "visit": "offered"})


def by_interval(asked: Selection, found: dict[str, Any], chosen: date) -> Any:
    n, queue = asked.days.index(chosen), found["queue"]
    per = len(found["forecast"][n])
    slots = 96 // per

    def line(at: int) -> Any:
        start, end = clock(at * slots), clock((at + 1) * slots)
        said = found["forecast"][n][at]
        back = chosen - timedelta(days=7 * (round(found["baseline_weeks"][n][at] or 0) or 1))
        what = {"what": "why", "day": chosen.isoformat(), "from": start, "to": end, "queue": queue}
        return html.Tr(
            [
                html.Th(f"{start}–{end}", scope="row"),
                html.Td(NONE if said is None else opens(number(said), what, title=_("What does this rest on?"))),
                html.Td(number_of_calls(found["baseline"][n][at], back, queue, start, end, 1)),
                html.Td(number_of_calls(found["actual"][n][at], chosen, queue, start, end, 1)),
            ]
        )

    head = [_("Interval"), _("Forecast"), _("same day last week"), _("actual")]
    return html.Section(
        [html.H2(f"{chosen} {weekday(chosen)}"), table(head, [line(at) for at in range(per)])], className="panel"
    )


def clock(slot: int) -> str:
    """A quarter of the day as wall clock; the last one ends at 24:00."""
    return f"{slot // 4:02d}:{slot % 4 * 15:02d}"
