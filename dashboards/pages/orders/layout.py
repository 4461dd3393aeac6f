"""The list of work orders: filter form (a plain GET, so that the URL is the filter), totals, table, pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from dash import dcc, html

from core.clock import utc_now
from core.errors import BadInput, HotlineError
from core.i18n import _, language
from core.installation.service import load_installation
from dashboards.components import listing
from dashboards.components.filters import local_now
from dashboards.components.listing import labelled, pair, select, time_field, way
from dashboards.components.words import word
from dashboards.pages.orders import ids, queries
from dashboards.pages.orders.filters import BY, KEPT, NONE, NOW, PLACE, OrderFilter
from dashboards.pages.orders.queries import A_PAGE, FilterChoices, OrderPage
from dashboards.pages.orders.rows import row
from dashboards.pages.orders.words import CLOCKS, FLAGS, STATES, URGENCIES
from dashboards.session import feed_is_up, user, web


async def layout(**parameters: Any) -> Any:
    parts = web()
    now = utc_now()
    local = local_now(now, parts.settings.timezone)
    try:
        chosen = OrderFilter.of(parts.sessions.seal.opened(parameters), local)
        found = await queries.page(parts, user(), chosen, now)
        known = await queries.filter_choices(parts, user())
    except HotlineError as no:
        if isinstance(no, BadInput):
            return misread(await queries.filter_choices(parts, user()), OrderFilter.typed(parameters), no)
        return refused(no)
    shown = await listed(found, known, chosen, now)
    return lambda: page(shown(), known, chosen, parameters)


def page(shown: Shown, known: FilterChoices, chosen: OrderFilter, parameters: dict[str, Any]) -> Any:
    return html.Div(
        [
            html.H1(_("Work orders"), className="unseen"),
            html.P(className="order-said", role="status", hidden=True, **{"data-orders-said": "1"}),
            form(known, chosen),
            html.Div(shown.totals, id=ids.TOTALS),
            html.Ul(id=ids.CARDS, className="order-cards"),
            html.Div(table(shown.rows, chosen), id=ids.ROWS, className="order-rows", hidden=not shown.rows),
            html.Div(shown.nothing, id=ids.EMPTY, hidden=bool(shown.rows)),
            dcc.Store(id=ids.ASKED, data={name: str(value) for name, value in parameters.items()}),
            dcc.Store(id=ids.NARROW, data=False),
            dcc.Store(id=ids.LISTED, data=mark(shown.rows, narrow=False)),
            dcc.Interval(id=ids.TICK, interval=EVERY_MS),
        ],
        className="page calls orders",
    )


def mark(rows: list[dict[str, Any]], *, narrow: bool) -> str:
    """Tells one state of the list from another: what is shown already is not sent again."""
    return sha256(orjson.dumps([rows, narrow])).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the list changes while it is looked at."""

    totals: Any
    rows: list[dict[str, Any]]
    nothing: Any


async def listed(found: OrderPage, known: FilterChoices, chosen: OrderFilter, now: float) -> Callable[[], Shown]:
    parts = web()
    site = await parts.in_session(load_installation)
    soon = await queries.soon(parts, found.orders)
    timezone, whole = parts.settings.timezone, feed_is_up(parts)

    def drawing() -> Shown:
        rows = [row(order, known, now, timezone, soon=order["order_id"] in soon) for order in found.orders]
        sums = totals(found, chosen, now, timezone, demo=site.demo, whole=whole)
        return Shown(sums, rows, html.Div(_nothing(chosen), className="panel empty"))

    return drawing


async def again(parameters: dict[str, str]) -> Callable[[], Shown]:
    """The same list as it stands now."""
    parts, now = web(), utc_now()
    local = local_now(now, parts.settings.timezone)
    chosen = OrderFilter.of(parts.sessions.seal.opened(parameters), local)
    found = await queries.page(parts, user(), chosen, now)
    return await listed(found, await queries.filter_choices(parts, user()), chosen, now)


EVERY_MS = 5000


