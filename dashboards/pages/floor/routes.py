"""What the floor's scripts ask for besides the live connection: figures, the shift, and what is behind one call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends
from sqlalchemy.orm import Session

from core.clock import iso, utc_now
from core.customers.service import CustomerCard, find_by_phone
from core.errors import NotFound
from core.installation import steering
from core.installation.service import load_installation
from core.numbering import normal
from core.people.users import User
from core.rights import Right
from core.telephony import recordings
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import shown_text
from core.web.routes.telephony import live_row
from dashboards.components import dialog, timeline
from dashboards.components.earlier_calls import earlier
from dashboards.components.filters import local_now
from dashboards.components.names import Names
from dashboards.components.words import OUTCOMES, word
from dashboards.pages.floor import queries, shapes, shift, voice
from dashboards.pages.floor.dialogs import DIALOGS
from dashboards.pages.floor.ids import PAGE
from etl.warehouse import WAREHOUSE
from kpi.lists import calls

Reader = Annotated[User, Depends(holding(Right.FLOOR))]
EARLIER_DAYS = 90
EARLIER_SHOWN = 3
# What of a call's time line is shown as its way so far.
SPENT = {timeline.MENU: "menu", timeline.QUEUE: "queue", timeline.HOLD: "hold"}


@dataclass(slots=True)
class ShiftCache:
    """The roster changes by the day, and every open floor asks every few seconds."""

    at: float = 0.0
    shift: dict[str, Any] | None = None


SHIFT_KEPT_S = 20.0


def register(app: Any, web: Web) -> None:
    dialog.register(app, PAGE, Right.FLOOR, DIALOGS)
    _add_floor(web)
    _add_call(web)
    _add_voice(web)


def _add_floor(web: Web) -> None:
    zone = ZoneInfo(web.settings.timezone)
    kept = ShiftCache()

    @web.app.get("/api/v1/floor", response_model=shapes.FloorFigures, tags=["live"])
    async def floor(_user: Reader) -> dict[str, Any]:
        """Service level and abandon rate today and in the last 15 minutes, mean handling time today; the shift of now
        and who is planned for it; whose word stands over a queue's calendar."""
        now = utc_now()
        warehouse = web.parts.get(WAREHOUSE)
        found = await queries.figures(warehouse, now, web.settings.timezone) if warehouse is not None else {}
        fresh = now - kept.at < SHIFT_KEPT_S

        def work(session: Session) -> tuple[dict[str, Any] | None, dict[str, dict[str, Any]]]:
            return kept.shift if fresh else shift.planned(session, now, zone), steering.overrides(session)

        roster, overrides = await web.in_session(work)
        if not fresh:
            kept.at, kept.shift = now, roster
        told = {queue: {**one, "at": iso(one["at"])} for queue, one in overrides.items()}
        return {"at": iso(now), **found, "shift": roster, "overrides": told}


def _add_call(web: Web) -> None:
    timezone = web.settings.timezone

    @web.app.get("/api/v1/floor/calls/{call_id}", response_model=shapes.BehindCall, tags=["live"])
    async def caller(call_id: str, user: Reader) -> dict[str, Any]:
        """The customer behind a call that is up, the number's last calls in 90 days, and where its time went so far."""
        row = await live_row(web, call_id)
        number = normal(row["caller"] if row["direction"] == "inbound" else row["did"])
        card, installation = await web.in_session(
            lambda session: (find_by_phone(session, number), load_installation(session))
        )
        await web.lookups.shown(user, number, call_id)
        since = local_now(utc_now(), timezone).date() - timedelta(days=EARLIER_DAYS)
        warehouse = web.parts.get(WAREHOUSE)
        if warehouse is None:
            return {"id": call_id, "customer": _customer(card), "earlier": 0, "last": [], "spent": {}}
        last, count = await earlier(warehouse, number, call_id, since)
        names = Names(installation)
        return {
            "id": call_id,
            "customer": _customer(card),
            "earlier": count,
            "last": [_earlier(one, names, user) for one in last[:EARLIER_SHOWN]],
            "spent": await _spent(web, user, call_id),
        }


def _customer(card: CustomerCard | None) -> dict[str, Any] | None:
    if card is None:
        return None
    return {"name": card.name, "kind": card.kind, "district": card.district, "address": card.address}


def _earlier(call: dict[str, Any], names: Names, user: User) -> dict[str, Any]:
    said = [names.queue(call["queue"], ""), word(OUTCOMES, call["outcome"]), call["category_name"] or ""]
    return {
        "id": call["id"],
        "at": call["arrived_at"],
        "said": " · ".join(text for text in said if text),
        "agent": names.party(call["agent"], ""),
        "note": shown_text(user, call["note"] or ""),
    }


async def _spent(web: Web, user: User, call_id: str) -> dict[str, Any]:
    """Seconds in the menu, in queues and on hold up to ``at``; empty until the warehouse has the call."""
    now = utc_now()
    try:
        call = await calls.whole(web.parts[WAREHOUSE], user, call_id)
    except NotFound:
        return {}
    found: dict[str, Any] = dict.fromkeys(SPENT.values(), 0.0)
    for row in timeline.rows(call["events"], call["arrived_at"], now):
        if row.party == timeline.CALLER:
            for bar in row.bars:
                if bar.label in SPENT:
                    found[SPENT[bar.label]] += bar.seconds
    return {**{name: round(seconds, 1) for name, seconds in found.items()}, "at": iso(now)}


def _add_voice(web: Web) -> None:
    @web.app.get("/api/v1/floor/calls/{call_id}/voice", response_model=shapes.Voice, tags=["live"])
    async def heard(call_id: str, user: Reader) -> dict[str, Any]:
        """The recording so far as two rows of bars (0 to 1), and the shares of it where both or nobody spoke. Of a call
        that is up and has none yet, an empty one."""
        try:
            return await _heard(web, user, call_id)
        except NotFound:
            if web.live.call(call_id) is None:
                raise
            return voice.picture(0.0, [], [])


async def _heard(web: Web, user: User, call_id: str) -> dict[str, Any]:
    warehouse = web.parts.get(WAREHOUSE)
    row = await calls.find(warehouse, user, call_id) if warehouse is not None else {"recording_path": None}
    path: str | None = row["recording_path"]
    if path is None:
        raise NotFound("The call has no recording.", remedy="Only bridged calls are recorded.")

    def work() -> dict[str, Any]:
        found = recordings.scan(web.settings.recordings_dir, path)
        sides = recordings.peaks(found, voice.pieces(found.seconds))
        return voice.picture(found.seconds, sides[0], sides[-1])

    return await asyncio.to_thread(work)
