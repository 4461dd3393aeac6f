"""One order as its page needs it, read from the operational database: what may be done must be of this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import NotAllowed, NotFound, Unavailable
from core.people.users import User
from core.rights import Right
from core.web.context import Web
from core.web.routes.workorders import read as audited
from core.web.routes.workorders_rows import OrderNames, definition_json, detail_json
from core.workorders import service
from core.workorders.definition import Definition
from dashboards.pages.orders.queries import person
from dashboards.session import note_refused
from etl.warehouse import WAREHOUSE
from kpi.lists import calls


@dataclass(frozen=True, slots=True)
class OrderView:
    """``detail`` as the interface gives it; ``call`` the call that it was taken in, if this person may see it."""

    detail: dict[str, Any]
    definition: Definition
    names: OrderNames
    call: dict[str, Any] | None = None


async def read(web: Web, user: User, order_id: str) -> OrderView:
    """``NotAllowed`` for what is not theirs to see."""
    found = await standing(web, user, order_id)
    return replace(found, call=await call_of(web, user, found.detail["from_call"]))


async def standing(web: Web, user: User, order_id: str) -> OrderView:
    """As ``read``, without the call. What is refused is a line of the audit, whichever function asked."""
    try:
        detail, definition, names = await _read(web, user, order_id)
    except NotAllowed as no:
        await note_refused(f"/orders/{order_id[:20]}", no)
        raise
    await audited(web, user, detail)
    return OrderView(detail, definition, names)


async def _read(web: Web, user: User, order_id: str) -> tuple[dict[str, Any], Definition, OrderNames]:
    who = replace(await person(web, user), visits_own=not web.settings.visit_by_another)

    def work(session: Session) -> tuple[dict[str, Any], Definition, OrderNames]:
        row = service.readable(session, order_id, who)
        case = service.case_of(session, row)
        return detail_json(session, row, case, who, utc_now()), case.definition, OrderNames.read(session)

    return await web.in_session(work)


async def sites(web: Web, user: User) -> list[dict[str, Any]]:
    """Who may be given an order: the sites with their people, as far as this person is told."""
    who = await person(web, user)
    found: list[dict[str, Any]] = (await web.in_session(lambda session: definition_json(session, who)))["sites"]
    return found


async def there(web: Web, user: User, order_id: str) -> None:
    """``NotAllowed`` for what is not theirs to see."""
    who = await person(web, user)
    await web.in_session(lambda session: service.readable(session, order_id, who))


async def call_of(web: Web, user: User, call_id: str | None) -> dict[str, Any] | None:
    """Nothing where it is not there, or not theirs to see."""
    if not call_id or not user.may(Right.CALLS):
        return None
    try:
        return await calls.whole(web.parts[WAREHOUSE], user, call_id)
    except (NotFound, NotAllowed, Unavailable):
        return None
