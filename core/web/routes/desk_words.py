"""What a desk is told when a supervisor takes something from it: a line in the site's language, with the reason.

The line is kept like any other message to a desk, so that an agent who was away finds it. Nothing here refuses: what
was done is done, and a database that is away must not make it look undone.
"""

from __future__ import annotations

import logging
from contextvars import copy_context
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from core.clock import iso, utc_now
from core.i18n import N_, _, called, set_language
from core.installation import steering
from core.installation.definition import BreakReason
from core.installation.service import of_frame
from core.people.users import User
from core.web.context import Web
from core.web.masking import masked

log = logging.getLogger(__name__)

FORCED = {
    "ready": N_("The shift supervisor has set you to ready: {reason}"),
    "break": N_("The shift supervisor has set you to break ({kind}): {reason}"),
    "offline": N_("The shift supervisor has signed you off: {reason}"),
}
STEERED = {
    "end": N_("The shift supervisor has ended your call {caller}: {reason}"),
    "transfer": N_("The shift supervisor has moved your call {caller} to {target}: {reason}"),
}


async def state_forced(web: Web, extension: str, state: str, kind: str, reason: str, by: User) -> None:
    await _tell(web, extension, FORCED[state], by, reason=reason, kind=await _break(web, kind))


async def _break(web: Web, kind: str) -> str:
    """In the site's language, like all that is told."""
    try:
        reasons, _demo = await web.in_session(of_frame)
    except SQLAlchemyError:
        return kind or "—"
    name = next((one for one in reasons if one.id == kind), None)
    return copy_context().run(_called, web.settings.language, name) if name else kind or "—"


async def call_steered(web: Web, row: dict[str, Any], do: str, target: str, reason: str, by: User) -> None:
    where = _name(web, target)
    await _tell(web, row.get("agent"), STEERED[do], by, reason=reason, target=where, caller=_caller(row))


async def taken_over(web: Web, row: dict[str, Any], reason: str, by: User) -> None:
    text = N_("The shift supervisor has taken over your call {caller}: {reason}")
    await _tell(web, row.get("agent"), text, by, reason=reason, caller=_caller(row))


def _caller(row: dict[str, Any]) -> str:
    """The line outlives the call: whose desk it is has the number no more."""
    return masked(row.get("caller")) or ""


def _name(web: Web, target: str) -> str:
    """A queue or agent as people call it."""
    kind, _colon, rest = target.rpartition(":")
    if kind == "queue":
        names = (row["name"] for row in web.live.state()["queues"] if row["id"] == rest)
        return str(next(names, rest))
    agent = web.live.agent(rest)
    return f"{rest} {agent['name']}" if agent else rest


async def _tell(web: Web, extension: str | None, text: str, by: User, **values: str) -> None:
    if not extension or web.live.agent(extension) is None:
        return
    said = copy_context().run(_said, web.settings.language, text, values)
    now = utc_now()
    try:
        row = await web.in_session(
            lambda session: steering.send_message(session, said, extension, by.display_name, now)
        )
    except SQLAlchemyError:
        log.warning("the desk of %s could not be told: %s", extension, said)
        return
    shown = {**row, "at": iso(row["at"])}
    web.live.say({"type": "message", "message": shown}, lambda to: to.extension == extension)


def _called(language: str, one: BreakReason) -> str:
    set_language(language)
    return called(one)


def _said(language: str, text: str, values: dict[str, str]) -> str:
    """In a context of its own: the desk reads the site's language, not that of whoever asks."""
    set_language(language)
    return _(text, **values)
