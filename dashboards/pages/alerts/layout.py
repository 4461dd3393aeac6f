"""The page: the panel and the history with its filter, or the rules; which of the two stands in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import dcc, html

from core.clock import utc_now
from core.errors import BadInput
from core.i18n import _
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.notify import service
from core.notify.figures import FigureCatalogue
from core.notify.service import Alert
from core.notify.words import SEVERITIES
from core.web.routes.alerts import seen_by, watcher
from dashboards.components import alerts, listing
from dashboards.components.filters import in_words, local_now
from dashboards.components.listing import labelled, pair, select, time_field, way
from dashboards.components.names import Names
from dashboards.pages.alerts import ids, rules
from dashboards.pages.alerts.filters import A_PAGE, STATES, AlertFilter
from dashboards.pages.alerts.rows import in_language, row
from dashboards.session import user, web


async def layout(**parameters: Any) -> Any:
    if parameters.get("view") == "rules":
        return html.Div([*heading("rules"), *await rules.body()], className="page alerts")
    parts = web()
    try:
        chosen = AlertFilter.of(parameters, local_now(utc_now(), parts.settings.timezone))
    except BadInput as no:
        typed = AlertFilter.typed(parameters, local_now(utc_now(), parts.settings.timezone))
        installation = await parts.in_session(load_installation)
        return html.Div(
            [*heading("history"), form(typed, watcher(parts).catalogue, installation, no)], className="page alerts"
        )
    installation = await parts.in_session(load_installation)
    shown, catalogue = await history(parameters), watcher(parts).catalogue
    return lambda: html.Div(
        [
            *heading("history"),
            html.Div(alerts.panel(), className="panel"),
            form(chosen, catalogue, installation),
            html.Div(shown(), id=ids.BODY, className="alerts-body"),
            dcc.Store(id=ids.SEEN, data={}),
        ],
        className="page alerts",
    )


async def history(parameters: Mapping[str, Any]) -> Callable[[], list[Any]]:
    """Sums and table of the filter in the URL; asked for again whenever something happens to an alert."""
    parts, now = web(), utc_now()
    timezone = parts.settings.timezone
    chosen = AlertFilter.of(parameters, local_now(now, timezone))
    wanted, catalogue = chosen.as_query(A_PAGE), watcher(parts).catalogue
    found, number, installation = await parts.in_session(
        lambda session: (service.alerts(session, wanted), service.count(session, wanted), load_installation(session))
    )

    def drawing() -> list[Any]:
        queues = Names(installation).queues
        shown = [in_language(seen_by(user(), alert), queues) for alert in found]
        rows = [row(alert, catalogue, now, timezone) for alert in shown]
        nothing = _("No alerts match. Choose a longer period or fewer conditions.")
        return [
            totals(chosen, found, number, demo=installation.demo),
            table(rows) if rows else html.Div(nothing, className="panel empty"),
        ]

    return drawing


def heading(view: str) -> list[Any]:
    tabs = [
        html.A(text, href=href, className="alerts-tab", **({"aria-current": "page"} if view == name else {}))
        for name, text, href in (("history", _("Alerts"), "/alerts"), ("rules", _("Rules"), "/alerts?view=rules"))
    ]
    return [
        html.H1(_("Alerts"), className="unseen"),
        html.Nav(tabs, className="alerts-tabs", **{"aria-label": _("Alerts")}),
    ]


def form(
    chosen: AlertFilter, catalogue: FigureCatalogue, installation: Installation, wrong: BadInput | None = None
) -> Any:
    names = Names(installation)
    subjects = {**names.queues, **names.agents}
    states = {code: _(text) for code, text in STATES.items()}
    severities = {code: _(text) for code, text in SEVERITIES.items()}
    fields = [
        labelled(_("From"), time_field("from", chosen.first, "2026-11-23")),
        labelled(_("To"), time_field("to", chosen.last, "2026-11-23")),
        labelled(_("State"), select("state", states, chosen.state)),
        labelled(_("Severity"), select("severity", severities, chosen.severity)),
        labelled(_("Figure"), select("figure", {one.id: _(one.name) for one in catalogue}, chosen.figure)),
        labelled(_("Queue or seat"), select("subject", subjects, chosen.subject)),
    ]
    ways = [
        way(_("Today"), "/alerts?from=today"),
        way(_("Not acknowledged"), "/alerts?state=to_acknowledge"),
    ]
    return listing.form("/alerts", fields, ways, wrong=wrong)


def totals(chosen: AlertFilter, found: list[Alert], number: int, *, demo: bool) -> Any:
    older = f"/alerts?{chosen.query(before=found[-1].id)}" if number > len(found) else ""
    texts = [
        html.B(_("{n} alerts", n=f"{number:,}")),
        pair(_("acknowledged"), sum(1 for one in found if one.acknowledged_at)),
        html.Span(in_words(chosen.first, chosen.last), className="dim"),
        html.A(_("newer"), href=f"/alerts?{chosen.query(before=None)}", className="quiet") if chosen.before else None,
        html.A(_("older"), href=older, className="quiet") if older else None,
        html.Span(_("Demo data"), className="tag-demo") if demo else None,
        html.Span(className="bar-space"),
        html.A(_("Export CSV"), href=f"/api/v1/alerts.csv?{chosen.query(before=None)}", className="quiet", download=""),
    ]
    return listing.totals(texts)


def table(rows: list[dict[str, Any]]) -> Any:
    columns = [
        {"field": "at", "headerName": _("Raised"), "cellRenderer": "HotlineAlertTime", "width": 150},
        {"field": "severity", "headerName": _("Severity"), "cellRenderer": "HotlineAlertSeverity", "width": 84},
        {"field": "title", "headerName": _("Alert"), "cellRenderer": "HotlineAlertTitle", "flex": 2, "minWidth": 220},
        {
            "field": "lasted",
            "headerName": _("Lasted"),
            "type": "rightAligned",
            "width": 84,
            "cellRenderer": "HotlineAlertLasted",
        },
        {"field": "worst", "headerName": _("Worst"), "type": "rightAligned", "width": 90},
        {"field": "end", "headerName": _("End"), "cellRenderer": "HotlineOutcome", "width": 110},
        {"field": "by", "headerName": _("Acknowledged by"), "width": 130},
        {"field": "words", "headerName": _("What was done"), "flex": 1, "minWidth": 120, "tooltipField": "words"},
        {"field": "notice", "headerName": _("Notice"), "width": 84},
    ]
    return listing.table(ids.TABLE, rows, columns)
