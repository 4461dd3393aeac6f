"""Adherence: who should be on now and is not, and the past by agent and shift, opened down to its stretches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dash import dcc, html

from core.clock import from_iso
from core.i18n import _
from core.rights import Right, Scope
from dashboards.components.address import go
from dashboards.components.figure import figure
from dashboards.components.words import duration
from dashboards.pages.rosters import figures, ids, queries
from dashboards.pages.rosters.blocks import named_in, times
from dashboards.pages.rosters.parts import NONE, calls, percent, short, table, weekday
from dashboards.pages.rosters.selection import Selection
from dashboards.session import user
from dashboards.theme import STATES

EVERY_MS = 5000
HEIGHT = 84
# Plans in which nobody is waited for.
FREE = ("off", "leave")
# A share under the first is amber, under the second red.
FAIR, POOR = 0.9, 0.8
# A stretch off the plan that is worth a word.
WORTH_S = 30


def states() -> dict[str, str]:
    return {state.code: _(state.word) for state in STATES}


def plans() -> dict[str, str]:
    return {
        "plan_work": _("work"),
        "plan_break": _("break planned"),
        "plan_off": _("off duty"),
        "plan_leave": _("on leave"),
    }


async def view(asked: Selection, _around: Any) -> Any:
    moment, past = await now(asked), await queries.adherence_past(asked)
    said = asked.given.get("shift", "")
    shift = await queries.adherence_shift(int(said)) if said.isdigit() and len(said) < 10 else None
    zone = queries.rooms().zone

    def drawn() -> Any:
        return html.Div(
            [
                html.Section(moment, id=ids.NOW, className="panel rosters-now", tabIndex=0),
                html.Div(
                    [opened(asked, shift, zone) if shift else None, past_panel(asked, past, zone)],
                    className="rosters-past",
                ),
                dcc.Interval(id=ids.NOW_TICK, interval=EVERY_MS),
            ],
            className="rosters-adherence",
        )

    return drawn


# --- this moment ------------------------------------------------------------------------------------------------


async def now(asked: Selection) -> list[Any]:
    found = await queries.adherence_now()
    if user().scope(Right.ROSTERS) is not Scope.ALL:
        return [html.H2(_("Now")), *mine(found, asked)]
    agents = [one for one in found["agents"] if not asked.group or one["group"] == asked.group]
    planned = [one for one in agents if one["plan"] not in FREE]
    off = sorted((one for one in planned if not one["adherent"]), key=lambda one: one["off_since"] or "")
    extra = [one for one in agents if one["plan"] in FREE and one["state"] != "offline"]
    nobody = _("Everybody is where the roster says.") if planned else _("Nobody is rostered now.")
    return [
        html.H2(_("Now")),
        html.P(_("States are not live now."), className="warn") if found["stale"] else None,
        html.Div(
            [
                count(_("Should be on"), len(planned)),
                count(_("In place"), len(planned) - len(off)),
                count(_("Not in place"), len(off), warns=bool(off)),
                count(_("On without a shift"), len(extra)),
            ],
            className="rosters-counts",
        ),
        people(off) if off else html.P(nobody, className="dim"),
        html.H3(_("On without a shift")) if extra else None,
        people(extra) if extra else None,
    ]


def mine(found: dict[str, Any], asked: Selection) -> list[Any]:
    """An agent's own moment: the plan, the state, whether they agree, and when the plan changes next."""
    if not found["agents"]:
        text = _("You are not among the agents who are rostered. Ask the shift supervisor.")
        return [html.P(text, className="dim")]
    one = found["agents"][0]
    free = one["plan"] in FREE
    agrees = _("as planned") if one["adherent"] else _("Not in place")
    lines = [
        html.P(_("States are not live now."), className="warn") if found["stale"] else None,
        html.P(html.B(plan_of(one), className="rosters-figure")),
        html.P([state_of(one), "" if free else f" · {agrees}"], className="" if free or one["adherent"] else "warn"),
    ]
    if one["next_change"]:
        at = datetime.fromtimestamp(from_iso(one["next_change"]), queries.rooms().zone)
        day = "" if at.date() == asked.today else f"{short(at.date())} "
        text = _("The plan changes next at {at}.", at=f"{day}{at:%H:%M}")
        lines.append(html.P(text, className="dim"))
    return lines


