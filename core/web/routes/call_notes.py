"""What a call was about, said after its wrap-up ended: by the agent who spoke with the caller, or by a supervisor.

A wrap-up whose time ran out, or that was ended at the phone, leaves a draft on the desk; this is how it still finds
its own call. Told as a fact, beside what was recorded then.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import event_log
from core.errors import BadInput, NotFound
from core.events import CallNoted, Event
from core.people import audit
from core.people.users import User
from core.web.context import Web
from core.web.routes.telephony import Desk, WrapUp, everybodys
from core.web.shapes import floor as shape
from core.workorders.office import category_of


def add_routes(web: Web) -> None:
    @web.app.post("/api/v1/calls/{call_id}/note", response_model=shape.Noted, tags=["telephony"])
    async def noted(call_id: Annotated[str, Path(max_length=64)], said: WrapUp, user: Desk) -> dict[str, Any]:
        """Category and note of one's own call whose wrap-up has ended; empty ones leave what was recorded."""
        if not said.category and not said.note:
            raise BadInput("There is nothing to keep.", field="note", remedy="Choose a category or write a note.")
        return await web.in_session(lambda session: note_call(session, call_id, said.category, said.note, user))


def note_call(session: Session, call_id: str, category: str, note: str, user: User) -> dict[str, Any]:
    at = utc_now()
    category = category_of(session, category) if category else ""
    mine = [
        event.payload
        for event in event_log.for_subject(session.connection(), call_id)
        if event.kind == "wrap_up_ended" and (everybodys(user) or event.payload["extension"] == user.extension)
    ]
    if not mine:
        raise NotFound("There is no call of yours {id} that was wrapped up.", field="id", id=call_id)
    segment, extension = mine[-1]["segment_id"], mine[-1]["extension"]
    event_log.append(session, [Event.of(CallNoted(call_id, segment, extension, category, note), at)])
    audit.record(session, user.name, "call_noted", call_id, {"category": category, "note": note}, at)
    return {"call_id": call_id, "segment_id": segment, "category": category, "note": note}
