"""An agent's own fortnight: shifts and leave, swaps, the link for the own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from core.clock import from_iso, utc_now
from core.i18n import _
from dashboards.components.dialog import opens
from dashboards.components.form import Act, act
from dashboards.pages.rosters import queries
from dashboards.pages.rosters.blocks import block, break_text, leave_block
from dashboards.pages.rosters.parts import kind, number, short, weekday
from dashboards.pages.rosters.selection import Selection
from dashboards.pages.rosters.tasks import LEAVES, OPEN, OWN_SHOWN, SWAPS, listed, swap
from dashboards.session import user

Row = Mapping[str, Any]


def tools() -> list[Any]:
    what = opens({"what": "ask_leave"})
    return [html.Button(_("Ask for leave"), className="bar-button", type="button", **what)]


async def view(asked: Selection) -> Any:
    found, me = await queries.roster(asked.first, len(asked.days)), user().extension or ""
    return lambda: drawn(asked, found, me)


def drawn(asked: Selection, found: Row, me: str) -> Any:
    if not found["agents"]:
        text = _("You are not among the agents who are rostered. Ask the shift supervisor.")
        return html.P(text, className="empty")
    hours = sum(shift["paid_h"] for shift in found["shifts"])
    title = _("My fortnight: {shifts} shifts, {hours} h", shifts=len(found["shifts"]), hours=number(hours))
    rows = html.Table(html.Tbody([line(found, me, day) for day in asked.days]), className="plain rosters-own")
    return html.Div(
        [
            html.Section([html.H2(title), rows], className="panel"),
            html.Div([swaps(found, me), calendar(me)]),
        ],
        className="rosters-two",
    )


def line(found: Row, me: str, day: date) -> Any:
    at = day.isoformat()
    leaves = [one for one in found["leaves"] if one["extension"] == me and one["first_day"] <= at <= one["last_day"]]
    shifts = [one for one in found["shifts"] if one["extension"] == me and one["day"] == at]
    asked = next((one for one in leaves if one["state"] == "asked"), None)
    mine = [one["shift"]["id"] for one in found["swaps"] if one["state"] in OPEN and one["extension"] == me]
    ahead = [one for one in shifts if from_iso(one["starts_at"]) > utc_now() and one["id"] not in mine]
    blocks = [*map(leave_block, leaves), *map(block, shifts)]
    rests = [
        part
        for one in shifts
        for part in (
            *(
                (f"{_('Break time')} ", html.Span(break_text(one["breaks"]), className="rosters-times"))
                if one["breaks"]
                else ()
            ),
            f" {one['note']}",
        )
    ]
    ask = (
        html.Button(
            _("Swap…"), className="quiet", type="button", **opens({"what": "swap", "id": ahead[0]["id"], "day": at})
        )
        if ahead
        else None
    )
    back = act(Act(_("Withdraw"), "DELETE", f"{LEAVES}/{asked['id']}"), className="quiet") if asked else None
    name = f"{short(day)} {weekday(day)} {kind(day, found['workdays'], found['holidays'])}".strip()
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(blocks or html.Span(_("free"), className="dim")),
            html.Td(rests),
            html.Td([ask, back]),
        ],
        **({"data-today": "1"} if at == found["today"] else {}),
    )


def swaps(found: Row, me: str) -> Any:
    def acts(one: Row) -> list[Any]:
        path = f"{SWAPS}/{one['id']}"
        if one["state"] == "asked" and one["other_extension"] == me:
            accept = Act(_("Accept"), "POST", f"{path}/answer", {"accept": True})
            decline = Act(_("Decline"), "POST", f"{path}/answer", {"accept": False})
            return [act(accept, className="primary", **{"data-swap-answer": "1"}), act(decline)]
        if one["state"] in OPEN and one["extension"] == me:
            return [act(Act(_("Withdraw"), "DELETE", path))]
        return []

    lines = [swap(one, acts(one)) for one in found["swaps"][:OWN_SHOWN]]
    return html.Section([html.H2(_("Swaps")), listed(lines, _("No swaps."))], className="panel")


def calendar(me: str) -> Any:
    """The link is told once, where it is made: the script writes it into the place that is kept for it."""
    path = f"/api/v1/rosters/{me}"
    about = _("A link that a phone's calendar subscribes to: it reads your shifts and leave and nothing else.")
    end = Act(_("End the link"), "DELETE", f"{path}/link", said=_("The link has ended."))
    file = html.A(_("Download as a file"), className="bar-button rosters-link", href=f"{path}.ics", download="")
    return html.Section(
        [
            html.H2(_("In your own calendar")),
            html.P(about, className="dim"),
            html.Div(
                [file, act(Act(_("Make a link"), "POST", f"{path}/link"), "calendar-link"), act(end, "calendar-end")],
                className="rosters-acts",
            ),
            html.P(html.Code(className="rosters-code live", **{"data-live": "calendar-link"})),
        ],
        className="panel",
    )
