"""Work orders over HTTP: open, step, list, read. Rights and forms here, rules in ``core.workorders``.

``Idempotency-Key`` makes a repeated request harmless: the same person's same key gives the same order, or step.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Path, Query, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import epoch_or_none, iso, utc_now
from core.customers.service import normal_number
from core.errors import NotAllowed
from core.free_text import asks_for_number
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import restored
from core.web.order_people import caller_of, check_call, person
from core.web.problems import problem
from core.web.routes.workorders_forms import NewOrder, NewStep, SiteRequest, intake_of, with_call
from core.web.routes.workorders_rows import (
    Json,
    OrderNames,
    definition_json,
    detail_json,
    duplicates_json,
    order_json,
)
from core.web.routes.workorders_watch import add_watch
from core.web.shapes import Page
from core.web.shapes import orders as shape
from core.workorders import office, places, reading, service
from core.workorders.case import RING
from core.workorders.reading import OrderQuery
from core.workorders.rights import Actor
from core.workorders.steps import StepRequest
from core.workorders.workflow import Impossible

log = logging.getLogger(__name__)

TAG = "work orders"
PATH = "/api/v1/work-orders"
Reader = Annotated[User, Depends(holding(Right.ORDERS))]
Opener = Annotated[User, Depends(holding(Right.ORDERS_OPEN))]
Keeper = Annotated[User, Depends(holding(Right.ORDER_SITES))]
Counter = Annotated[User, Depends(holding(Right.ORDERS_OVERDUE))]
Ringer = Annotated[User, Depends(holding(Right.ORDERS_RING))]
SiteId = Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,40}$")]
OrderId = Annotated[str, Path(max_length=20)]
Word = Annotated[str, Query(max_length=64)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


def add_routes(web: Web) -> None:
    @web.app.exception_handler(Impossible)
    async def impossible(request: Request, error: Exception) -> Response:
        assert isinstance(error, Impossible)
        return problem(error, request.url.path, allowed=list(error.allowed))

    async def fill() -> None:
        """A site that was made before there were orders begins with what is shipped."""

        def work(session: Session) -> None:
            office.fill_shipped(session, utc_now())
            session.commit()

        try:
            await web.in_session(work)
        except SQLAlchemyError as away:
            # The first order asks for it again.
            log.warning("the process of orders is not there yet: %s", away)

    web.on_start(fill)
    add_watch(web)
    _add_opening(web)
    # Before the orders' own addresses, which would take any word for a number.
    _add_looking(web)
    _add_orders(web)


def _add_opening(web: Web) -> None:
    zone = ZoneInfo(web.settings.timezone)

    @web.app.post(PATH, response_model=shape.OrderDetail, status_code=201, tags=[TAG])
    async def open_order(wanted: NewOrder, user: Opener, response: Response, key: Key = "") -> Json:
        """A new order; 200 instead of 201 when this key has opened it before."""
        asked = replace(intake_of(wanted, zone), looks_up=user.may(Right.CUSTOMERS))
        # What the call adds may be there at a repeat and not before, or the other way round.
        digest = sha256(wanted.model_dump_json().encode()).hexdigest()
        live = web.live.call(wanted.from_call) if wanted.from_call else None
        live_agent = web.live.agent(user.extension) if user.extension else None

        def work(session: Session) -> tuple[bool, Json]:
            who, now = person(session, user), utc_now()
            kept = service.open_order(session, with_call(session, asked, live, live_agent, user), who, now, key, digest)
            return kept.new, _detail(session, kept.id, who, now)

        new, order = await web.in_session(work)
        response.status_code = 201 if new else 200
        response.headers["Location"] = f"{PATH}/{order['id']}"
        return order

    @web.app.post(f"{PATH}/{{order_id}}/events", response_model=shape.OrderDetail, tags=[TAG])
    async def step(order_id: OrderId, wanted: NewStep, user: Reader, key: Key = "") -> Json:
        """One step; the order afterwards. 409 names in ``allowed`` what is possible instead."""
        given = {**wanted.fields, **({"note": wanted.note} if wanted.note else {})}
        place = wanted.position
        asked = StepRequest(
            wanted.event,
            given,
            place.longitude if place else None,
            place.latitude if place else None,
            epoch_or_none(wanted.device_time, zone),
            wanted.version,
            key,
            wanted.confirmed,
        )

        def work(session: Session) -> Json:
            who, now = person(session, user, visits_own=not web.settings.visit_by_another), utc_now()
            if call := given.get("call"):
                check_call(web, session, order_id, str(call))
            taken = asked
            if wanted.event == "correct":
                # Who corrects a word of a text with a masked number in it means the number as it is.
                row = reading.order(session, order_id)
                written = {name: given[name] for name in ("address", "summary") if isinstance(given.get(name), str)}
                whole = {name: restored(text, getattr(row, name)) for name, text in written.items()}
                taken = replace(asked, fields={**given, **whole})
            service.take_step(session, order_id, taken, who, now)
            # Also when the step has just made it somebody else's.
            return _detail(session, order_id, who, now, theirs=True)

        return await web.in_session(work)

    @web.app.post(f"{PATH}/{{order_id}}/call", response_model=shape.Rung, status_code=201, tags=[TAG])
    async def ring(order_id: OrderId, user: Ringer) -> Json:
        """Rings the own phone, then the number that the order came from; the call stands in the order's story."""
        if not user.extension:
            raise NotAllowed("You have no phone here.", remedy="Ask a supervisor for an extension.")
        number = await web.in_session(caller_of(web, user, order_id))
        made = await web.telephony.request("originate", from_extension=user.extension, to=number, order_id=order_id)

        def work(session: Session) -> Json:
            who, now = person(session, user, visits_own=not web.settings.visit_by_another), utc_now()
            service.take_step(session, order_id, StepRequest(RING, {"call": made["call_id"]}), who, now)
            return {"call_id": made["call_id"], "order": _detail(session, order_id, who, now)}

        return await web.in_session(work)


