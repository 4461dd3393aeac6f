"""Which pages there are: path, title, who may see them. Explicit, so that nothing depends on scanning folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.api.app import Web
from core.i18n import N_
from core.people.users import Role, User
from dashboards.pages import alerts, calls, desk, floor, orders, rosters, wallboard
from etl.calls import find

CALL_READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.QA, Role.ADMIN, Role.AGENT)


FLOOR_READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN)


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
    roles: Sequence[Role]
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
        (Role.WALLBOARD, Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN),
        bare=True,
    ),
    Page("floor", "/floor", N_("Floor"), floor.layout, floor.register, FLOOR_READERS),
    Page("alerts", "/alerts", N_("Alerts"), alerts.layout, alerts.register, FLOOR_READERS),
    Page("rosters", "/rosters", N_("Rosters"), rosters.layout, rosters.register, (*FLOOR_READERS, Role.AGENT)),
    Page("desk", "/desk", N_("Desk"), desk.layout, desk.register, (Role.AGENT, Role.SUPERVISOR)),
    Page("orders", "/orders", N_("Work orders"), orders.layout, orders.register, orders.READERS),
    Page(
        "order",
        "/orders/<order_id>",
        N_("Work order"),
        orders.detail_layout,
        nothing,
        orders.READERS,
        in_menu=False,
        there=orders.there,
    ),
    Page("calls", "/calls", N_("Calls"), calls.layout, calls.register, CALL_READERS),
    Page(
        "call",
        "/calls/<call_id>",
        N_("Call"),
        calls.detail_layout,
        nothing,
        CALL_READERS,
        in_menu=False,
        there=call_there,
    ),
)


def home_of(role: Role) -> str:
    """Where a person's day begins."""
    usual = {Role.WALLBOARD: "/wall", Role.AGENT: "/desk", Role.SUPERVISOR: "/floor"}.get(role, "/calls")
    paths = [page.path for page in PAGES if role in page.roles]
    return usual if usual in paths else next(iter(paths), "/docs")
