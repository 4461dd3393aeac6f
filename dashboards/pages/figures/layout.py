"""One figure opened: its expression, its sums, and a table of all that counts in it. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from core.errors import BadInput, HotlineError
from core.i18n import N_, _, language
from dashboards.components import listing
from dashboards.components.filters import in_words
from dashboards.components.live import words
from dashboards.components.words import OUTCOMES, duration, local, phone, word
from dashboards.session import user, web
from kpi.api.behind import A_PAGE, GROUPS, RowsQuery, answer
from kpi.api.common import ROOMS
from kpi.measures.catalogue import LEVELS

TABLE = "figures-table"
KINDS = {
    "call": N_("Call"),
    "state": N_("State"),
    "shift": N_("Shift"),
    "caller": N_("Caller"),
    "order": N_("Work order"),
}
TITLES = {
    "queue": N_("Queue"),
    "agent": N_("Agent"),
    "group": N_("Group"),
    "district": N_("District"),
    "category": N_("Category"),
    "site": N_("Site"),
}
TIME = "%Y-%m-%d %H:%M:%S"


async def layout(**parameters: Any) -> Any:
    parts = web()
    timezone = parts.settings.timezone
    try:
        wanted = rows_query(parameters)
        found = await answer(parts.parts[ROOMS], user(), wanted)
    except HotlineError as no:
        return listing.refused(no, _("All calls of today"), "/calls")

    def drawing() -> Any:
        rows = [row(one, timezone) for one in found["items"]]
        return html.Div(
            [
                html.H1(found["name"]),
                totals(found, wanted, timezone),
                table(found, rows) if rows else html.Div(_("Nothing counts in this figure."), className="panel empty"),
            ],
            className="page calls",
        )

    return drawing


def rows_query(parameters: Mapping[str, Any]) -> RowsQuery:
    """The parameters of the URL; ``BadInput`` names the one that cannot be read."""
    given = {name: str(value).strip() for name, value in parameters.items() if value is not None}
    level = given.get("level") or None
    if level is not None and level not in LEVELS:
        raise BadInput("{text} is not a choice here.", field="level", remedy="Choose from the list.", text=level[:40])
    page = int(given["page"]) if given.get("page", "").isdigit() else 1
    threshold = given.get("threshold", "")
    return RowsQuery(
        given.get("indicator", ""),
        _moment(given, "from"),
        _moment(given, "to"),
        {name: given[name] for name in GROUPS if given.get(name)},
        "caller" if level == "caller" else "entry" if level == "entry" else None,
        int(threshold) if threshold.isdigit() else None,
        (max(page, 1) - 1) * A_PAGE,
    )


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    if not given.get(name):
        return None
    try:
        # A plus sign that nobody wrote as %2B arrives as a space.
        return datetime.fromisoformat(given[name].replace(" ", "+") if "T" in given[name] else given[name])
    except ValueError as wrong:
        raise BadInput(
            "{text} is not a day or a time.",
            field=name,
            remedy="Write it like 2026-11-23 or 2026-11-23 08:30.",
            text=given[name][:40],
        ) from wrong


def totals(found: Mapping[str, Any], wanted: RowsQuery, timezone: str) -> Any:
    begin, end = (local(found[name], timezone, "%Y-%m-%d %H:%M") for name in ("from", "to"))
    share = found["sum_numerator"] / found["sum_denominator"] if found["sum_denominator"] else None
    value = "—"
    if share is not None:
        value = {"seconds": duration(share), "number": f"{share:.2f}"}.get(found["unit"], f"{share:.1%}")
    shown = min(wanted.skip + A_PAGE, found["count"])
    return listing.totals(
        [
            html.B(value),
            # In symbols and English words; what is counted of what stands beside it in every language.
            html.Span(found["expression"], className="dim") if language() == "en" else None,
            html.Span([said("numerator", found), " ", html.B(_number(found["sum_numerator"]))]),
            html.Span([said("denominator", found), " ", html.B(_number(found["sum_denominator"]))]),
            html.Span(in_words(begin, end), className="dim"),
            listing.pair(_("rows"), found["count"]),
            html.Span(_("shown {first}–{last}", first=f"{wanted.skip + 1:,}", last=f"{shown:,}"))
            if found["count"] > A_PAGE
            else None,
        ]
    )


def said(part: str, found: Mapping[str, Any]) -> str:
    """What is counted, with the n of the figure's id."""
    return re.sub(r"\bn\b", str(found["n"] or "n"), str(found[part]), flags=re.ASCII)


def row(one: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    """For the table; what is a link is one in Markdown."""
    at = local(one["at"], timezone, TIME)
    how = word(OUTCOMES, one["outcome"]) if "outcome" in one else words().get(one.get("state", ""), "")
    return {
        "at": f"[{at}]({one['link']})" if one["link"] else at,
        "until": local(one["until"], timezone, TIME) if one["until"] else "",
        "what": " · ".join(text for text in (_(KINDS[one["kind"]]), how, one.get("reason_name", "")) if text),
        "id": phone(one["id"]) if one["kind"] == "caller" else one["id"] if one["kind"] == "order" else "",
        **one["names"],
        "wait": one.get("wait_seconds"),
        "numerator": one["numerator"],
        "denominator": one["denominator"],
    }


def table(found: Mapping[str, Any], rows: list[dict[str, Any]]) -> Any:
    """Only columns that hold something."""
    right = {"type": "rightAligned", "width": 110}
    numerator, denominator = said("numerator", found), said("denominator", found)
    columns = [
        {"field": "at", "headerName": _("Time"), "cellRenderer": "markdown", "width": 180},
        {"field": "until", "headerName": _("Until"), "width": 150},
        {"field": "what", "headerName": _("What"), "flex": 1, "minWidth": 120},
        {"field": "id", "headerName": _("Number"), "width": 130},
        *({"field": name, "headerName": _(TITLES[name]), "width": 120} for name in GROUPS),
        {"field": "wait", "headerName": _("Wait (s)"), **right},
        {"field": "numerator", "headerName": numerator, "headerTooltip": numerator, **right, "width": 190},
        {"field": "denominator", "headerName": denominator, "headerTooltip": denominator, **right, "width": 190},
    ]
    filled = {name for one in rows for name, value in one.items() if value not in (None, "")}
    return listing.table(TABLE, rows, [column for column in columns if column["field"] in filled])


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