def _add_looking(web: Web) -> None:
    @web.app.get(f"{PATH}/definition", response_model=shape.Definition, tags=[TAG])
    async def definition(user: Reader) -> Json:
        """States, events, clocks, categories (names in both languages), sites and their people."""
        return await web.in_session(lambda session: definition_json(session, person(session, user)))

    @web.app.put(f"{PATH}/sites/{{site_id}}", response_model=shape.Site, tags=[TAG])
    async def save_site(site_id: SiteId, wanted: SiteRequest, user: Keeper) -> Json:
        """Adds a unit or changes it, whole: whoever is no longer named has left it."""

        def work(session: Session) -> Json:
            site = office.Site(site_id, wanted.name, wanted.districts)
            office.save_site(session, site, wanted.people, user.name, utc_now())
            return next(one for one in definition_json(session, person(session, user))["sites"] if one["id"] == site_id)

        return await web.in_session(work)

    @web.app.get(f"{PATH}/duplicates", response_model=Page[shape.Near], tags=[TAG])
    async def duplicates(
        user: Reader,
        category: Word,
        longitude: Annotated[float | None, Query(ge=-180, le=180)] = None,
        latitude: Annotated[float | None, Query(ge=-90, le=90)] = None,
        address: Annotated[str, Query(max_length=200)] = "",
        customer: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> Json:
        """Open orders of this category within 100 m and 24 h, of those that the person may see. Without a place, that
        of the address is looked for."""

        def work(session: Session) -> Json:
            who, now = person(session, user), utc_now()
            at = (longitude, latitude)
            if None in at:
                place = places.locate(session, address, customer if user.may(Right.CUSTOMERS) else None)
                at = (place.longitude, place.latitude) if place and place.exact else (None, None)
            found = reading.duplicates(session, category, *at, address, now, who)
            return {"items": duplicates_json(found, OrderNames.read(session), who, now) if found else [], "next": None}

        near = await web.in_session(work)
        if near["items"]:
            web.audit.seen(user.name, "orders_listed", "duplicates", numbers=numbers_in(near["items"]))
        return near

    @web.app.get(f"{PATH}/places", response_model=Page[shape.OrderPlace], tags=[TAG])
    async def found_places(_user: Reader, q: Annotated[str, Query(min_length=1, max_length=100)]) -> Json:
        """Streets and estates of the gazetteer that hold these words."""
        found = await web.in_session(lambda session: places.suggestions(session, q))
        return {
            "items": [
                {
                    "name": f"{one.district}{one.name}",
                    "district": one.district,
                    "longitude": one.longitude,
                    "latitude": one.latitude,
                }
                for one in found
            ],
            "next": None,
        }

    @web.app.get(f"{PATH}/overdue", response_model=shape.Overdue, tags=[TAG])
    async def overdue(_user: Counter) -> Json:
        """By district and site, how many orders are past a deadline, and the first of them."""
        now = utc_now()
        found = await web.in_session(lambda session: reading.overdue(session, now))
        groups = [
            {"district": one.district, "site": one.site, "count": one.count, "ids": list(one.ids)} for one in found
        ]
        return {"at": iso(now), "count": sum(one.count for one in found), "items": groups, "next": None}


def _add_orders(web: Web) -> None:
    zone = ZoneInfo(web.settings.timezone)

    @web.app.get(PATH, response_model=Page[shape.Order], tags=[TAG])
    async def listed(
        user: Reader,
        start: Annotated[datetime | None, Query(alias="from", description="Opened at or after; ISO 8601.")] = None,
        end: Annotated[datetime | None, Query(alias="to", description="Opened before; ISO 8601.")] = None,
        state: Annotated[str, Query(max_length=200, description="One, or several with commas.")] = "",
        category: Word = "",
        district: Word = "",
        urgency: Word = "",
        channel: Word = "",
        site: Word = "",
        assignee: Word = "",
        customer: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
        caller: Annotated[str, Query(max_length=40)] = "",
        call: Word = "",
        parent: Word = "",
        q: Annotated[str, Query(max_length=100)] = "",
        overdue: bool | None = None,
        open: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=reading.LONGEST_PAGE)] = 100,
        cursor: Annotated[str, Query(max_length=64)] = "",
    ) -> Json:
        """Orders, newest first: a manager's of the own site, a worker's own ones, everybody else's all."""
        number = normal_number(caller) if caller else ""
        await web.lookups.searched(user, number, "orders")
        await web.lookups.searched(user, q if asks_for_number(q) else "", "orders")
        wanted = OrderQuery(
            epoch_or_none(start, zone),
            epoch_or_none(end, zone),
            tuple(one for one in state.split(",") if one),
            category,
            district,
            urgency,
            channel,
            site,
            assignee,
            customer,
            number,
            call,
            q,
            parent,
            overdue,
            open,
            cursor,
            limit,
        )

        def work(session: Session) -> Json:
            who, now = person(session, user), utc_now()
            rows, following = reading.orders(session, wanted, who, now)
            names = OrderNames.read(session)
            return {"items": [order_json(row, names, who, now) for row in rows], "next": following}

        found = await web.in_session(work)
        asked = {"caller": number, "customer": customer, "site": site, "assignee": assignee, "call": call, "q": q}
        told = {name: value for name, value in asked.items() if value}
        web.audit.seen(user.name, "orders_listed", "orders", numbers=numbers_in(found["items"]), **told)
        return found

    @web.app.get(f"{PATH}/{{order_id}}", response_model=shape.OrderDetail, tags=[TAG])
    async def one(order_id: OrderId, user: Reader) -> Json:
        """With events, clocks (each with rule, calendar and pauses) and what the asking person may do now."""
        visits_own = not web.settings.visit_by_another
        found = await web.in_session(
            lambda session: _detail(session, order_id, person(session, user, visits_own=visits_own), utc_now())
        )
        await read(web, user, found)
        return found


def numbers_in(orders: Iterable[Json]) -> str:
    """For the audit: whether a whole number of a caller is shown."""
    return "whole" if any(one["caller"] and "*" not in one["caller"] for one in orders) else "masked"


async def read(web: Web, user: User, order: Json) -> None:
    """The audit's line of an order that is about to be shown, with whether its number is."""
    await web.audit.record_once(user.name, "order_read", order["id"], numbers=numbers_in([order]))


def _detail(session: Session, order_id: str, who: Actor, now: float, *, theirs: bool = False) -> Json:
    """``NotAllowed`` for what is not theirs to see."""
    row = reading.order(session, order_id) if theirs else service.readable(session, order_id, who)
    return detail_json(session, row, service.case_of(session, row), who, now)
