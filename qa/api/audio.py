"""``GET /api/v1/calls/{id}/audio``: what was measured in the sound of a call."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

from core.clock import iso
from core.errors import HotlineError
from core.i18n import translate_error
from core.people.users import User
from core.rights import Right, Scope
from core.web.auth import holding
from qa import reading
from qa.api.common import Id, QaOffice
from qa.api.shapes import qa as shape
from qa.service.audio import AudioRecord

Hearer = Annotated[User, Depends(holding(Right.RECORDINGS))]


def add_routes(office: QaOffice) -> None:
    @office.web.app.get("/api/v1/calls/{call_id}/audio", response_model=shape.CallAudio, tags=["calls"])
    async def audio(call_id: Id, user: Hearer) -> dict[str, Any]:
        """Talk, silence, overtalk, latency, levels; measured at once where nobody has done so yet."""
        own = None if user.scope(Right.RECORDINGS) is Scope.ALL else user.extension or ""
        call = await reading.call(office.warehouse, call_id, own)
        found = await office.measuring.of(call)
        office.web.audit.seen(user.name, "audio_read", call_id)
        return audio_row(found)


def audio_row(record: AudioRecord) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(shape.CallAudio.model_fields)
    problem, remedy = "", ""
    if record.problem is not None:
        error = HotlineError(record.problem["message"], remedy=record.problem["remedy"], **record.problem["values"])
        problem, said = translate_error(error)
        remedy = said or ""
    return {
        **nothing,
        "level_dbfs": {},
        "clipping": {},
        "spans": [],
        **(record.body or {}),
        "call_id": record.call_id,
        "version": record.version,
        "measured_at": iso(record.measured_at),
        "problem": problem,
        "remedy": remedy,
    }
