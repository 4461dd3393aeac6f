"""Who may see whole telephone numbers, and how a number looks to everybody else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from core.people.users import User
from core.rights import Right

# Shorter ones are extensions, DIDs and service numbers: nobody's private number.
SHORTEST_PRIVATE = 7
# What a wall shows of calls and seats: how many there are, in which state, since when.
WALL_CALL = ("id", "state", "direction", "queue", "since", "arrived_at", "queued_at", "held", "position", "demo")
WALL_SEAT = ("extension", "name", "group", "state", "since", "reason", "queues", "registered")


def sees_numbers(user: User) -> bool:
    return user.may(Right.NUMBERS)


def rights(user: User) -> tuple[bool, bool, bool]:
    """Whoever has the same rights may be given the same text: whole numbers, supervisions, more than a wall."""
    return sees_numbers(user), user.may(Right.SUPERVISION), user.may(Right.LIVE)


def masked(number: str | None) -> str | None:
    """``13812345678`` as ``138****5678``; a landline keeps less."""
    if number is None or len(re.sub(r"\D", "", number)) < SHORTEST_PRIVATE:
        return number
    first, last = (3, 4) if len(number) >= 11 else (2, 2)
    return f"{number[:first]}****{number[-last:]}"


def shown(user: User, number: str | None, *, in_hand: bool = False) -> str | None:
    """The rule of the house: whole for those whose right it is, and for whoever has this very call or order in hand."""
    return number if in_hand or sees_numbers(user) else masked(number)


def masked_call(row: dict[str, Any]) -> dict[str, Any]:
    """A call's live row. The number dialled is private too when it is us who dial, and so is a third party's."""
    hidden = {**row, "caller": masked(row.get("caller")), "agent": masked(row.get("agent"))}
    # Many write the number where a name belongs, and a name says who it is anyway.
    hidden["caller_name"] = ""
    if row.get("direction") != "inbound":
        hidden["did"] = masked(row.get("did"))
    if row.get("parties"):
        hidden["parties"] = [masked(party) for party in row["parties"]]
    if row.get("returned"):
        hidden["returned"] = {**row["returned"], "target": masked(row["returned"]["target"])}
    return hidden


def calls_for(user: User, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as this person may see them: agents see the number of the caller they speak with."""
    if not user.may(Right.LIVE):
        return [_only(row, WALL_CALL) for row in rows]
    seen = list(rows) if sees_numbers(user) else [row if is_own(user, row) else masked_call(row) for row in rows]
    # That a supervisor listens is no business of those who are listened to.
    return seen if user.may(Right.SUPERVISION) else [{**row, "supervision": []} for row in seen]


def floor_for(user: User, message: dict[str, Any]) -> dict[str, Any]:
    """A snapshot or a change of the floor as this person may see it."""
    seen = dict(message)
    if message.get("calls"):
        seen["calls"] = calls_for(user, message["calls"])
    if message.get("agents") and not user.may(Right.LIVE):
        seen["agents"] = [_only(row, WALL_SEAT) for row in message["agents"]]
    return seen


def is_own(user: User, row: dict[str, Any]) -> bool:
    """Whether this person speaks in the call, as its agent or as one of its parties."""
    return user.extension is not None and user.extension in (row.get("agent"), *(row.get("parties") or ()))


def _only(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}
