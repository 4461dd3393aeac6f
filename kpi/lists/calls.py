"""Calls as the interface shows them: rows of the marts to JSON, numbers masked for whom they are no business."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from core.errors import BadInput, NotAllowed, NotFound
from core.numbering import normal
from core.people.users import User
from core.rights import Right, Scope
from core.web.auth import NoRight
from core.web.context import Web
from core.web.masking import masked, masked_within, sees_numbers, shown_text
from etl.warehouse import Row, Warehouse
from kpi.lists.call_list import CallList
from kpi.lists.categories import Categories, categories
from kpi.sql_files import sql_of

# Fields of a fact that may hold somebody's number; masking leaves extensions alone.
PRIVATE = ("caller", "dialled", "extension", "target", "to", "received", "number")


@dataclass(frozen=True, slots=True)
class CallQuery:
    """What is asked for; ``cursor`` is the ``next`` of the page before. Times are UTC."""

    from_at: datetime | None = None
    until: datetime | None = None
    queue: str | None = None
    agent: str | None = None
    caller: str | None = None
    outcome: str | None = None
    limit: int = 50
    cursor: str | None = None


def own_extension(user: User) -> str | None:
    """``None`` for those who see all calls; whose right reaches the own ones only sees those of the own extension."""
    reach = user.scope(Right.CALLS)
    if reach is Scope.ALL:
        return None
    if reach is not Scope.OWN:
        raise NoRight("Your role does not permit this.", remedy="Ask an administrator if you need it for your work.")
    if user.extension is None:
        raise NotAllowed(
            "You have no extension, so there are no calls of yours.", remedy="Ask an administrator for one."
        )
    return user.extension


async def page(warehouse: Warehouse, user: User, wanted: CallQuery) -> dict[str, Any]:
    """``{"items": […], "next": cursor or None}``."""
    if wanted.from_at and wanted.until and wanted.from_at >= wanted.until:
        raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
    before_at, before_id = _position(wanted.cursor)
    # Searching by part would tell a masked number digit by digit.
    in_part, number = sees_numbers(user), normal(wanted.caller or "") or None
    chosen = CallList(
        from_at=_naive(wanted.from_at),
        until=_naive(wanted.until),
        queue=wanted.queue or None,
        agent=wanted.agent or None,
        caller=None if in_part else number,
        caller_part=number if in_part else None,
        outcome=wanted.outcome or None,
        own=own_extension(user),
        before_at=before_at,
        before_id=before_id,
    )

    tree = await categories(warehouse)

    def made(rows: Iterator[Row]) -> dict[str, Any]:
        found = list(rows)
        shown = found[: wanted.limit]
        more = _cursor(shown[-1]) if len(found) > wanted.limit else None
        return {"items": [call_row(row, user, tree) for row in shown], "next": more}

    return await chosen.page(warehouse, wanted.limit + 1, 0, made)


async def find(warehouse: Warehouse, user: User, call_id: str) -> Row:
    """The row of ``fct_calls``. Another agent's call is not found, like one that never was."""
    rows = await warehouse.fetch(sql_of("lists/call"), {"call_id": call_id, "own": own_extension(user)})
    if not rows:
        raise NotFound("There is no call {call}.", field="id", call=call_id[:64])
    return rows[0]


def numbers_shown(user: User) -> str:
    """For the audit: whether this person sees whole numbers."""
    return "whole" if sees_numbers(user) else "masked"


async def read(web: Web, user: User, call_id: str) -> None:
    """The audit's line of a call that is about to be shown, with whether its numbers are."""
    await web.audit.record_once(user.name, "call_read", call_id, numbers=numbers_shown(user))


async def whole(warehouse: Warehouse, user: User, call_id: str) -> dict[str, Any]:
    """The call with its segments, queue visits and every event, in order of time."""
    row = await find(warehouse, user, call_id)
    key = {"call_id": row["call_id"], "first_id": row["call_first_id"]}
    segments = await warehouse.fetch(sql_of("lists/call_segments"), key)
    visits = await warehouse.fetch(sql_of("lists/call_queue_visits"), key)
    events = await warehouse.fetch(sql_of("lists/call_events"), key)
    tree = await categories(warehouse)
    return {
        **call_row(row, user, tree),
        "segments": [segment_row(segment, user, tree) for segment in segments],
        "queue_visits": [visit_row(visit, user) for visit in visits],
        "events": [event_row(event, user, tree) for event in events if _may_know(user, event["kind"])],
    }


def _may_know(user: User, kind: str) -> bool:
    """That a supervisor listened is no business of those who were listened to."""
    return not kind.startswith("supervision_") or user.may(Right.SUPERVISION)