def misread(known: FilterChoices, chosen: OrderFilter, wrong: BadInput) -> Any:
    """The filter as it was typed, with what is wrong beside its field."""
    head = html.H1(_("Work orders"), className="unseen")
    return html.Div([head, form(known, chosen, wrong)], className="page calls orders")


def refused(no: HotlineError) -> Any:
    return listing.refused(no, _("All open orders"), "/orders")


def form(known: FilterChoices, chosen: OrderFilter, wrong: HotlineError | None = None) -> Any:
    none = {NONE: _("not known")}
    fields = [
        labelled(_("From"), time_field("from", chosen.first)),
        labelled(_("To"), time_field("to", chosen.last)),
        labelled(_("Period of"), select("by", periods(), chosen.by)),
        labelled(_("Now"), select("now", _words(NOW), chosen.now)),
        labelled(_("State"), select("state", _words(STATES), chosen.state)),
        labelled(_("Category"), select("category", several(categories(known), chosen.category), chosen.category)),
        labelled(
            _("District"),
            select("district", several({**{d: d for d in known.districts}, **none}, chosen.district), chosen.district),
        ),
        labelled(_("Site"), select("site", {**known.sites, **none}, chosen.site)),
        labelled(_("Urgency"), select("urgency", _words(URGENCIES), chosen.urgency)),
        labelled(_("Marked"), select("flag", _words(FLAGS), chosen.flag)),
        *listing.number_field(_("Caller"), chosen.caller, chosen.caller_sealed),
        labelled(_("Words"), dcc.Input(type="search", name="q", value=chosen.q)),
        labelled(_("Place"), select("place", _words(PLACE), chosen.place)) if chosen.place else None,
        labelled(_("Deadline"), select("kept", _words(KEPT), chosen.kept)) if chosen.clock else None,
        *(link_filter(name, getattr(chosen, name)) for name in ("customer", "from_call", "assignee", "opened_by")),
    ]
    # On a phone the fields show while this is open.
    fold = html.Details(html.Summary(_("Filters"), className="bar-button"), className="order-fold")
    ways = [
        fold,
        way(_("Open"), "/orders"),
        way(_("Overdue"), "/orders?overdue=1"),
        way(_("Today"), "/orders?day=today"),
    ]
    return listing.form("/orders", [field for field in fields if field is not None], ways, "order-filters", wrong)


def several(options: dict[str, str], chosen: str) -> dict[str, str]:
    """A link may ask for more than one; they stand in the list as one choice then."""
    if "," not in chosen:
        return options
    names = (options.get(one, one).strip() for one in chosen.split(","))
    return {**options, chosen: _(", ").join(names)}


def periods() -> dict[str, str]:
    """What the period may be of: opening, closing, or the deadline of a milestone."""
    return {code: _("due: {clock}", clock=text) if code in CLOCKS else text for code, text in _words(BY).items()}


def link_filter(name: str, value: str) -> Any:
    """What a link asked for stands in the form as soon as it is set, so that it can be seen and taken out."""
    titles = {
        "customer": _("Customer"),
        "from_call": _("From call"),
        "assignee": _("Worker"),
        "opened_by": _("Opened by"),
    }
    return labelled(titles[name], dcc.Input(type="search", name=name, value=value)) if value else None


def categories(known: FilterChoices) -> dict[str, str]:
    """Parents first, each followed by what lies below."""
    names, parents = known.categories.names, known.categories.parents
    tops = [one for one in names if not parents.get(one)]
    found: dict[str, str] = {}
    for top in tops:
        found[top] = names[top]
        below = (one for one, parent in parents.items() if parent == top)
        found.update((one, f"\u3000{names[one]}") for one in below)
    return found


