"""Queues open or closed, announcements, messages to desks, marks on calls, over HTTP; the rules are in the service."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path
from pydantic import AwareDatetime, Field

from core.clock import iso, utc_now
from core.errors import NotFound, Unavailable
from core.installation import steering
from core.people.users import User
from core.rights import Right
from core.web import announcements
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import shown_text
from core.web.routes import limits
from core.web.routes.supervision import Listener, Steerer, noted
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import floor as shape

MESSAGE_HOURS = 12
# What a database takes as an id.
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Reader = Annotated[User, Depends(holding(Right.NOTICES))]


class Override(Body):
    """An empty ``state`` gives the queue back to its calendar."""

    state: Literal["", "open", "closed"]
    reason: str = Field("", max_length=steering.REASON_CHARACTERS)


class NewAnnouncement(Body):
    """``until`` is ISO 8601; left out, it stands four hours, and with null until somebody ends it."""

    text: str = Field(max_length=steering.ANNOUNCEMENT_CHARACTERS)
    area: str = Field("", max_length=64)
    until: AwareDatetime | None = None


class NewMessage(Body):
    """``to`` is an extension; null is everybody."""

    text: str = Field(max_length=steering.MESSAGE_CHARACTERS)
    to: str | None = Field(None, max_length=20)


class Mark(Body):
    kind: Literal["qa", "training"]
    note: str = Field("", max_length=500)


def add_routes(web: Web) -> None:
    limits.add_routes(web)
    _add_queues(web)
    _add_announcements(web)
    _add_messages(web)
    _add_marks(web)


async def reload(web: Web) -> str:
    """Whether the core knows it yet: it reads the site at its next start otherwise."""
    try:
        await web.telephony.request("reload")
    except Unavailable:
        return "pending"
    return "reloaded"


def _add_queues(web: Web) -> None:
    @web.app.put("/api/v1/queues/{queue}/override", response_model=shape.QueueOverride, tags=["supervision"])
    async def override(queue: str, wanted: Override, user: Steerer) -> dict[str, Any]:
        """Opens or closes the queue, whatever its calendar says; calls that wait in it go on waiting."""
        now = utc_now()
        await web.in_session(
            lambda session: steering.override_queue(session, queue, wanted.state, wanted.reason, user.name, now)
        )
        await noted(web, user, "queue_override", queue, wanted.model_dump())
        return {"queue": queue, "state": wanted.state, "telephony": await reload(web)}


def _add_announcements(web: Web) -> None:
    announcements.add(web)

    @web.app.get("/api/v1/announcements", response_model=shape.Announcements, tags=["supervision"])
    async def listed(_user: Reader) -> dict[str, Any]:
        """Those that stand, and the areas there could be one for."""
        now = utc_now()
        found, areas = await web.in_session(
            lambda session: (steering.announcements(session, now), steering.areas(session))
        )
        return {"items": [announcements.with_times(row) for row in found], "next": None, "areas": areas}

    @web.app.post(
        "/api/v1/announcements", response_model=shape.AnnouncementChanged, status_code=201, tags=["supervision"]
    )
    async def begin(wanted: NewAnnouncement, user: Steerer) -> dict[str, Any]:
        """Callers, all or those of an area, hear it before anything else from now on."""
        now = utc_now()
        until = wanted.until.timestamp() if wanted.until else None
        if "until" not in wanted.model_fields_set:
            # What nobody thinks of any more would be heard for days.
            until = now + steering.USUAL_STAND_S
        row = await web.in_session(
            lambda session: steering.announce(session, wanted.text, wanted.area, user.name, now, until)
        )
        await noted(web, user, "announcement", str(row["id"]), wanted.model_dump(mode="json"))
        await announcements.refresh(web)
        return {**announcements.with_times(row), "telephony": await reload(web)}

    @web.app.delete("/api/v1/announcements/{number}", response_model=shape.AnnouncementChanged, tags=["supervision"])
    async def end(number: Number, user: Steerer) -> dict[str, Any]:
        now = utc_now()
        row = await web.in_session(lambda session: steering.end_announcement(session, number, user.name, now))
        await noted(web, user, "announcement_ended", str(number), {})
        await announcements.refresh(web)
        return {**announcements.with_times(row), "telephony": await reload(web)}


def _add_messages(web: Web) -> None:
    @web.app.post("/api/v1/messages", response_model=shape.Message, status_code=201, tags=["supervision"])
    async def send(wanted: NewMessage, user: Steerer) -> dict[str, Any]:
        """A line to one desk or to all: kept, and shown at once where somebody is signed in."""
        if wanted.to is not None and web.live.agent(wanted.to) is None:
            raise NotFound("There is no agent {extension}.", field="to", extension=wanted.to)
        now = utc_now()
        row = await web.in_session(
            lambda session: steering.send_message(session, wanted.text, wanted.to, user.display_name, now)
        )
        await noted(web, user, "message", wanted.to or "all", {"text": wanted.text})
        shown = {**row, "at": iso(row["at"])}
        web.live.say(
            {"type": "message", "message": shown},
            lambda to: to.may(Right.NOTICES) and wanted.to in (None, to.extension),
        )
        return shown

    @web.app.get("/api/v1/messages", response_model=Page[shape.Message], tags=["supervision"])
    async def received(user: Reader) -> dict[str, Any]:
        """To the own desk or to all, of the last twelve hours, newest first."""
        since = utc_now() - MESSAGE_HOURS * 3600
        rows = await web.in_session(lambda session: steering.messages_for(session, user.extension, since))
        return {"items": [{**row, "at": iso(row["at"])} for row in rows], "next": None}


def _add_marks(web: Web) -> None:
    @web.app.post("/api/v1/calls/{call_id}/marks", response_model=shape.CallMark, status_code=201, tags=["supervision"])
    async def mark(call_id: str, wanted: Mark, user: Listener) -> dict[str, Any]:
        """Puts a call aside for QA or as a training example."""
        now = utc_now()
        row = await web.in_session(
            lambda session: steering.mark_call(session, call_id, wanted.kind, wanted.note, user.name, now)
        )
        await noted(web, user, "call_marked", call_id, wanted.model_dump())
        return row

    @web.app.get("/api/v1/call-marks", response_model=Page[shape.CallMark], tags=["supervision"])
    async def marked(user: Listener, kind: Literal["qa", "training"] | None = None) -> dict[str, Any]:
        found = await web.in_session(lambda session: steering.marks(session, kind=kind))
        return {"items": [{**one, "note": shown_text(user, one["note"])} for one in found], "next": None}
