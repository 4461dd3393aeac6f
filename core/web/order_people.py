"""Who asks about work orders, and which calls are an order's: whom it may ring up, which call it was that did."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from core.db import event_log
from core.errors import BadInput, NotAllowed
from core.numbering import normal
from core.people.users import User
from core.rights import Right
from core.web.context import Web
from core.workorders import office, service
from core.workorders.case import RING
from core.workorders.rights import Actor

ARRIVED = "call_arrived"


def person(session: Session, user: User, *, visits_own: bool = True) -> Actor:
    """Who asks, with the site that they belong to and how far their rights reach."""
    return Actor(
        user.name,
        user.role.value,
        office.site_of(session, user.name),
        visits_own,
        orders=user.scope(Right.ORDERS),
        numbers=user.may(Right.NUMBERS),
    )


def caller_of(web: Web, user: User, order_id: str) -> Callable[[Session], str]:
    """The number that this person may have rung up from the order, whether or not it is shown whole."""

    def work(session: Session) -> str:
        who = person(session, user, visits_own=not web.settings.visit_by_another)
        row = service.readable(session, order_id, who)
        service.check_step(session, row, RING, who)
        if not row.caller:
            raise BadInput(
                "The order has no number to ring up.", field="caller", remedy="Say in the result why without a call."
            )
        return row.caller

    return work


def check_call(web: Web, session: Session, order_id: str, call_id: str) -> None:
    """A call that a result names was made from this order."""
    live = web.live.call(call_id)
    told = event_log.for_subject(session.connection(), call_id)
    of = live.get("order_id") if live else next((e.payload.get("order_id") for e in told if e.kind == ARRIVED), None)
    if of != order_id:
        raise BadInput(
            "This call was not made from the order.",
            field="fields.call",
            remedy="Ring up from the order, or say why without a call.",
        )


async def check_order(web: Web, user: User, order_id: str, to: str) -> None:
    """A call that names an order is to its number, by somebody who may ring it up now."""
    if not user.may(Right.ORDERS_RING):
        raise NotAllowed("You may not ring up from orders.", field="order_id", remedy="Leave the order out.")
    if normal(await web.in_session(caller_of(web, user, order_id))) != normal(to):
        raise BadInput(
            "This is not the number of order {id}.",
            field="to",
            remedy="Ring up from the order, or leave the order out.",
            id=order_id[:20],
        )
