"""The dialogs of the rosters: what a number rests on, who is on duty; and the forms' (``forms.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from core.i18n import _
from core.rights import Right
from dashboards.components.dialog import Dialogs, dialog
from dashboards.pages.rosters import forms, queries
from dashboards.pages.rosters.adherence import plans
from dashboards.pages.rosters.blocks import named_in, times
from dashboards.pages.rosters.parts import calls, number, percent, table, weekday

WITNESSES = 8


async def why(said: Mapping[str, str]) -> Any:
    """The days behind a forecast, each with its calls and its weight."""
    around = await queries.around()
    start, end = said.get("from", "00:00"), said.get("to", "24:00")
    queue = said.get("queue", "all")
    queues = list(around.queues) if queue == "all" else [queue]
    found = await queries.witnesses(queues, said.get("day", ""), start, end)
    about = _("Days of the same kind, neighbouring quarters mixed in; the weight falls by a quarter each week.")
    words = {"day": said.get("day", ""), "from": start, "to": end}
    content = [html.P(about, className="dim")]
    for one in found:
        content += [html.H3(around.queues.get(one["queue"], one["queue"])), witnesses(one)]
    return dialog(_("Forecast of {day} {from}–{to}", **words), content)


def witnesses(one: dict[str, Any]) -> Any:
    if not one["items"]:
        return html.P(_("No day of this kind is known; its nearest relatives stand in."), className="dim")

    def line(row: dict[str, Any]) -> Any:
        of = date.fromisoformat(row["day"])
        query = {
            "from": f"{of} {one['from']}",
            "to": f"{of} {one['to']}",
            "queue": one["queue"],
            "visit": "offered",
        }
        return html.Tr(
            [
                html.Th(f"{of} {weekday(of)}", scope="row"),
                html.Td(calls(number(row["calls"]), query)),
                html.Td(percent(row["weight"])),
            ]
        )

    return table([_("Day"), _("Calls"), _("Weight")], [line(row) for row in one["items"][:WITNESSES]])


async def who(said: Mapping[str, str]) -> Any:
    day, at = said.get("day", ""), said.get("from", "")
    found = await queries.on_duty(day, at, said.get("queue", "all"))
    reasons = {"leave": plans()["plan_leave"], "break": _("on a break"), "": ""}
    rows = [
        html.Tr(
            [
                html.Th(f"{one['extension']} {one['agent']}", scope="row"),
                html.Td(named_in(one)),
                html.Td(times(one)),
                html.Td(reasons[one["why"]]),
            ]
        )
        for one in found
    ]
    content = (
        html.Table(html.Tbody(rows), className="plain")
        if rows
        else html.P(_("Nobody is rostered then."), className="dim")
    )
    return dialog(_("On duty {day} {from}", **{"day": day, "from": at}), [content])


# What can be asked for, and the right that it needs.
DIALOGS: Dialogs = {
    "why": (Right.ROSTER_PLANS, why),
    "who": (Right.ROSTER_PLANS, who),
    "shift": (Right.ROSTER_EDITS, forms.shift),
    "leave": (Right.ROSTER_EDITS, forms.leave),
    "take_away": (Right.ROSTER_EDITS, forms.take_away),
    "template": (Right.ROSTER_EDITS, forms.template),
    "swap": (Right.ROSTER_WISHES, forms.swap),
    "ask_leave": (Right.ROSTER_WISHES, forms.ask_leave),
}
