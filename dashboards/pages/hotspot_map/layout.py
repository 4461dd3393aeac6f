"""The page: the filter, the map with its sentences, incidents and the orders of what was clicked beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.clock import utc_now
from core.errors import HotlineError
from core.i18n import _, language, translate_error
from core.workorders.categories import Tree
from dashboards.components import dialog, listing
from dashboards.components.figure import figure
from dashboards.components.filters import in_words, local_now
from dashboards.components.listing import labelled, select, time_field, way
from dashboards.pages.hotspot_map import figures, ids, incidents, queries
from dashboards.pages.hotspot_map.filters import LAYERS, STATES, MapFilter
from dashboards.pages.hotspot_map.queries import MapView
from dashboards.session import web
from geo_analysis.hotspots.orders import PlacedOrder

EVERY_MS = 20_000
LISTED = 500


async def layout(**parameters: Any) -> Any:
    timezone = web().settings.timezone
    try:
        chosen = MapFilter.of(parameters, local_now(utc_now(), timezone))
        found = await queries.view(chosen)
    except HotlineError as no:
        return listing.refused(no, _("The last thirty days"), "/map")
    return drawing(chosen, found)


def drawing(chosen: MapFilter, found: MapView) -> Callable[[], Any]:
    """In the words of whoever asked."""

    def drawn() -> Any:
        names = names_of(found.tree)
        return html.Div(
            [
                html.H1(_("Map"), className="unseen"),
                form(chosen, found),
                totals(chosen, found),
                html.Div(
                    [
                        html.Section(picture(found, names), className="panel map-picture"),
                        html.Div(
                            [
                                html.Section(
                                    incidents.listed(found.incidents), id=ids.INCIDENTS, className="panel map-incidents"
                                ),
                                html.Section(
                                    beside(found.orders, found.tree, ""), id=ids.LIST, className="panel map-list"
                                ),
                            ],
                            className="map-beside",
                        ),
                    ],
                    className="map-columns",
                ),
                dcc.Store(id=ids.ASKED, data={**requested(chosen), "resolution": resolution(found)}),
                dcc.Interval(id=ids.TICK, interval=EVERY_MS),
                *dialog.place(ids.PAGE),
            ],
            className="page calls map-page",
        )

    return drawn


def requested(chosen: MapFilter) -> dict[str, str]:
    return {
        "from": chosen.first, "to": chosen.last, "category": chosen.category, "district": chosen.district,
        "now": chosen.now, "layer": chosen.layer,
    }  # fmt: skip


def resolution(found: MapView) -> int:
    return int(found.hot.parameters["resolution"]) if found.hot is not None else 0


def form(chosen: MapFilter, found: MapView) -> Any:
    words = [(_(text), code) for code, text in LAYERS.items()]
    layers = html.Select(
        [html.Option(text, value=code, selected="selected" if code == chosen.layer else None) for text, code in words],
        name="layer",
        className="field",
    )
    fields = [
        labelled(_("From"), time_field("from", chosen.first, "2026-11-23")),
        labelled(_("To"), time_field("to", chosen.last, "2026-11-23")),
        labelled(_("Category"), select("category", in_tree(found.tree), chosen.category)),
        labelled(_("District"), select("district", {one: one for one in found.districts}, chosen.district)),
        labelled(_("Now"), select("now", {code: _(text) for code, text in STATES.items()}, chosen.now)),
        labelled(_("Layer"), layers),
    ]
    return listing.form("/map", fields, [way(_("The last thirty days"), "/map")])


def totals(chosen: MapFilter, found: MapView) -> Any:
    more = len(found.orders) >= queries.MOST_ORDERS
    return listing.totals(
        [
            listing.pair(_("orders with a place"), len(found.orders)),
            html.Span(in_words(chosen.first, chosen.last), className="dim"),
            html.Span(_("only the newest are shown"), className="warn") if more else None,
            html.Span(className="bar-space"),
            *(legend(found) if found.hot is not None else ()),
        ]
    )


def legend(found: MapView) -> list[Any]:
    assert found.hot is not None
    kinds = {
        "hot": [("map-sure", _("very sure")), ("map-likely", _("sure")), ("map-perhaps", _("likely"))],
        "density": [("map-density", _("more per km²"))],
        "cluster": [("map-perhaps", _("cluster"))],
    }
    shown = kinds["density"] if "density" in found.hot.classes else kinds["cluster"]
    if found.hot.method.value == "gi":
        shown = [*kinds["hot"], ("map-cold", _("fewer than usual")), ("map-chance", _("chance explains it"))]
    keys = [html.Span([html.I(className=f"map-key {style}"), word]) for style, word in shown]
    return [*keys, html.Span([html.I(className="map-key map-ring"), _("incident")])]


def picture(found: MapView, names: Mapping[str, str]) -> list[Any]:
    if not found.orders and not found.outlines:
        return [
            html.Div(
                _("No order of this period has a place. Choose a longer one, or fewer conditions."), className="empty"
            )
        ]
    said = sentences(found)
    drawn = figures.figure(found.orders, found.outlines, found.incidents, found.hot, names)
    label = " ".join(said) or _("{n} orders on the map", n=len(found.orders))
    return [
        figure(ids.FIGURE, drawn, label=label, height=figures.HEIGHT, hovers=True, moves=True),
        html.Div([html.P(one) for one in said], className="map-said"),
    ]


def sentences(found: MapView) -> list[str]:
    if found.problem is not None:
        return [" ".join(filter(None, translate_error(found.problem)))]
    return list(found.hot.sentences) if found.hot is not None else []


def beside(orders: Sequence[PlacedOrder], tree: Tree, title: str) -> list[Any]:
    names = names_of(tree)
    head = html.Div(
        [
            html.H2(title or _("Orders")),
            html.Small(_("click the map to see those of one place") if not title else _("{n} orders", n=len(orders))),
            html.Span(className="bar-space"),
            html.Button(_("All"), id=ids.EVERYTHING, className="quiet", hidden=not title),
        ],
        className="map-head",
    )
    if not orders:
        return [head, html.Div(_("No orders here."), className="empty")]
    timezone = web().settings.timezone
    rows = [
        {
            "id": one.id,
            "at": local_now(one.at, timezone).strftime("%m-%d %H:%M"),
            "category": names.get(one.category, one.category),
            "place": one.address or one.district,
            "state": _("still open") if one.open else _("done"),
        }
        for one in orders[:LISTED]
    ]
    columns = [
        {
            "field": "id", "headerName": _("Work order"), "width": 118, "cellRenderer": "HotlineLink",
            "cellRendererParams": {"below": "/orders/"},
        },
        {"field": "at", "headerName": _("Opened"), "width": 104},
        {"field": "category", "headerName": _("Category"), "width": 110, "tooltipField": "category"},
        {"field": "place", "headerName": _("Place"), "flex": 1, "minWidth": 120, "tooltipField": "place"},
        {"field": "state", "headerName": _("State"), "width": 100},
    ]  # fmt: skip
    more = html.P(_("The first {n} are listed.", n=LISTED), className="dim") if len(orders) > LISTED else None
    return [head, html.Div(listing.table(ids.TABLE, rows, columns), className="map-table"), more]


def names_of(tree: Tree) -> dict[str, str]:
    return {code: one.name(language()) for code, one in tree.items()}


def in_tree(tree: Tree) -> dict[str, str]:
    """Parents first, each followed by what lies below."""
    found: dict[str, str] = {}
    for code, one in tree.items():
        if not one.parent:
            found[code] = one.name(language())
            found.update((each.id, f"\u3000{each.name(language())}") for each in tree.values() if each.parent == code)
    return found
