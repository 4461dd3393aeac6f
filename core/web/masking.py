"""Who may see whole telephone numbers, and how a number looks to everybody else. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from core import free_text
from core.numbering import normal
from core.people.users import User
from core.rights import Right

# Shorter ones are extensions, DIDs and service numbers: nobody's private number.
SHORTEST_PRIVATE = 7
# What a wall shows of calls and seats: how many there are, in which state, since when.
WALL_CALL = ("id", "state", "direction", "queue", "since", "arrived_at", "queued_at", "held", "position", "demo")
WALL_SEAT = ("extension", "name", "group", "state", "since", "reason", "queues", "registered")


def sees_numbers(user: User) -> bool:
    return user.may(Right.NUMBERS)


def reads_announcements(user: User) -> bool:
    return user.may(Right.NOTICES, Right.WALL)


def rights(user: User) -> tuple[bool, ...]:
    """Whoever has the same rights may be given the same text: whole numbers, supervisions, more than a wall, and
    announcements."""
    return sees_numbers(user), user.may(Right.SUPERVISION), user.may(Right.LIVE), reads_announcements(user)


def masked(number: str | None) -> str | None:
    """``13812345678`` as ``138****5678``; a landline keeps less."""
    if number is None or len(re.sub(r"\D", "", number)) < SHORTEST_PRIVATE:
        return number
    first, last = (3, 4) if len(number) >= 11 else (2, 2)
    return f"{number[:first]}****{number[-last:]}"


def shown(user: User, number: str | None, *, in_hand: bool = False) -> str | None:
    """The rule of the house: whole for those whose right it is, and for whoever has this very call or order in hand."""
    return number if in_hand or sees_numbers(user) else masked(number)


def masked_text(text: str) -> str:
    """What somebody wrote, with each telephone number in it masked as in a field of its own."""
    said, last = [], 0
    for start, end in free_text.numbers(text):
        said += [text[last:start], _hidden(text[start:end])]
        last = end
    return "".join((*said, text[last:]))


def restored(text: str, original: str) -> str:
    """A text that was written on from its masked form, with the numbers that the writer did not see back in it."""
    unseen: dict[str, list[str]] = {}
    for start, end in free_text.numbers(original):
        unseen.setdefault(_hidden(original[start:end]), []).append(original[start:end])
    if not unseen:
        return text

    def next_of(found: re.Match[str]) -> str:
        # Several may look alike: in their order, and the last of them once more where it was written again.
        wholes = unseen[found[0]]
        return wholes.pop(0) if len(wholes) > 1 else wholes[0]

    return re.sub("|".join(map(re.escape, sorted(unseen, key=len, reverse=True))), next_of, text)


def _hidden(written: str) -> str:
    """A number as it was written in a text."""
    return masked(normal(free_text.plain_number(written))) or ""


def shown_text(user: User, text: str, *, in_hand: bool = False) -> str:
    """As ``shown``, for what somebody wrote."""
    return text if in_hand or sees_numbers(user) else masked_text(text)


def masked_entry(text: str) -> str:
    """A short field, such as a contact or what an act was done to, which may be a number and nothing else."""
    return masked_text(text) if re.search(r"[^\d +()-]", text) or free_text.is_order(text) else masked(text) or ""


def masked_within(value: Any, private: Collection[str] = (), *, is_number: bool = False) -> Any:
    """A value as JSON has it, with the numbers in all of its texts masked. ``private`` are keys that hold a number and
    nothing else, however deep it lies in them."""
    match value:
        case str():
            return masked(value) if is_number else masked_text(value)
        case dict():
            return {
                key: masked_within(one, private, is_number=is_number or key in private) for key, one in value.items()
            }
        case list() | tuple():
            return [masked_within(one, private, is_number=is_number) for one in value]
        case int() if is_number and abs(value) >= 10 ** (SHORTEST_PRIVATE - 1):
            return masked(str(value))
    return value


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
    if message.get("announcements") and not reads_announcements(user):
        seen["announcements"] = []
    return seen


def is_own(user: User, row: dict[str, Any]) -> bool:
    """Whether this person speaks in the call, as its agent or as one of its parties."""
    return user.extension is not None and user.extension in (row.get("agent"), *(row.get("parties") or ()))


def _only(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}
