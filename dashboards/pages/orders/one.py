"""One order as its page needs it, read from the operational database: what may be done must be of this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from core.api.app import Web
from core.api.workorders import read as audited
from core.api.workorders_rows import Names, detail_json
from core.clock import utc_now
from core.errors import NotAllowed, NotFound, Unavailable
from core.people.users import User
from core.rights import Right
from core.workorders import reading, service, turns
from core.workorders.definition import Definition
from dashboards.pages.orders.queries import person
from etl import calls


@dataclass(frozen=True, slots=True)
class Order:
    """``detail`` as the interface gives it; ``call`` the call that it was taken in, if this person may see it."""

    detail: dict[str, Any]
    definition: Definition
    names: Names
    call: dict[str, Any] | None


async def read(web: Web, user: User, order_id: str) -> Order:
    """``NotAllowed`` for what is not theirs to see."""
    who = replace(await person(web, user), visits_own=not web.settings.visit_by_another)

    def work(session: Session) -> tuple[dict[str, Any], Definition, Names]:
        row = reading.order(session, order_id)
        if not reading.may_read(row, who):
            raise turns.not_theirs(order_id)
        case = service.case_of(session, row)
        return detail_json(session, row, case, who, utc_now()), case.definition, Names.read(session)

    detail, definition, names = await web.in_session(work)
    await audited(web, user, detail)
    return Order(detail, definition, names, await _call(web, user, detail["from_call"]))


async def there(web: Web, user: User, order_id: str) -> None:
    """``NotAllowed`` for what is not theirs to see."""
    who = await person(web, user)

    def work(session: Session) -> None:
        if not reading.may_read(reading.order(session, order_id), who):
            raise turns.not_theirs(order_id)

    await web.in_session(work)


async def _call(web: Web, user: User, call_id: str | None) -> dict[str, Any] | None:
    if not call_id or not user.may(Right.CALLS):
        return None
    try:
        return await calls.whole(web.parts["warehouse"], user, call_id)
    except (NotFound, NotAllowed, Unavailable):
        return None
