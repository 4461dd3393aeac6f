"""The list of calls: filter form (a plain GET, so that the URL is the filter), totals, table, pages."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from core.api.app import Web
from core.clock import utc_now
from core.errors import HotlineError
from core.i18n import _, language, translate_error
from core.people.site_service import load_site
from core.site import Site
from dashboards.components.grid import LOCALE_ZH
from dashboards.components.names import Names
from dashboards.components.words import DIRECTIONS, OUTCOMES, duration, word
from dashboards.pages.calls import ids, queries
from dashboards.pages.calls.filters import KEPT, STATES, VISITS, Filter, local_now
from dashboards.pages.calls.queries import A_PAGE, Found
from dashboards.pages.calls.rows import row
from dashboards.session import user, web


async def layout(**parameters: Any) -> Any:
    parts = web()
    now = utc_now()
    site = await parts.in_session(load_site)
    names = Names(site)
    local = local_now(now, parts.settings.timezone)
    try:
        chosen = Filter.of(parameters, local)
        found = await queries.page(parts, user(), chosen)
    except HotlineError as no:
        return refused(no)
    rows = [row(call, names, now) for call in found.calls]
    return html.Div(
        [
            html.H1(_("Calls"), className="unseen"),
            form(names, chosen),
            totals(found, chosen, site, local.strftime("%H:%M:%S"), whole=feed_is_up(parts)),
            table(rows) if rows else html.Div(_nothing(chosen), className="panel empty"),
        ],
        className="page calls",
    )


def refused(no: HotlineError) -> Any:
    message, remedy = translate_error(no)
    return html.Div(
        [
            html.H1(message, className="refused"),
            html.P(remedy or ""),
            html.A(_("All calls of today"), href="/calls", className="quiet"),
        ],
        className="panel note",
    )


def form(names: Names, chosen: Filter) -> Any:
    """Submitted by Enter or the button; its result can be linked, reloaded and sent to a colleague."""
    return html.Form(
        [
            labelled(_("From"), moment("from", chosen.first)),
            labelled(_("To"), moment("to", chosen.last)),
            labelled(_("Now"), select("state", _words(STATES), chosen.state)),
            labelled(_("Outcome"), select("outcome", _words(OUTCOMES), chosen.outcome)),
            labelled(_("In the queue"), select("visit", _words(VISITS), chosen.visit)),
            labelled(_("Queue"), select("queue", names.queues, chosen.queue)),
            labelled(_("Agent"), select("agent", names.agents, chosen.agent)),
            labelled(_("Way"), select("direction", _words(DIRECTIONS), chosen.direction)),
            labelled(_("Kept"), select("kept", _words(KEPT), chosen.kept)),
            labelled(_("Caller"), dcc.Input(type="search", name="caller", value=chosen.caller)),
            html.Div(
                [
                    html.Button(_("Show"), type="submit", className="primary"),
                    html.A(_("Today"), href="/calls", className="quiet"),
                    html.A(_("Yesterday"), href="/calls?day=yesterday", className="quiet"),
                    html.A(_("In progress"), href="/calls?state=open", className="quiet"),
                ],
                className="filters-go",
            ),
        ],
        method="get",
        action="/calls",
        className="panel filters",
    )


def labelled(text: str, field: Any) -> Any:
    return html.Label([html.Span(text), field])


def moment(name: str, value: str) -> Any:
    # Typed, not picked: days and times as people write them are understood.
    return dcc.Input(type="text", name=name, value=value, placeholder="2026-11-23 08:30")


def select(name: str, options: dict[str, str], chosen: str) -> Any:
    items = [html.Option(_("all"), value="")]
    items += [
        html.Option(text, value=code, selected="selected" if code == chosen else None) for code, text in options.items()
    ]
    return html.Select(items, name=name, className="field")


def feed_is_up(parts: Web) -> bool:
    """Whether the marts know everything that has happened but for a few seconds."""
    feeder = parts.parts.get("feeder")
    return feeder is not None and feeder.status()["status"] == "ok"


def totals(found: Found, chosen: Filter, site: Site, now: str, *, whole: bool) -> Any:
    sums = found.totals
    texts = [html.B(_("{n} calls", n=f"{sums.all_calls:,}"))]
    if chosen.visit:
        texts += [
            pair(_("entered"), sums.all_entries),
            pair(_("answered in time"), sums.entries_in_time),
            pair(_("answered"), sums.entries_answered),
            pair(_("abandoned"), sums.entries_abandoned),
        ]
        if chosen.visit in ("offered", "abandoned"):
            texts.append(pair(_("within 5 s"), sums.entries_short))
    else:
        texts += [
            pair(_("answered"), sums.all_answered),
            pair(_("abandoned"), sums.all_abandoned),
            html.Span([_("talk time"), " ", html.B(duration(sums.all_talk_seconds))]),
        ]
    texts += [
        html.Span(chosen.period() or _("now"), className="dim"),
        html.Span(_("as of {time}", time=now), className="dim"),
        *pages(sums.all_calls, chosen),
        html.Span(_("Demo data"), className="tag-demo") if site.demo else None,
        None if whole else html.Span(_("The newest calls are not in yet; reload in a moment."), className="warn"),
        html.Span(className="bar-space"),
        html.Button(_("Columns as at first"), className="quiet", hidden=True, **{"data-columns-reset": "1"}),
        html.A(_("Export CSV"), href=f"/api/v1/calls.csv?{chosen.query(page=1)}", className="quiet", download=""),
    ]
    return html.Div([text for text in texts if text is not None], className="panel totals")


def pair(text: str, number: int) -> Any:
    return html.Span([text, " ", html.B(f"{number:,}")])


def pages(calls: int, chosen: Filter) -> list[Any]:
    """Where this page lies, with its neighbours, once there is more than one."""
    if calls <= A_PAGE:
        return []
    first, last = (chosen.page - 1) * A_PAGE + 1, min(chosen.page * A_PAGE, calls)
    before, after = f"/calls?{chosen.query(page=chosen.page - 1)}", f"/calls?{chosen.query(page=chosen.page + 1)}"
    return [
        html.A(_("newer"), href=before, className="quiet") if first > 1 else None,
        html.Span(_("shown {first}–{last}", first=f"{first:,}", last=f"{last:,}")),
        html.A(_("older"), href=after, className="quiet") if last < calls else None,
    ]


def table(rows: list[dict[str, Any]]) -> Any:
    """Seconds stay numbers, so that they sort as such; scripts of the page write them as 3:05."""
    time = {"type": "rightAligned", "width": 70, "valueFormatter": {"function": "hotlineDuration(params.value)"}}
    columns = [
        {"field": "at", "headerName": _("Time"), "cellRenderer": "HotlineCallLink", "width": 150},
        {"field": "direction", "headerName": _("Way"), "width": 62},
        {"field": "caller", "headerName": _("Caller"), "width": 120},
        {"field": "did", "headerName": _("Dialled"), "width": 84},
        {"field": "queue", "headerName": _("Queue"), "width": 92},
        {"field": "agent", "headerName": _("Agent"), "width": 104},
        {"field": "outcome", "headerName": _("Outcome"), "cellRenderer": "HotlineOutcome", "width": 88},
        {"field": "wait", "headerName": _("Wait"), **time},
        {"field": "talk", "headerName": _("Talk"), **time},
        {"field": "hold", "headerName": _("Hold"), **time},
        {"field": "wrap", "headerName": _("Wrap-up"), **time, "width": 82},
        {"field": "category", "headerName": _("Category"), "flex": 1, "minWidth": 120},
        {"field": "note", "headerName": _("Note"), "flex": 1, "minWidth": 90, "tooltipField": "note"},
        {"field": "recording", "headerName": _("Recording"), "width": 86},
    ]
    options: dict[str, Any] = {"rowHeight": 28, "headerHeight": 30, "tooltipShowDelay": 300}
    if language() == "zh_CN":
        options["localeText"] = LOCALE_ZH
    return dag.AgGrid(
        id=ids.TABLE,
        rowData=rows,
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": True},
        dashGridOptions=options,
        className="calls-table",
        style={"height": "auto"},
    )


def _words(table: dict[str, str]) -> dict[str, str]:
    return {code: word(table, code) for code in table}


def _nothing(chosen: Filter) -> str:
    if chosen.state:
        return _("No call is in this state now.")
    return _("No calls match. Choose a longer period or fewer conditions.")
