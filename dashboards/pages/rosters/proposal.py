"""Proposals: ask, watch, cancel, compare with the roster of now, take over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from dash import dcc, html

from core.clock import from_iso, utc_now
from core.i18n import _
from core.rights import Right
from dashboards.components.form import Act, FormField, act, form
from dashboards.pages.rosters import ids, queries
from dashboards.pages.rosters.blocks import block, named_in, times
from dashboards.pages.rosters.parts import number, short, table, weekday
from dashboards.pages.rosters.queries import Around
from dashboards.pages.rosters.selection import monday
from dashboards.session import user

PROPOSALS = "/api/v1/rosters/proposals"
EVERY_MS, LIMIT_S, ALMOST = 1500, 40, 98
RULES_SHOWN = 3
Row = Mapping[str, Any]


async def view(around: Around) -> Any:
    draft, edits = await queries.newest_proposal(), user().may(Right.ROSTER_EDITS)
    standing = None
    if draft and draft["state"] in ("done", "taken"):
        standing = await queries.roster(date.fromisoformat(draft["from"]), draft["days"])
    return lambda: drawn(around, draft, standing, edits=edits)


def drawn(around: Around, draft: Row | None, standing: Row | None, *, edits: bool) -> list[Any]:
    running = draft is not None and draft["state"] == "running"
    parts = [
        html.Div(
            [ask(running=running, edits=edits), html.P(about(), className="dim")], className="panel rosters-propose"
        )
    ]
    if draft is None:
        return [*parts, html.P(_("No proposal yet."), className="empty")]
    parts.append(html.Div([head(draft), *state(around, draft, edits=edits)], className="panel"))
    if standing is not None:
        parts.append(html.Div(grid(draft, standing), className="rosters-scroll", tabIndex=0))
    if running:
        parts.append(dcc.Interval(id=ids.tick("proposal"), interval=EVERY_MS))
    return parts


def ask(*, running: bool, edits: bool) -> Any:
    today = queries.rooms().today()
    fields = [
        FormField("from", _("First day"), "date", str(monday(today) + timedelta(days=7))),
        FormField("days", _("How long"), "id", 14, [(n, _("{n} days", n=n)) for n in (7, 14, 21, 28)]),
        FormField(
            "keep", _("How it is made"), "flag", "0", [("0", _("roster anew")), ("1", _("keep what stands, fill gaps"))]
        ),
        FormField(
            "limit_s", _("Working time at most"), "id", LIMIT_S, [(n, _("{n} seconds", n=n)) for n in (20, 40, 90, 180)]
        ),
    ]
    propose = Act(_("Propose a roster"), "POST", PROPOSALS)
    return html.Div(form("proposal", fields, [propose], disabled=running or not edits), **{"data-propose": "1"})


def about() -> str:
    return _(
        "Covers the forecast first, breaks in turn, then shares hours, nights and weekends out. "
        "Rest, leave, skills and weekly hours are kept. Nothing changes until you take it over."
    )


def head(draft: Row) -> Any:
    last = date.fromisoformat(draft["from"]) + timedelta(days=draft["days"] - 1)
    at = datetime.fromtimestamp(from_iso(draft["asked_at"]), queries.rooms().zone)
    words = {"from": draft["from"], "to": str(last), "by": draft["asked_by"], "at": f"{at:%H:%M}"}
    return html.H2(_("Proposal {from} – {to}, asked by {by} at {at}", **words))


def state(around: Around, draft: Row, *, edits: bool) -> list[Any]:
    if draft["state"] == "running":
        cancel = act(Act(_("Cancel"), "POST", f"{PROPOSALS}/{draft['id']}/cancel"), "proposal")
        return [*progress(draft), cancel if edits else None]
    if draft["state"] == "failed":
        error = draft["report"].get("error")
        text = f"{error['message']} {error['remedy'] or ''}".strip() if error else _("It could not be worked out.")
        return [html.P(text, className="rosters-error", role="alert")]
    if draft["state"] == "cancelled":
        return [html.P(_("It was cancelled."), className="dim")]
    return [compared(around, draft["report"]), html.P(why(draft["report"]), className="dim"), acts(draft, edits=edits)]


def progress(draft: Row) -> list[Any]:
    now = draft["progress"]
    limit = now.get("limit_s") or draft["wanted"].get("limit_s") or LIMIT_S
    seconds = max(0.0, utc_now() - from_iso(draft["asked_at"]))
    share = round(min(ALMOST, seconds / limit * 100))
    phases = {
        "start": _("starting"),
        "count": _("counting people by shift"),
        "cover": _("covering the calls"),
        "fair": _("sharing out fairly"),
        "why": _("finding what holds it back"),
    }
    short_h = now.get("short_h")
    said = (
        phases.get(now.get("phase", ""), ""),
        "" if short_h is None else _("uncovered so far {hours} h", hours=number(short_h)),
        _("{n} s of at most {most} s", n=round(seconds), most=number(limit)),
    )
    return [
        html.Div(
            html.I(style={"width": f"{share}%"}),
            className="rosters-progress",
            role="progressbar",
            **{"data-progress": "1", "aria-label": _("Working"), "aria-valuenow": str(share)},
        ),
        html.P(" · ".join(filter(None, said)), className="dim"),
    ]


def compared(around: Around, report: Row) -> Any:
    """Three rows: now, the proposal, the difference; what is better is green."""
    before, after = report["before"], report["after"]
    names = {"all": _("All queues"), **around.queues}
    columns = [
        *(
            (_("Uncovered: {pool}", pool=names.get(pool, pool)), before["short_h"][pool], after["short_h"][pool], True)
            for pool in after["short_h"]
        ),
        (_("Paid hours"), before["hours"], after["hours"], False),
        (_("Fewest hours of one person"), before["hours_least"], after["hours_least"], False),
        (_("Most hours of one person"), before["hours_most"], after["hours_most"], False),
        (_("Shifts"), before["shifts"], after["shifts"], False),
    ]

    def change(was: float, is_: float, *, less: bool) -> Any:
        text = "＝" if was == is_ else f"{'+' if is_ > was else '−'}{number(abs(is_ - was))}"
        good = {"data-good": "1"} if less and is_ < was else {"data-level": "warn"} if less and is_ > was else {}
        return html.Td(text, **good)

    def row(caption: str, cells: list[Any]) -> Any:
        return html.Tr([html.Th(caption, scope="row"), *cells])

    lines = [
        row(_("Roster now"), [html.Td(number(was)) for _caption, was, _is, _less in columns]),
        row(_("This proposal"), [html.Td(html.B(number(is_))) for _caption, _was, is_, _less in columns]),
        row(_("Difference"), [change(was, is_, less=less) for _caption, was, is_, less in columns]),
    ]
    heads = [_("hours"), *(caption for caption, *_rest in columns)]
    return table(heads, lines, className="plain rosters-numbers rosters-compared")


def why(report: Row) -> str:
    said = [_("Worked out in {n} s.", n=number(report["seconds"]))]
    hours = number(report["short_h"])
    if report.get("solver") is False:
        text = _("The solver is not installed: this is the first roster found, {hours} h stay uncovered.", hours=hours)
        return " ".join([*said, text])
    if not report["short_h"]:
        return " ".join([*said, _("Every interval is covered.")])
    bound = {"hours": hours, "bound": number(report["bound_h"])}
    if report["proven"]:
        said.append(
            _("{hours} h stay uncovered over all queues; no roster within the rules can do better.", hours=hours)
        )
    else:
        said.append(
            _("{hours} h stay uncovered over all queues; the best possible lies between {bound} h and this.", **bound)
        )
    return " ".join([*said, held_back(report)])


def held_back(report: Row) -> str:
    names = {
        "rest": _("minimum rest"),
        "week": _("weekly hours"),
        "row": _("days in a row"),
        "leave": _("leave"),
        "skills": _("skills"),
    }
    held = list((report.get("holds_back") or {}).items())[:RULES_SHOWN]
    if held:
        rules = "；".join(
            _("{rule} (without it {hours} h less)", rule=names.get(rule, rule), hours=number(hours))
            for rule, hours in held
        )
        return _("What holds it back: {rules}.", rules=rules)
    if report["proven"]:
        return _("No single rule holds it back: people or shift times are too few.")
    return _("What holds it back was not settled in this time: allow more.")


def acts(draft: Row, *, edits: bool) -> Any:
    report = draft["report"]
    counts = {"added": report["added"], "removed": report["removed"]}
    changes = _(
        "{added} shifts new, {removed} fall away, {kept} stay, {rested} of them with another break",
        **counts,
        kept=report["kept"],
        rested=report.get("rested") or 0,
    )
    if draft["state"] == "taken":
        return html.P([html.B(_("Taken over.")), f" {changes}"])
    if not edits:
        return html.P(changes)
    first = monday(date.fromisoformat(draft["from"]))
    take = Act(
        _("Take it over"),
        "POST",
        f"{PROPOSALS}/{draft['id']}/take-over",
        confirm=_("Press again: {added} shifts in, {removed} out", **counts),
        said=_(
            "Taken over: {added} shifts new, {removed} fell away, {kept} stayed, {rested} of them with another break."
        ),
        leads=f"/rosters?from={first}",
    )
    button = act(take, "taken", className="primary")
    return html.Div([button, html.Span(changes)], className="rosters-acts")


def grid(draft: Row, standing: Row) -> Any:
    """The draft as a grid: new shifts framed, those that would go struck out."""
    first = date.fromisoformat(draft["from"])
    days = [first + timedelta(days=n) for n in range(draft["days"])]

    def place(shift: Row) -> tuple[str, str, str]:
        return shift["extension"], shift["starts_at"], shift["ends_at"]

    there, wanted = set(map(place, standing["shifts"])), set(map(place, draft["shifts"]))
    open_ = draft["state"] == "done"

    def cell(extension: str, day: date) -> Any:
        at = day.isoformat()
        blocks = [
            block(one, **({"data-new": "1"} if open_ and place(one) not in there else {}))
            for one in draft["shifts"]
            if one["extension"] == extension and one["day"] == at
        ]
        gone = [
            html.S(named_in(one), className="rosters-gone", title=times(one))
            for one in standing["shifts"]
            if open_ and one["extension"] == extension and one["day"] == at and place(one) not in wanted
        ]
        rest = {"data-rest": "1"} if day.weekday() > 4 else {}
        return html.Td(html.Div([*blocks, *gone], className="rosters-cell still"), **rest)

    def row(agent: Row) -> Any:
        hours = sum(one["paid_h"] for one in draft["shifts"] if one["extension"] == agent["extension"])
        who = [html.B(f"{agent['extension']} {agent['name']}"), html.Small(f"{number(hours)} {_('h')}")]
        return html.Tr(
            [
                html.Th(who, scope="row", className="rosters-who"),
                *(cell(agent["extension"], day) for day in days),
            ]
        )

    heads = [html.Th([html.B(short(day)), html.Small(weekday(day))], scope="col") for day in days]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(_("Agent"), scope="col", className="rosters-who"), *heads])),
            html.Tbody([row(agent) for agent in standing["agents"]]),
        ],
        className="rosters-grid",
    )