def plan_of(one: dict[str, Any]) -> str:
    """A break or leave lies in a shift: its times are named as the shift's."""
    words = plans()
    if one["plan"] == "off":
        return words["plan_off"]
    shift = one["shift"]
    name = "" if one["plan"] == "work" else f"· {named_in(shift)} "
    return f"{words['plan_' + one['plan']]} {name}{shift['start']}–{shift['end']}"


def state_of(one: dict[str, Any]) -> Any:
    name = states().get(one["state"], one["state"])
    return html.Span(
        [html.Span(className="icon"), name, f" {one['reason_name']}" if one["reason_name"] else ""],
        className="rosters-state",
        **{"data-state": one["state"]},
    )


def count(caption: str, n: int, *, warns: bool = False) -> Any:
    level = {"data-level": "warn"} if warns else {}
    return html.Div(
        [html.Span(caption, className="floor-caption"), html.B(str(n), className="rosters-figure", **level)]
    )


def people(found: list[dict[str, Any]]) -> Any:
    return html.Ul(
        [
            html.Li(
                [
                    calls(f"{one['extension']} {one['name']}", {"agent": one["extension"], "day": "today"}),
                    html.Span(plan_of(one), className="dim"),
                    state_of(one),
                    # Goes on between two answers; without children, so that Dash leaves it to the script.
                    html.B(className="rosters-since", **{"data-since": one["off_since"] or one["since"] or ""}),
                ],
                **{"data-off": one["extension"]},
            )
            for one in found
        ],
        className="rosters-people",
    )


# --- the past ---------------------------------------------------------------------------------------------------


def expression(one: dict[str, Any]) -> str:
    return _("in adherence {a} / scheduled {s}", a=duration(one["adherent_s"]), s=duration(one["scheduled_s"]))


def conformed(one: dict[str, Any]) -> str:
    return _("worked {w} / planned work {s}", w=duration(one["worked_s"]), s=duration(one["planned_work_s"]))


def ratio(value: float | None, title: str) -> Any:
    level = None if value is None or value >= FAIR else "bad" if value < POOR else "warn"
    return html.Td(html.Span(percent(value)), title=title, **({"data-level": level} if level else {}))


def past_panel(asked: Selection, past: dict[str, Any], zone: Any) -> Any:
    last = asked.days[-1].isoformat()
    if not past["known_from"]:
        text = _("No states of agents are known for this time.")
        return html.Section([html.H2(_("Past")), html.P(text, className="dim")], className="panel")
    agents = [one for one in past["agents"] if not asked.group or one["group"] == asked.group]
    rows = [row for one in agents for row in lines(asked, one, {"from": past["from"], "to": last}, zone)]
    whole, since = past["whole"], datetime.fromtimestamp(from_iso(past["known_from"]), zone)
    heads = [
        _("Agent"),
        _("Group"),
        html.Th(_("Adherence"), scope="col", title=_("In adherence / scheduled time")),
        html.Th(_("Conformance"), scope="col", title=_("Worked around the shift / planned work")),
        _("Scheduled"),
        _("Worked"),
        _("Late"),
        _("Shifts"),
        _("Absent"),
    ]
    known = _("States are known since {at}; time before is not counted.", at=f"{since:%Y-%m-%d %H:%M}")
    return html.Section(
        [
            html.H2(_("Past {from} – {to}", **{"from": past["from"], "to": last})),
            html.Div(
                [
                    share(_("Adherence"), whole["adherence"], expression(whole)),
                    share(_("Conformance"), whole["conformance"], conformed(whole)),
                    html.P(known, className="dim"),
                ],
                className="rosters-counts",
            ),
            html.Div(table(heads, rows), className="rosters-scroll", tabIndex=0),
        ],
        className="panel rosters-past-panel",
    )


def share(caption: str, value: float | None, title: str) -> Any:
    return html.Div(
        [html.Span(caption, className="floor-caption"), html.B(percent(value), className="rosters-figure", title=title)]
    )


