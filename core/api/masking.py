"""Who may see whole telephone numbers, and how a number looks to everybody else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from core.people.users import Role, User

PLAIN_ROLES = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
SUPERVISION_ROLES = frozenset({*PLAIN_ROLES, Role.ADMIN, Role.QA})
# Shorter ones are extensions, DIDs and service numbers: nobody's private number.
SHORTEST_PRIVATE = 7


def sees_numbers(user: User) -> bool:
    return user.role in PLAIN_ROLES


def rights(user: User) -> tuple[bool, bool]:
    """Whoever has the same rights may be given the same text: whole numbers, supervisions."""
    return sees_numbers(user), user.role in SUPERVISION_ROLES


def masked(number: str | None) -> str | None:
    """``13812345678`` as ``138****5678``; a landline keeps less."""
    if number is None or len(re.sub(r"\D", "", number)) < SHORTEST_PRIVATE:
        return number
    first, last = (3, 4) if len(number) >= 11 else (2, 2)
    return f"{number[:first]}****{number[-last:]}"


def masked_call(row: dict[str, Any]) -> dict[str, Any]:
    """A call's live row. The number dialled is private too when it is us who dial."""
    hidden = {**row, "caller": masked(row.get("caller"))}
    if row.get("direction") != "inbound":
        hidden["did"] = masked(row.get("did"))
    return hidden


def calls_for(user: User, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as this person may see them: agents see the number of the caller they speak with."""
    if sees_numbers(user):
        return list(rows)
    shown = [row if is_own(user, row) else masked_call(row) for row in rows]
    # That a supervisor listens is no business of those who are listened to.
    return shown if user.role in SUPERVISION_ROLES else [{**row, "supervision": []} for row in shown]


def is_own(user: User, row: dict[str, Any]) -> bool:
    return user.extension is not None and row.get("agent") == user.extension
