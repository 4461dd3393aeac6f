"""A call's recording over HTTP: every hearing is written down before the first byte is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from core.errors import NotFound
from core.people.users import User
from core.rights import Right
from core.telephony import recordings
from core.telephony.recordings import RangeNotSatisfiable, Recording
from core.web.auth import holding
from core.web.context import Web
from core.web.problems import problem
from etl.warehouse import Warehouse
from kpi.api.shapes import calls as shape
from kpi.lists import calls


class Sound(Response):
    """16-bit PCM WAV."""

    media_type = "audio/wav"


Hearer = Annotated[User, Depends(holding(Right.RECORDINGS))]


def add_routes(web: Web, warehouse: Warehouse) -> None:
    async def recording_of(user: User, call_id: str) -> Recording:
        row = await calls.find(warehouse, user, call_id)
        if row["recording_path"] is None:
            raise NotFound("The call has no recording.", remedy="Only bridged calls are recorded.")
        return await asyncio.to_thread(recordings.scan, web.settings.recordings_dir, row["recording_path"])

    async def write_down(user: User, call_id: str, purpose: str) -> None:
        """A player asks for many ranges of one hearing: they are one line, another purpose is another one."""
        await web.audit.once(user.name, "recording_heard", call_id, purpose=purpose, role=user.role.value)

    @web.app.head("/api/v1/calls/{call_id}/recording", include_in_schema=False)
    @web.app.get("/api/v1/calls/{call_id}/recording", response_class=Sound, tags=["calls"])
    async def recording(
        call_id: str,
        user: Hearer,
        request: Request,
        wanted: Annotated[str | None, Header(alias="Range")] = None,
        purpose: Annotated[str, Query(max_length=100, description="Why it is heard, for the audit.")] = "",
    ) -> Response:
        """16-bit PCM WAV, left caller, right agent; byte ranges; also while the call lasts."""
        found = await recording_of(user, call_id)
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
        try:
            part = recordings.byte_range(wanted, found.length)
        except RangeNotSatisfiable as outside:
            answer = problem(outside, request.url.path)
            answer.headers["Content-Range"] = f"bytes */{found.length}"
            return answer
        first, last = part or (0, found.length - 1)
        headers["Content-Length"] = str(last - first + 1)
        headers["Content-Disposition"] = f'inline; filename="{"".join(c for c in call_id if c.isalnum())}.wav"'
        if part:
            headers["Content-Range"] = f"bytes {first}-{last}/{found.length}"
        status = 206 if part else 200
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers, media_type="audio/wav")
        await write_down(user, call_id, purpose)
        return StreamingResponse(_pieces(found, first, last), status, headers, "audio/wav")

    @web.app.get("/api/v1/calls/{call_id}/peaks", response_model=shape.Peaks, tags=["calls"])
    async def peaks(call_id: str, user: Hearer, points: Annotated[int, Query(ge=10, le=5000)] = 1200) -> dict[str, Any]:
        """For a waveform: the loudest sample (0 to 1) of each of ``points`` equal stretches; left is the caller."""
        found = await recording_of(user, call_id)
        await web.audit.record_once(user.name, "recording_seen", call_id)
        channels = await asyncio.to_thread(recordings.peaks, found, points)
        return {"duration": round(found.seconds, 3), "left": channels[0], "right": channels[-1]}


async def _pieces(found: Recording, first: int, last: int) -> AsyncIterator[bytes]:
    pieces = recordings.pcm(found, first, last)
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
