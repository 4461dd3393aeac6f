"""The call beside its score: who, when, how long, what about, and what became of it."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.words import duration, local, phone
from dashboards.pages.qa_review.queries import CallReview
from dashboards.session import web


def facts(found: CallReview) -> Any:
    call, names = found.call, found.names
    zone = web().settings.timezone
    order = html.A(call["order_id"], href=f"/orders/{call['order_id']}") if call["order_id"] else "—"
    lines = [
        (_("Agent"), names.party(call["agent"])),
        (_("Caller"), phone(call["caller"])),
        (_("Time"), local(call["arrived_at"], zone, "%m-%d %H:%M")),
        (_("Queue"), names.queue(call["queue"])),
        (_("Wait"), duration(call["wait_seconds"])),
        (_("Talk"), duration(call["talk_seconds"])),
        (_("Hold"), duration(call["hold_seconds"])),
        (_("Category"), call["category_name"] or "—"),
        (_("Work order"), order),
        (_("Note"), call["note"] or "—"),
    ]
    return html.Section(
        [
            html.H2([_("Call"), html.A(_("time line and events"), href=f"/calls/{call['id']}", className="quiet")]),
            html.Dl([part for name, value in lines for part in (html.Dt(name), html.Dd(value))], className="facts"),
        ],
        className="panel",
    )
