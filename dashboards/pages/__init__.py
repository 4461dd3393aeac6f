"""Which pages there are: path, title, who may see them. Explicit, so that nothing depends on scanning folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.api.app import Web
from core.i18n import N_
from core.people.users import Role, User
from core.rights import Right
from dashboards.pages import alerts, audit, calls, desk, figures, floor, orders, rosters, wallboard
from etl.calls import find


async def call_there(web: Web, user: User, call_id: str) -> Any:
    return await find(web.parts["warehouse"], user, call_id)


def nothing(_app: Any, _web: Web) -> None:
    """For pages without callbacks and routes."""


@dataclass(frozen=True, slots=True)
class Page:
    """``layout(**parameters)`` runs for every request; ``register(app, web)`` adds callbacks and routes once.

    ``bare``: without the bar on top, for the wall. ``in_menu``: shown in the bar. ``there(web, user, id)`` raises what
    the page of one thing would say where that is not there for this person.
    """

    id: str
    path: str
    title: str
    layout: Callable[..., Any]
    register: Callable[[Any, Web], None]
    right: Right
    bare: bool = False
    in_menu: bool = True
    there: Callable[..., Awaitable[Any]] | None = None


PAGES: tuple[Page, ...] = (
    Page(
        "wallboard",
        "/wall",
        N_("Wallboard"),
        wallboard.layout,
        wallboard.register,
        Right.WALL,
        bare=True,
    ),
    Page("floor", "/floor", N_("Floor"), floor.layout, floor.register, Right.FLOOR),
    Page("alerts", "/alerts", N_("Alerts"), alerts.layout, alerts.register, Right.ALERTS),
    Page("rosters", "/rosters", N_("Rosters"), rosters.layout, rosters.register, Right.ROSTERS),
    Page("desk", "/desk", N_("Desk"), desk.layout, desk.register, Right.DESK),
    Page("orders", "/orders", N_("Work orders"), orders.layout, orders.register, Right.ORDERS),
    Page(
        "order",
        "/orders/<order_id>",
        N_("Work order"),
        orders.detail_layout,
        nothing,
        Right.ORDERS,
        in_menu=False,
        there=orders.there,
    ),
    Page("calls", "/calls", N_("Calls"), calls.layout, calls.register, Right.CALLS),
    Page("figures", "/figures", N_("Figure"), figures.layout, nothing, Right.INDICATORS, in_menu=False),
    Page(
        "call",
        "/calls/<call_id>",
        N_("Call"),
        calls.detail_layout,
        nothing,
        Right.CALLS,
        in_menu=False,
        there=call_there,
    ),
    Page("audit", "/audit", N_("Audit"), audit.layout, audit.register, Right.AUDIT),
)


def home_of(user: User) -> str:
    """Where a person's day begins."""
    usual = {Role.WALLBOARD: "/wall", Role.AGENT: "/desk", Role.SUPERVISOR: "/floor"}.get(user.role, "/calls")
    paths = [page.path for page in PAGES if user.may(page.right)]
    return usual if usual in paths else next(iter(paths), "/docs")
