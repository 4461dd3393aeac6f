"""The list of calls: filter form (a plain GET, so that the URL is the filter), totals, table."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
from dash import dcc, html

from core.errors import HotlineError
from core.i18n import _, language, translate_error
from core.people.site_service import load_site
from core.site import Site
from dashboards.components.grid import LOCALE_ZH
from dashboards.components.words import DIRECTIONS, OUTCOMES, duration, local, word
from dashboards.pages.calls.queries import MOST_ROWS, Filter, rows
from dashboards.session import user, web


async def layout(**parameters: Any) -> Any:
    parts = web()
    timezone = parts.settings.timezone
    try:
        chosen = Filter.of(parameters, timezone)
        found, more = await rows(parts.parts["warehouse"], user(), chosen, timezone)
    except HotlineError as no:
        message, remedy = translate_error(no)
        return html.Div(
            [html.P(message), html.P(remedy or ""), html.A(_("All calls of today"), href="/calls")],
            className="page note",
        )
    site = await parts.in_session(load_site)
    return html.Div(
        [form(site, chosen), totals(found, chosen, site, more=more), table(found, site, timezone)],
        className="page calls",
    )


def form(site: Site, chosen: Filter) -> Any:
    """Submitted by Enter or the button; its result can be linked, reloaded and sent to a colleague."""
    queues = {queue.id: queue.name for queue in site.queues.values()}
    agents = {agent.extension: f"{agent.extension} {agent.name}" for agent in site.agents.values()}
    outcomes = {code: _(text) for code, text in OUTCOMES.items()}
    return html.Form(
        [
            labelled(_("From"), day("from", chosen.first.isoformat())),
            labelled(_("To"), day("to", chosen.last.isoformat())),
            labelled(_("Queue"), select("queue", queues, chosen.queue)),
            labelled(_("Agent"), select("agent", agents, chosen.agent)),
            labelled(_("Outcome"), select("outcome", outcomes, chosen.outcome)),
            labelled(_("Caller"), dcc.Input(type="search", name="caller", value=chosen.caller)),
            html.Button(_("Show"), type="submit", className="primary"),
            html.A(_("Today"), href="/calls", className="quiet"),
        ],
        method="get",
        action="/calls",
        className="panel filters",
    )


def labelled(text: str, field: Any) -> Any:
    return html.Label([html.Span(text), field])


def day(name: str, value: str) -> Any:
    # The browser's own day picker: Chinese in a Chinese browser, and the keyboard works.
    return dcc.Input(type="text", name=name, value=value, placeholder="2026-11-23", pattern=r"\d{4}-\d\d-\d\d")


def select(name: str, options: dict[str, str], chosen: str) -> Any:
    items = [html.Option(_("all"), value="")]
    items += [
        html.Option(text, value=code, selected="selected" if code == chosen else None) for code, text in options.items()
    ]
    return html.Select(items, name=name, className="field")


def totals(found: list[dict[str, Any]], chosen: Filter, site: Site, *, more: bool) -> Any:
    def count(outcome: str) -> int:
        return sum(1 for call in found if call["outcome"] == outcome)

    talk = sum(call["talk_seconds"] or 0 for call in found)
    period = f"{chosen.first}" if chosen.first == chosen.last else f"{chosen.first} – {chosen.last}"
    texts = [
        html.B(_("{n} calls", n=len(found))),
        html.Span(f"{_('answered')} {count('answered')}"),
        html.Span(f"{_('abandoned')} {count('abandoned')}"),
        html.Span(f"{_('talk time')} {duration(talk)}"),
        html.Span(period, className="quiet"),
    ]
    if more:
        texts.append(html.Span(_("Only the newest {n} are shown: narrow the filter.", n=MOST_ROWS), className="warn"))
    if site.demo:
        texts.append(html.Span(_("Demo data"), className="tag-demo"))
    export = urlencode(
        {
            "from": chosen.first,
            "to": chosen.last,
            "queue": chosen.queue,
            "agent": chosen.agent,
            "outcome": chosen.outcome,
            "caller": chosen.caller,
        }
    )
    texts += [
        html.Span(className="bar-space"),
        html.A(_("Export CSV"), href=f"/api/v1/calls.csv?{export}", className="quiet"),
    ]
    return html.Div(texts, className="panel totals")


def table(found: list[dict[str, Any]], site: Site, timezone: str) -> Any:
    if not found:
        return html.Div(_("No calls match. Choose a longer period or fewer conditions."), className="panel empty")
    names = {queue.id: queue.name for queue in site.queues.values()}
    agents = {agent.extension: f"{agent.extension} {agent.name}" for agent in site.agents.values()}
    data = [
        {
            "id": call["id"],
            "at": f"[{local(call['arrived_at'], timezone)}](/calls/{call['id']})",
            "direction": word(DIRECTIONS, call["direction"]),
            "caller": call["caller"],
            "did": call["did"],
            "queue": names.get(call["queue"], call["queue"] or "—"),
            "agent": agents.get(call["agent"], call["agent"] or "—"),
            "outcome": word(OUTCOMES, call["outcome"]),
            "wait": duration(call["wait_seconds"]),
            "talk": duration(call["talk_seconds"]),
            "hold": duration(call["hold_seconds"]),
            "wrap": duration(call["wrap_up_seconds"]),
            "category": call["category"] or "—",
            "recording": "●" if call["recording"] else "",
        }
        for call in found
    ]
    right = {"type": "rightAligned", "width": 86}
    columns = [
        {"field": "at", "headerName": _("Time"), "cellRenderer": "markdown", "width": 150},
        {"field": "direction", "headerName": _("Way"), "width": 70},
        {"field": "caller", "headerName": _("Caller"), "width": 130},
        {"field": "did", "headerName": _("Dialled"), "width": 100},
        {"field": "queue", "headerName": _("Queue"), "width": 110},
        {"field": "agent", "headerName": _("Agent"), "width": 130},
        {"field": "outcome", "headerName": _("Outcome"), "width": 90},
        {"field": "wait", "headerName": _("Wait"), **right},
        {"field": "talk", "headerName": _("Talk"), **right},
        {"field": "hold", "headerName": _("Hold"), **right},
        {"field": "wrap", "headerName": _("Wrap-up"), **right},
        {"field": "category", "headerName": _("Category"), "flex": 1, "minWidth": 110},
        {"field": "recording", "headerName": _("Recording"), "width": 80},
    ]
    options: dict[str, Any] = {"rowHeight": 28, "headerHeight": 30, "suppressCellFocus": False}
    if language() == "zh_CN":
        options["localeText"] = LOCALE_ZH
    return dag.AgGrid(
        id="calls-table",
        rowData=data,
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": True},
        dashGridOptions=options,
        style={"height": "calc(100vh - 180px)"},
        className="calls-table",
    )