def lines(asked: Selection, one: dict[str, Any], span: dict[str, str], zone: Any) -> list[Any]:
    """The agent's sums, and where they are opened each shift's."""
    extension = one["extension"]
    open_ = asked.given.get("agent") == extension
    head = html.Tr(
        [
            html.Th(
                go(
                    f"{'▾' if open_ else '▸'} {extension} {one['name']}",
                    asked.link(agent=None if open_ else extension),
                ),
                scope="row",
                **{"data-open-agent": extension},
            ),
            html.Td(one["group"]),
            ratio(one["adherence"], expression(one)),
            ratio(one["conformance"], conformed(one)),
            html.Td(duration(one["scheduled_s"])),
            html.Td(calls(duration(one["worked_s"]), {"agent": extension, **span})),
            html.Td(duration(one["late_s"])),
            html.Td(str(one["shifts"])),
            html.Td(str(one["absent"]) if one["absent"] else "", **({"data-level": "bad"} if one["absent"] else {})),
        ]
    )
    return [head, *(shift_line(asked, extension, each, zone) for each in one["by_shift"])] if open_ else [head]


def shift_line(asked: Selection, extension: str, each: dict[str, Any], zone: Any) -> Any:
    shift, known = each["shift"], each["scheduled_s"] > 0
    day = date.fromisoformat(shift["day"])
    worked = calls(duration(each["worked_s"]), {"agent": extension, **span_of(shift, zone)})
    text = f"{short(day)} {weekday(day)} {named_in(shift)} {times(shift)}"
    return html.Tr(
        [
            html.Th(
                go(text, asked.link(shift=str(shift["id"]))),
                scope="row",
                className="rosters-indent",
                **{"data-open-shift": str(shift["id"])},
            ),
            html.Td(""),
            ratio(each["adherence"], expression(each)),
            ratio(each["conformance"], conformed(each)),
            html.Td(duration(each["scheduled_s"]) if known else NONE),
            html.Td(worked if known else NONE),
            html.Td(duration(each["late_s"]) if known else NONE),
            html.Td(""),
            html.Td(_("yes") if each["absent"] else ""),
        ],
        className="rosters-sub",
    )


def span_of(shift: dict[str, Any], zone: Any) -> dict[str, str]:
    end = datetime.fromtimestamp(from_iso(shift["ends_at"]), zone)
    return {"from": f"{shift['day']} {shift['start']}", "to": f"{end:%Y-%m-%d %H:%M}"}


def opened(asked: Selection, found: dict[str, Any], zone: Any) -> Any:
    """One shift on one axis of time; then the stretches that were not as planned."""
    shift, sums, names = found["shift"], found["sums"], states()
    off = [one for one in found["pieces"] if not one["adherent"] and one["seconds"] >= WORTH_S]
    day = date.fromisoformat(shift["day"])
    ratios = f"{_('Adherence')} {percent(sums['adherence'])} · {_('Conformance')} {percent(sums['conformance'])}"

    def said(piece: dict[str, Any]) -> str:
        start, end = (datetime.fromtimestamp(from_iso(piece[name]), zone) for name in ("from", "to"))
        return f"{start:%H:%M}–{end:%H:%M} {names.get(piece['state'], piece['state'])} ({duration(piece['seconds'])})"

    label = _("Plan and states on one axis")
    drawn = figure("adherence", figures.adherence(found, zone, plans(), names), label=label, height=HEIGHT, hovers=True)
    return html.Section(
        [
            html.Div(
                [
                    html.H2(f"{shift['extension']} {found['name']} · {day} {named_in(shift)} {times(shift)}"),
                    html.Span(ratios, className="dim", title=f"{expression(sums)}\n{conformed(sums)}"),
                    calls(_("Calls of this shift"), {"agent": shift["extension"], **span_of(shift, zone)}),
                    html.Div(className="bar-space"),
                    go(_("Close"), asked.link(shift=None), className="bar-button rosters-link"),
                ],
                className="rosters-day-head",
            ),
            drawn if found["pieces"] else html.P(_("No states of agents are known for this time."), className="dim"),
            html.P(f"{_('Not as planned:')} {'；'.join(map(said, off))}", className="dim") if off else None,
        ],
        className="panel",
    )