def call_row(row: Row, user: User, tree: Categories) -> dict[str, Any]:
    plain = sees_numbers(user)
    outbound = row["direction"] != "inbound"
    return {
        "id": row["call_id"],
        "direction": row["direction"],
        "caller": row["caller"] if plain else masked(row["caller"]),
        "did": row["dialled"] if plain or not outbound else masked(row["dialled"]),
        "trunk": row["trunk"],
        "flow": row["flow"],
        "queue": row["last_queue"],
        "first_queue": row["first_queue"],
        "agent": row["last_extension"] if plain else masked(row["last_extension"]),
        "first_agent": row["first_extension"] if plain else masked(row["first_extension"]),
        "outcome": row["outcome"],
        "end_reason": row["end_reason"],
        "arrived_at": iso(row["arrived_at"]),
        "queued_at": iso(row["queue_entered_at"]),
        "answered_at": iso(row["answered_at"]),
        "talking_since": iso(row["talking_since"]),
        "ended_at": iso(row["ended_at"]),
        **_seconds(row, "ivr", "wait", "talk", "hold", "wrap_up", "caller_talk"),
        # What the call cost its agents: all of their talk, hold and after-call work. Nobody knows while it lasts.
        "handling_seconds": None
        if row["ended_at"] is None
        else _sum(row["talk_seconds"], row["hold_seconds"], row["wrap_up_seconds"]),
        "segment_count": row["segments"],
        "transferred": row["transferred"],
        **named(row["category"], tree),
        "note": shown_note(row, user),
        "recording": row["recording_path"] is not None,
        **_seconds(row, "recording"),
        "order_id": row["order_id"],
        "demo": row["demo"],
    }


def segment_row(row: Row, user: User, tree: Categories) -> dict[str, Any]:
    plain = sees_numbers(user)
    return {
        "id": row["segment_id"],
        "extension": row["extension"] if plain else masked(row["extension"]),
        "queue": row["queue"],
        "ring_outcome": row["ring_outcome"],
        "reason": row["reason"],
        "rang_at": iso(row["rang_at"]),
        "answered_at": iso(row["answered_at"]),
        "ended_at": iso(row["ended_at"]),
        "wrap_up_ended_at": iso(row["wrap_up_ended_at"]),
        **_seconds(row, "ring", "talk", "hold", "wrap_up"),
        "transfer_method": row["transfer_method"],
        "transfer_target": row["transfer_target"] if plain else masked(row["transfer_target"]),
        **named(row["category"], tree),
        "note": shown_note(row, user),
    }


def visit_row(row: Row, user: User) -> dict[str, Any]:
    return {
        "queue": row["queue"],
        "outcome": row["outcome"],
        "left_how": row["left_how"],
        "to": row["sent_to"] if sees_numbers(user) else masked(row["sent_to"]),
        "agent": row["extension"] if sees_numbers(user) else masked(row["extension"]),
        "segment_id": row["segment_id"],
        "entered_at": iso(row["entered_at"]),
        "left_at": iso(row["left_at"]),
        **_seconds(row, "wait"),
    }


def event_row(row: Row, user: User, tree: Categories) -> dict[str, Any]:
    facts: dict[str, Any] = orjson.loads(row["payload"])
    facts.pop("call_id", None)
    if facts.get("category"):
        facts |= named(facts["category"], tree)
    if not sees_numbers(user):
        if "caller_name" in facts:
            # Many write the number there, and a name says who it is anyway.
            facts["caller_name"] = ""
        for name in PRIVATE:
            if name == "dialled" and facts.get("direction") == "inbound":
                continue
            if isinstance(facts.get(name), str):
                facts[name] = masked(facts[name])
        if isinstance(facts.get("members"), list):
            facts["members"] = [masked(str(member)) for member in facts["members"]]
        facts = masked_within(facts)
    return {"at": iso(row["happened_at"]), "kind": row["kind"], "version": row["version"], "facts": facts}


def named(category: str | None, tree: Categories) -> dict[str, str | None]:
    """The id, and what it is called in the reader's language."""
    if category is None:
        return {"category": None, "category_name": None}
    return {"category": tree.id(category), "category_name": tree.name(category)}


def shown_note(row: Row, user: User) -> str | None:
    return None if row["note"] is None else shown_text(user, row["note"])


def iso(at: datetime | None) -> str | None:
    """A mart's time (UTC without a zone) as on every wire."""
    return None if at is None else f"{at.isoformat(timespec='milliseconds')}Z"


def _seconds(row: Row, *names: str) -> dict[str, float | None]:
    found = {f"{name}_seconds": row[f"{name}_seconds"] for name in names}
    return {name: None if value is None else round(value, 3) for name, value in found.items()}


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return round(sum(known), 3) if known else None


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(f"{row['arrived_at'].isoformat()} {row['call_id']}".encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[datetime | None, str | None]:
    if not cursor:
        return None, None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, found, call_id = text.partition(" ")
        if not found:
            raise ValueError(text)
        return datetime.fromisoformat(at).replace(tzinfo=None), call_id
    except (ValueError, binascii.Error) as bad:
        raise BadInput(
            "The cursor is not one of ours.", field="cursor", remedy="Use the value of next from the page before."
        ) from bad
