"""Which pages there are: path, title, who may see them. Explicit, so that nothing depends on scanning folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.i18n import N_
from core.people.users import Role, User
from core.rights import Right, Scope
from core.web.context import Web
from dashboards.pages import (
    alerts,
    audit,
    calls,
    categories,
    desk,
    figures,
    floor,
    hotspot_map,
    kpi,
    kpi_inputs,
    kpi_mine,
    kpi_schemes,
    kpi_sites,
    orders,
    qa,
    qa_calibration,
    qa_mine,
    qa_review,
    rights,
    rosters,
    wallboard,
)
from etl.warehouse import WAREHOUSE
from kpi.lists.calls import find


async def call_there(web: Web, user: User, call_id: str) -> Any:
    return await find(web.parts[WAREHOUSE], user, call_id)


def nothing(_app: Any, _web: Web) -> None:
    """For pages without callbacks and routes."""


@dataclass(frozen=True, slots=True)
class DashPage:
    """``layout(**parameters)`` runs for every request; ``register(app, web)`` adds callbacks and routes once.

    ``reach``: only for those whose right reaches so far (any of them; empty: however far). ``bare``: without the bar on
    top, for the wall. ``in_menu``: shown in the bar, with ``menu_reach`` only to those whose right reaches just so far:
    others come to it from another page. ``there(web, user, id)`` raises what
    the page of one thing would say where that is not there for this person. ``scripts`` and ``styles`` are files of
    ``dashboards/assets`` without their endings, ``libraries`` those of others (``grid``: tables, ``wave``: the player,
    ``plotly`` where no graph of Dash's brings it); what every page needs is in ``dashboards.index``.
    """

    id: str
    path: str
    title: str
    layout: Callable[..., Any]
    register: Callable[[Any, Web], None]
    right: Right
    reach: tuple[Scope, ...] = ()
    bare: bool = False
    in_menu: bool = True
    menu_reach: tuple[Scope, ...] = ()
    there: Callable[..., Awaitable[Any]] | None = None
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    def is_for(self, user: User) -> bool:
        """Whether this person may see it at all."""
        return user.may(self.right) and (not self.reach or user.scope(self.right) in self.reach)

    def is_in_menu_of(self, user: User) -> bool:
        near = not self.menu_reach or user.scope(self.right) in self.menu_reach
        return self.in_menu and near and self.is_for(user)


DESK = (
    "desk",
    "desk_caller",
    "desk_dial",
    "desk_duplicates",
    "desk_form",
    "desk_order",
    "desk_targets",
)
FLOOR = (
    "alerts_panel",
    "dialog",
    "floor",
    "floor_call",
    "floor_facts",
    "floor_queues",
)
ROSTERS = (
    "dialog",
    "figures",
    "rosters",
    "rosters_grid",
)
PAGES: tuple[DashPage, ...] = (
    DashPage(
        "wallboard",
        "/wall",
        N_("Wallboard"),
        wallboard.layout,
        wallboard.register,
        Right.WALL,
        bare=True,
        scripts=("wall", "wall_link"),
        styles=("wall",),
        libraries=("plotly",),
    ),
    DashPage(
        "floor", "/floor", N_("Floor"), floor.layout, floor.register, Right.FLOOR, scripts=FLOOR, styles=("floor",)
    ),
    DashPage(
        "alerts",
        "/alerts",
        N_("Alerts"),
        alerts.layout,
        alerts.register,
        Right.ALERTS,
        scripts=("grid", "alerts_page", "alerts_panel", "dialog"),
        libraries=("grid",),
    ),
    DashPage(
        "rosters",
        "/rosters",
        N_("Rosters"),
        rosters.layout,
        rosters.register,
        Right.ROSTERS,
        scripts=ROSTERS,
        styles=("rosters",),
    ),
    DashPage("desk", "/desk", N_("Desk"), desk.layout, desk.register, Right.DESK, scripts=DESK, styles=("desk",)),
    DashPage(
        "orders",
        "/orders",
        N_("Work orders"),
        orders.layout,
        orders.register,
        Right.ORDERS,
        scripts=("grid", "orders"),
        styles=("orders",),
        libraries=("grid",),
    ),
    DashPage(
        "order",
        "/orders/<order_id>",
        N_("Work order"),
        orders.detail_layout,
        nothing,
        Right.ORDERS,
        in_menu=False,
        there=orders.there,
        scripts=("calls", "dialog", "orders", "pin", "position"),
        styles=("orders",),
        libraries=("wave",),
    ),
    DashPage(
        "map",
        "/map",
        N_("Map"),
        hotspot_map.layout,
        hotspot_map.register,
        Right.MAP,
        scripts=("figures", "grid", "dialog"),
        styles=("map",),
        libraries=("grid",),
    ),
    DashPage(
        "calls",
        "/calls",
        N_("Calls"),
        calls.layout,
        calls.register,
        Right.CALLS,
        scripts=("grid",),
        libraries=("grid",),
    ),
    DashPage(
        "figures",
        "/figures",
        N_("Figure"),
        figures.layout,
        nothing,
        Right.INDICATORS,
        in_menu=False,
        scripts=("grid",),
        libraries=("grid",),
    ),
    DashPage(
        "call",
        "/calls/<call_id>",
        N_("Call"),
        calls.detail_layout,
        nothing,
        Right.CALLS,
        in_menu=False,
        there=call_there,
        scripts=("calls",),
        libraries=("wave",),
    ),
    DashPage(
        "kpi",
        "/kpi",
        N_("Performance"),
        kpi.layout,
        kpi.register,
        Right.KPI,
        reach=(Scope.ALL,),
        scripts=("dialog", "figures", "grid", "kpi"),
        styles=("kpi",),
        libraries=("grid",),
    ),
    DashPage(
        "kpi_mine",
        "/kpi/mine",
        N_("My score"),
        kpi_mine.layout,
        kpi_mine.register,
        Right.KPI,
        reach=(Scope.OWN,),
        scripts=("figures", "kpi", "dialog"),
        styles=("kpi",),
    ),
    DashPage(
        "kpi_inputs",
        "/kpi/inputs",
        N_("Entries for scores"),
        kpi_inputs.layout,
        kpi_inputs.register,
        Right.KPI_INPUTS,
        in_menu=False,
        scripts=("address", "dialog"),
        styles=("kpi",),
    ),
    DashPage(
        "kpi_schemes",
        "/kpi/schemes",
        N_("Scoring schemes"),
        kpi_schemes.layout,
        kpi_schemes.register,
        Right.KPI,
        in_menu=False,
        scripts=("grid", "dialog"),
        styles=("kpi_schemes",),
        libraries=("grid",),
    ),
    DashPage(
        "kpi_scheme",
        "/kpi/schemes/<scheme_id>",
        N_("Scoring scheme"),
        kpi_schemes.scheme_layout,
        nothing,
        Right.KPI,
        in_menu=False,
        there=kpi_schemes.there,
        scripts=("choice", "grid", "figures"),
        styles=("kpi_schemes",),
        libraries=("grid",),
    ),
    DashPage(
        "qa",
        "/qa",
        N_("Quality"),
        qa.layout,
        qa.register,
        Right.QA,
        reach=(Scope.ALL,),
        scripts=("address", "grid", "dialog"),
        styles=("qa",),
        libraries=("grid",),
    ),
    DashPage(
        "qa_mine",
        "/qa/mine",
        N_("My quality"),
        qa_mine.layout,
        qa_mine.register,
        Right.QA,
        reach=(Scope.OWN,),
        styles=("qa",),
    ),
    DashPage(
        "qa_calibration",
        "/qa/calibration",
        N_("Calibration"),
        qa_calibration.layout,
        qa_calibration.register,
        Right.QA,
        reach=(Scope.ALL,),
        in_menu=False,
        scripts=("dialog",),
        styles=("qa",),
    ),
    DashPage(
        "qa_review",
        "/qa/reviews/<call_id>",
        N_("Review"),
        qa_review.layout,
        qa_review.register,
        Right.QA,
        in_menu=False,
        there=qa_review.there,
        scripts=("address", "choice", "dialog", "figures", "qa"),
        styles=("qa",),
    ),
    DashPage(
        "categories",
        "/categories",
        N_("Categories"),
        categories.layout,
        categories.register,
        Right.CATEGORIES,
        scripts=("dialog",),
        styles=("categories",),
    ),
    DashPage(
        "kpi_sites",
        "/kpi/sites",
        N_("Site review"),
        kpi_sites.layout,
        kpi_sites.register,
        Right.KPI,
        reach=(Scope.SITE, Scope.ALL),
        menu_reach=(Scope.SITE,),
        scripts=("address", "figures", "grid"),
        styles=("kpi", "kpi_sites"),
        libraries=("grid",),
    ),
    DashPage("rights", "/rights", N_("Rights"), rights.layout, rights.register, Right.RIGHTS),
    DashPage(
        "audit",
        "/audit",
        N_("Audit"),
        audit.layout,
        audit.register,
        Right.AUDIT,
        scripts=("grid",),
        libraries=("grid",),
    ),
)


def home_of(user: User) -> str:
    """Where a person's day begins."""
    places = {
        Role.WALLBOARD: "/wall",
        Role.AGENT: "/desk",
        Role.SUPERVISOR: "/floor",
        Role.DIRECTOR: "/kpi",
        Role.QA: "/qa",
    }
    usual = places.get(user.role, "/calls")
    paths = [page.path for page in PAGES if page.is_for(user)]
    return usual if usual in paths else next(iter(paths), "/docs")