def totals(found: OrderPage, chosen: OrderFilter, now: float, timezone: str, *, demo: bool, whole: bool) -> Any:
    sums, time = found.totals, local_now(now, timezone).strftime("%H:%M:%S")
    texts = [
        html.B(_("{n} orders", n=f"{sums.all_orders:,}")),
        pair(_("still open"), sums.all_open),
        pair(_("overdue"), sums.all_overdue),
        pair(_("done"), sums.all_closed),
        pair(_("in time"), sums.all_kept) if chosen.clock else None,
        html.Span(f"{periods()[chosen.by or 'opened']} {chosen.period()}", className="dim")
        if chosen.period()
        else None,
        # The script greys it when no newer one comes.
        html.Span(
            _("as of {time}", time=time),
            className="fresh",
            role="status",
            **{
                "data-fresh": "live",
                "data-as-of": str(round(now * 1000)),
                "data-lost": _("Not live: the list is of {time}", time=time),
            },
        ),
        *pages(sums.all_orders, chosen),
        html.Span(_("Demo data"), className="tag-demo") if demo else None,
        None if whole else html.Span(_("The newest steps are not in yet; reload in a moment."), className="warn"),
        html.Span(className="bar-space"),
        html.Button(_("Columns as at first"), className="quiet", hidden=True, **{"data-columns-reset": "1"}),
        html.A(_("Export CSV"), href=f"/api/v1/work-orders.csv?{chosen.query(page=1)}", className="quiet", download=""),
    ]
    return listing.totals(texts)


def pages(orders: int, chosen: OrderFilter) -> list[Any]:
    """Where this page lies, with its neighbours, once there is more than one."""
    if orders <= A_PAGE:
        return []
    first, last = (chosen.page - 1) * A_PAGE + 1, min(chosen.page * A_PAGE, orders)
    before, after = (f"/orders?{chosen.query(page=chosen.page + step)}" for step in (-1, 1))
    return [
        html.A(_("before"), href=before, className="quiet") if first > 1 else None,
        html.Span(_("shown {first}–{last} of orders", first=f"{first:,}", last=f"{last:,}")),
        html.A(_("after"), href=after, className="quiet") if last < orders else None,
    ]


def table(rows: list[dict[str, Any]], chosen: OrderFilter) -> Any:
    """Times stay numbers, so that they sort as such, and show their words. All of it fits into 1366 px."""
    # English takes more room for the same.
    wide = 20 if language() == "en" else 0
    # Of those that are open none is closed.
    closed = {"field": "closed", "headerName": _("Closed"), "cellRenderer": "HotlineWords", "width": 112}
    columns = [
        {
            "field": "id",
            "headerName": _("Number"),
            "cellRenderer": "HotlineLink",
            "cellRendererParams": {"below": "/orders/"},
            "width": 110,
        },
        {"field": "opened", "headerName": _("Opened"), "cellRenderer": "HotlineWords", "width": 122},
        {"field": "category", "headerName": _("Category"), "width": 104 + wide},
        {
            "field": "urgency",
            "headerName": _("Urgency"),
            "cellClassRules": {"order-urgent": "params.data.urgent"},
            "width": 82,
        },
        {"field": "state", "headerName": _("State"), "width": 92 + 2 * wide},
        {"field": "due", "headerName": _("Due"), "cellRenderer": "HotlineWords", "width": 146},
        {"field": "district", "headerName": _("District"), "width": 92},
        {"field": "address", "headerName": _("Address"), "flex": 2, "minWidth": 100, "tooltipField": "address"},
        {
            "field": "summary",
            "headerName": _("What is reported"),
            "flex": 2,
            "minWidth": 100,
            "tooltipField": "summary",
        },
        {"field": "flags", "headerName": _("Marked"), "width": 80, "tooltipField": "flags"},
        {"field": "holder", "headerName": _("Who has it"), "flex": 1, "minWidth": 106, "tooltipField": "holder"},
        {"field": "caller", "headerName": _("Caller"), "width": 114},
        *([] if chosen.now in ("open", "overdue") else [closed]),
    ]
    # Rows are known by their number: they move, and nothing else does.
    return listing.table(ids.TABLE, rows, columns, row_id="params.data.id")


def _words(table: Any) -> dict[str, str]:
    return {code: word(table, code) for code in table}


def _nothing(chosen: OrderFilter) -> str:
    if chosen.now == "overdue":
        return _("No order is overdue now.")
    if chosen.now == "open":
        return _("No open order matches.")
    return _("No orders match. Choose a longer period or fewer conditions.")
