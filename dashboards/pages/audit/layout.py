"""The page: the filter's form, the sums, the lines newest first, and the button that checks the chain."""

from __future__ import annotations

from typing import Any

from dash import html
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import HotlineError
from core.i18n import _
from core.people import audit
from core.web.routes import audit as door
from dashboards.components import listing
from dashboards.components.filters import in_words, local_now
from dashboards.components.listing import labelled, select, time_field, way
from dashboards.pages.audit import ids
from dashboards.pages.audit.filters import A_PAGE, AuditFilter
from dashboards.pages.audit.rows import action, row
from dashboards.session import user, web


async def layout(**parameters: Any) -> Any:
    parts = web()
    timezone = parts.settings.timezone
    try:
        chosen = AuditFilter.of(parameters, local_now(utc_now(), timezone))
        found, older = await door.read(parts, user(), chosen.as_query(), A_PAGE)
    except HotlineError as no:
        return listing.refused(no, _("The audit of today"), "/audit")
    known = await parts.in_session(_actions)

    def drawing() -> Any:
        rows = [row(one, timezone) for one in found]
        nothing = html.Div(_("Nothing was noted. Choose a longer period or fewer conditions."), className="panel empty")
        return html.Div(
            [
                html.H1(_("Audit"), className="unseen"),
                form(chosen, known),
                totals(chosen, len(rows), older),
                table(rows) if rows else nothing,
            ],
            className="page calls audit",
        )

    return drawing


def _actions(session: Session) -> dict[str, str]:
    return {code: action(code) for code in audit.actions(session)}


def form(chosen: AuditFilter, known: dict[str, str]) -> Any:
    fields = [
        labelled(_("From"), time_field("from", chosen.first, "2026-11-23")),
        labelled(_("To"), time_field("to", chosen.last, "2026-11-23")),
        labelled(_("Who"), time_field("who", chosen.who, "agent8001")),
        labelled(_("Act"), select("action", known, chosen.action)),
        labelled(_("To what"), time_field("subject", chosen.subject, "")),
    ]
    ways = [
        way(_("Today"), "/audit?from=today"),
        way(_("Refused log-ins"), "/audit?from=today&action=sign_in_refused"),
    ]
    return listing.form("/audit", fields, ways)


def totals(chosen: AuditFilter, shown: int, older: int | None) -> Any:
    texts = [
        html.B(_("{n} lines", n=f"{shown:,}")),
        html.Span(in_words(chosen.first, chosen.last), className="dim"),
        html.A(_("newer"), href=f"/audit?{chosen.query(before=None)}", className="quiet") if chosen.before else None,
        html.A(_("older"), href=f"/audit?{chosen.query(before=older)}", className="quiet") if older else None,
        html.Span(className="bar-space"),
        html.Span(id=ids.VERDICT, role="status"),
        html.Button(_("Check the chain"), id=ids.VERIFY, className="quiet"),
    ]
    return listing.totals(texts)


def table(rows: list[dict[str, Any]]) -> Any:
    columns = [
        {"field": "at", "headerName": _("Time"), "width": 160},
        {"field": "who", "headerName": _("Who"), "width": 130},
        {"field": "action", "headerName": _("Act"), "width": 180},
        {"field": "subject", "headerName": _("To what"), "flex": 1, "minWidth": 160, "tooltipField": "subject"},
        {"field": "detail", "headerName": _("Details"), "flex": 2, "minWidth": 220, "tooltipField": "detail"},
        {"field": "id", "headerName": _("Number"), "type": "rightAligned", "width": 90},
    ]
    return listing.table(ids.TABLE, rows, columns)
