"""The list of calls: filter form (a plain GET, so that the URL is the filter), totals, table, pages."""

from __future__ import annotations

from typing import Any

from dash import html

from core.clock import utc_now
from core.errors import BadInput, HotlineError
from core.i18n import _, language
from core.installation.definition import Installation
from core.installation.service import load_installation
from dashboards.components import listing
from dashboards.components.filters import local_now
from dashboards.components.listing import labelled, pair, select, time_field, way
from dashboards.components.names import Names
from dashboards.components.words import DIRECTIONS, OUTCOMES, duration, word
from dashboards.pages.calls import ids, queries
from dashboards.pages.calls.filters import KEPT, LEVELS, SIGNS, STATES, VISITS, CallFilter
from dashboards.pages.calls.queries import A_PAGE, CallPage
from dashboards.pages.calls.rows import row
from dashboards.session import feed_is_up, user, web


async def layout(**parameters: Any) -> Any:
    parts = web()
    now = utc_now()
    installation = await parts.in_session(load_installation)
    names = Names(installation)
    local = local_now(now, parts.settings.timezone)
    try:
        chosen = CallFilter.of(parts.sessions.seal.opened(parameters), local)
        found = await queries.page(parts, user(), chosen)
    except HotlineError as no:
        if isinstance(no, BadInput):
            return misread(names, CallFilter.typed(parameters), no)
        return refused(no)
    whole = feed_is_up(parts)

    def drawing() -> Any:
        rows = [row(call, names, now) for call in found.calls]
        return html.Div(
            [
                html.H1(_("Calls"), className="unseen"),
                form(names, chosen),
                totals(found, chosen, installation, local.strftime("%H:%M:%S"), whole=whole),
                table(rows) if rows else html.Div(_nothing(chosen), className="panel empty"),
            ],
            className="page calls",
        )

    return drawing


def misread(names: Names, chosen: CallFilter, wrong: BadInput) -> Any:
    """The filter as it was typed, with what is wrong beside its field."""
    return html.Div([html.H1(_("Calls"), className="unseen"), form(names, chosen, wrong)], className="page calls")


def refused(no: HotlineError) -> Any:
    return listing.refused(no, _("All calls of today"), "/calls")


def form(names: Names, chosen: CallFilter, wrong: HotlineError | None = None) -> Any:
    fields = [
        labelled(_("From"), time_field("from", chosen.first)),
        labelled(_("To"), time_field("to", chosen.last)),
        labelled(_("Now"), select("state", _words(STATES), chosen.state)),
        labelled(_("Outcome"), select("outcome", _words(OUTCOMES), chosen.outcome)),
        labelled(_("In the queue"), select("visit", _words(VISITS), chosen.visit)),
        labelled(_("Counted"), select("level", _words(LEVELS), chosen.level)),
        labelled(_("Queue"), select("queue", names.queues, chosen.queue)),
        labelled(_("Agent"), select("agent", names.agents, chosen.agent)),
        labelled(_("Way"), select("direction", _words(DIRECTIONS), chosen.direction)),
        labelled(_("Kept"), select("kept", _words(KEPT), chosen.kept)),
        labelled(_("Sign"), select("sign", _words(SIGNS), chosen.sign)),
        *listing.number_field(_("Caller"), chosen.caller, chosen.caller_sealed),
    ]
    ways = [
        way(_("Today"), "/calls"),
        way(_("Yesterday"), "/calls?day=yesterday"),
        way(_("In progress"), "/calls?state=open"),
    ]
    return listing.form("/calls", fields, ways, wrong=wrong)


def totals(found: CallPage, chosen: CallFilter, installation: Installation, now: str, *, whole: bool) -> Any:
    sums = found.totals
    texts = [html.B(_("{n} calls", n=f"{sums.all_calls:,}"))]
    if chosen.visit:
        texts += [
            pair(_("callers") if chosen.counted == "caller" else _("entered"), sums.all_entries),
            pair(_("answered in time"), sums.entries_in_time),
            pair(_("answered"), sums.entries_answered),
            pair(_("abandoned"), sums.entries_abandoned),
        ]
        if chosen.visit in ("offered", "abandoned", "decided"):
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
        *pages(sums.all_rows, chosen),
        html.Span(_("Demo data"), className="tag-demo") if installation.demo else None,
        None if whole else html.Span(_("The newest calls are not in yet; reload in a moment."), className="warn"),
        html.Span(className="bar-space"),
        html.Button(_("Columns as at first"), className="quiet", hidden=True, **{"data-columns-reset": "1"}),
        html.A(_("Export CSV"), href=f"/api/v1/calls.csv?{chosen.query(page=1)}", className="quiet", download=""),
    ]
    return listing.totals(texts)


def pages(rows: int, chosen: CallFilter) -> list[Any]:
    """Where this page lies, with its neighbours, once there is more than one."""
    if rows <= A_PAGE:
        return []
    first, last = (chosen.page - 1) * A_PAGE + 1, min(chosen.page * A_PAGE, rows)
    before, after = f"/calls?{chosen.query(page=chosen.page - 1)}", f"/calls?{chosen.query(page=chosen.page + 1)}"
    return [
        html.A(_("newer"), href=before, className="quiet") if first > 1 else None,
        html.Span(_("shown {first}–{last}", first=f"{first:,}", last=f"{last:,}")),
        html.A(_("older"), href=after, className="quiet") if last < rows else None,
    ]


def table(rows: list[dict[str, Any]]) -> Any:
    """Seconds stay numbers, so that they sort as such; scripts of the page write them as 3:05."""
    time = {"type": "rightAligned", "width": 70, "valueFormatter": {"function": "hotlineDuration(params.value)"}}
    # English takes more room for an outcome, and less for a way.
    more = 24 if language() == "en" else 0
    columns = [
        {"field": "at", "headerName": _("Time"), "cellRenderer": "HotlineCallLink", "width": 146},
        {"field": "direction", "headerName": _("Way"), "width": 62 - more // 2},
        {"field": "caller", "headerName": _("Caller"), "width": 114},
        {"field": "did", "headerName": _("Dialled"), "width": 84},
        {"field": "queue", "headerName": _("Queue"), "width": 92},
        {"field": "agent", "headerName": _("Agent"), "width": 104},
        {"field": "outcome", "headerName": _("Outcome"), "cellRenderer": "HotlineOutcome", "width": 88 + more},
        {"field": "wait", "headerName": _("Wait"), **time},
        {"field": "talk", "headerName": _("Talk"), **time},
        {"field": "hold", "headerName": _("Hold"), **time},
        {"field": "wrap", "headerName": _("Wrap-up"), **time, "width": 82},
        {"field": "handling", "headerName": _("Handling"), **time, "width": 84},
        {"field": "category", "headerName": _("Category"), "flex": 1, "minWidth": 100, "tooltipField": "category"},
        {"field": "note", "headerName": _("Note"), "flex": 1, "minWidth": 60, "tooltipField": "note"},
        {"field": "recording", "headerName": _("Recording"), "width": 86},
    ]
    return listing.table(ids.TABLE, rows, columns)


def _words(table: dict[str, str]) -> dict[str, str]:
    return {code: word(table, code) for code in table}


def _nothing(chosen: CallFilter) -> str:
    if chosen.state:
        return _("No call is in this state now.")
    return _("No calls match. Choose a longer period or fewer conditions.")
