"""What people write down for scores, over HTTP: entries, a second person's consent, CSV files, and evidence.

Entries are made by those who hold the right; agents and sites see what was written down of themselves, without files.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import epoch_or_none, iso, iso_or_none, utc_now
from core.errors import NotAllowed
from core.people.users import Role, User
from core.rights import Right, Scope
from core.web.answers import off_loop
from core.web.auth import holding
from core.web.body_limit import too_large
from core.web.masking import shown_text
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.workorders import office
from kpi.api.common import Rooms
from kpi.api.indicators import plain
from kpi.api.schemes import Key
from kpi.api.score_rows import ENTRIES
from kpi.api.score_words import name_of
from kpi.api.shapes import kpi as shape
from kpi.manual import evidence as files
from kpi.manual import service, sheet
from kpi.manual.checks import is_about
from kpi.manual.entries import EntryRequest, ManualEntry, SubjectKind, figure
from kpi.manual.evidence import Evidence
from kpi.manual.reading import EntryQuery, entries
from kpi.scoring.scheme import DAY, WORDS


class EvidenceFile(Response):
    media_type = "application/octet-stream"


Writer = Annotated[User, Depends(holding(Right.KPI_INPUTS))]
Reader = Annotated[User, Depends(holding(Right.KPI, Right.KPI_INPUTS))]
EntryId = Annotated[int, Path(ge=1, le=2**53)]
Word = Annotated[str, Query(max_length=64)]
Day = Annotated[str, Query(pattern=f"{DAY}|^$")]
PATH, EVIDENCE = ENTRIES, "/api/v1/kpi/evidence"
MOST_SHEET_BYTES = 2 << 20


class EntryBody(Body):
    """``value``: days attended (``out_of`` days due), a number of times, or a result from 0 to 100. Evidence is a
    ``link``, or the id of a file that was sent before."""

    indicator: str = Field(max_length=64)
    who: str = Field(min_length=1, max_length=64, pattern=WORDS)
    kind: SubjectKind = "agent"
    begins: str = Field(alias="from", pattern=DAY)
    ends: str = Field(alias="to", pattern=DAY)
    value: float = Field(allow_inf_nan=False)
    out_of: float | None = Field(None, allow_inf_nan=False)
    note: str = Field("", max_length=1000, pattern=WORDS)
    link: str = Field("", max_length=500)
    evidence: str = Field("", max_length=40)

    @property
    def request(self) -> EntryRequest:
        return EntryRequest(
            self.indicator,
            self.who,
            self.begins,
            self.ends,
            self.value,
            self.out_of,
            self.kind,
            self.note,
            self.link,
            self.evidence,
        )


class Withdrawal(Body):
    why: str = Field(min_length=1, max_length=1000, pattern=WORDS)


def add_routes(rooms: Rooms) -> None:
    web = rooms.web
    web.body_limits[EVIDENCE] = files.MOST_BYTES
    web.body_limits[f"{PATH}/import"] = MOST_SHEET_BYTES
    _add_entries(rooms)
    _add_changes(rooms)
    _add_evidence(rooms)


def _add_entries(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.get(PATH, response_model=Page[shape.ManualEntry], tags=["kpi"])
    async def listed(
        user: Reader,
        indicator: Word = "",
        kind: Word = "",
        who: Word = "",
        first_day: Annotated[Day, Query(alias="from", description="None of whose days lies before.")] = "",
        last_day: Annotated[Day, Query(alias="to", description="None of whose days lies after.")] = "",
        state: Literal["", "standing", "waiting", "withdrawn"] = "",
        batch: Word = "",
        ids: Annotated[str, Query(max_length=2000, pattern=r"^[\d,]*$", description="These only.")] = "",
        as_of: Annotated[datetime | None, Query(description="Those that counted at that moment.")] = None,
        consent: Annotated[bool, Query(description="With as_of: only those agreed to by then.")] = False,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    ) -> dict[str, Any]:
        """The newest first; agents and sites see what was written down of them."""

        def work(session: Session) -> dict[str, Any]:
            asked = EntryQuery(
                indicator,
                kind,
                who,
                first_day,
                last_day,
                state,
                batch,
                tuple(int(one) for one in ids.split(",") if one and len(one) < 16),
                epoch_or_none(as_of, zone),
                consent,
                cursor,
                limit,
                own_subjects(session, user),
            )
            found, following = entries(session, asked)
            return {"items": entry_rows(session, user, found), "next": following}

        return await web.in_session(work)

    @web.app.post(PATH, response_model=shape.ManualEntry, status_code=201, tags=["kpi"])
    async def enter(said: EntryBody, user: Writer, response: Response, key: Key = "") -> dict[str, Any]:
        """One entry, with its evidence; 200 instead of 201 when this key has made it before."""

        def work(session: Session) -> tuple[dict[str, Any], bool]:
            made, new = service.enter(session, said.request, user, utc_now(), key=key)
            return entry_rows(session, user, [made])[0], new

        row, new = await web.in_session(work)
        response.status_code = 201 if new else 200
        return row

    @web.app.post(
        f"{PATH}/import",
        response_model=shape.ImportedEntries,
        status_code=201,
        tags=["kpi"],
        openapi_extra={"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}},
    )
    async def take_in(
        request: Request,
        user: Writer,
        response: Response,
        evidence: Annotated[str, Query(max_length=40, description="Proves rows without link or evidence.")] = "",
    ) -> dict[str, Any]:
        """A CSV file: all of its rows or none; ``field`` names row and column. The same file twice changes nothing.
        Rows without evidence of their own are proved by ``evidence``, or by the file itself."""
        content = await _body(request, MOST_SHEET_BYTES)
        batch = f"f-{hashlib.sha256(content).hexdigest()[:20]}"

        name, now = f"{batch}.csv", utc_now()
        proof = files.id_of(name, content)
        wanted = await off_loop(sheet.read, content, evidence or proof)

        def work(session: Session) -> tuple[list[ManualEntry], bool]:
            if evidence:
                return service.take_in(session, wanted, user, now, batch)

            def keep(inside: Session) -> object:
                return files.keep(inside, web.settings.evidence_dir, name, content, user.name, now)

            return service.take_in(session, wanted, user, now, batch, proof, keep)

        found, new = await web.in_session(work)
        response.status_code = 201 if new else 200
        return {"batch": batch, "new": new, "rows": len(found)}


def _add_changes(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.post(f"{PATH}/{{entry_id}}/consent", response_model=shape.ManualEntry, tags=["kpi"])
    async def agree(entry_id: EntryId, user: Writer) -> dict[str, Any]:
        """By another person than the one who wrote it down, and than the one it is about."""

        def work(session: Session) -> dict[str, Any]:
            return entry_rows(session, user, [service.agree(session, entry_id, user, utc_now())])[0]

        return await web.in_session(work)

    @web.app.post(f"{PATH}/{{entry_id}}/withdraw", response_model=shape.ManualEntry, tags=["kpi"])
    async def withdraw(entry_id: EntryId, said: Withdrawal, user: Writer) -> dict[str, Any]:
        """It stays on record with the reason, and counts no longer."""

        def work(session: Session) -> dict[str, Any]:
            return entry_rows(session, user, [service.withdraw(session, entry_id, user, said.why, utc_now())])[0]

        return await web.in_session(work)


def _add_evidence(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.post(
        EVIDENCE,
        response_model=shape.Evidence,
        status_code=201,
        tags=["kpi"],
        openapi_extra={
            "requestBody": {
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
                "required": True,
            }
        },
    )
    async def add(
        request: Request,
        user: Writer,
        response: Response,
        name: Annotated[str, Query(max_length=200, description="The file's name, with its ending.")],
    ) -> dict[str, Any]:
        """The bytes of a file of at most 10 MB, as they are; the same file under the same name is there once."""
        content = await _body(request, files.MOST_BYTES)
        folder = web.settings.evidence_dir
        made, new = await web.in_session(
            lambda session: files.take_in(session, folder, name, content, user.name, utc_now())
        )
        response.status_code = 201 if new else 200
        return evidence_row(made)

    @web.app.get(f"{EVIDENCE}/{{evidence_id}}", response_class=EvidenceFile, tags=["kpi"])
    async def download(evidence_id: Annotated[str, Path(max_length=40)], user: Reader) -> Response:
        """The file, for whoever writes down or may see everybody's scores; audited."""
        _check_sees_files(user)
        one = await web.in_session(lambda session: files.evidence(session, evidence_id))
        content = await asyncio.to_thread(files.content_of, web.settings.evidence_dir, one)
        await web.audit.record(user.name, "kpi_evidence_read", one.id, name=one.name)
        # Never shown inside a page of ours, whatever is in it.
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(one.name)}",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=one.kind, headers=headers)


async def _body(request: Request, most: int) -> bytes:
    """What is announced as too large was refused before; what says nothing of its length is, as soon as it is."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise too_large(most)
        pieces.append(piece)
    return b"".join(pieces)


def own_subjects(session: Session, user: User) -> tuple[tuple[SubjectKind, str], ...] | None:
    """Of whom the person may see entries: ``None`` for everybody."""
    if user.scope(Right.KPI) is Scope.ALL or user.may(Right.KPI_INPUTS):
        return None
    mine: list[tuple[SubjectKind, str]] = [("user", user.name)]
    if user.extension:
        mine.append(("agent", user.extension))
    if user.role is Role.SITE_MANAGER and (site := office.site_of(session, user.name)):
        mine.append(("site", site))
    return tuple(mine)


def _check_sees_files(user: User) -> None:
    if user.scope(Right.KPI) is not Scope.ALL and not user.may(Right.KPI_INPUTS):
        raise NotAllowed(
            "Files of evidence may name other people.", field="evidence", remedy="Ask whoever wrote it down."
        )


def entry_rows(session: Session, user: User, found: list[ManualEntry]) -> list[dict[str, Any]]:
    proofs = {one.evidence: files.evidence(session, one.evidence) for one in found if one.evidence}
    return [_entry_row(user, one, proofs.get(one.evidence)) for one in found]


def _entry_row(user: User, one: ManualEntry, proof: Evidence | None) -> dict[str, Any]:
    state = "withdrawn" if one.withdrawn_at is not None else "standing"
    own = is_about(user, one.kind, one.who)
    acts = ["withdraw"] if state == "standing" and user.may(Right.KPI_INPUTS) and not own else []
    if acts and one.consent_at is None and user.name != one.entered_by:
        acts = ["consent", *acts]
    value = figure(one.indicator, [one]).value
    return {
        "id": one.id,
        "indicator": one.indicator,
        "name": name_of(one.indicator, None),
        "kind": one.kind,
        "who": one.who,
        "from": one.first_day,
        "to": one.last_day,
        "value": None if value is None else round(value, 6),
        "numerator": plain(one.numerator),
        "denominator": plain(one.denominator),
        "note": shown_text(user, one.note),
        "link": one.link,
        "evidence": None if proof is None else evidence_row(proof),
        "state": state,
        "entered_by": one.entered_by,
        "entered_at": iso(one.entered_at),
        "consent_by": one.consent_by,
        "consent_at": iso_or_none(one.consent_at),
        "withdrawn_by": one.withdrawn_by,
        "withdrawn_at": iso_or_none(one.withdrawn_at),
        "withdrawn_why": shown_text(user, one.withdrawn_why),
        "batch": one.batch,
        "allowed": acts,
    }


def evidence_row(one: Evidence) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "size": one.size,
        "sha256": one.sha256,
        "file": f"{EVIDENCE}/{one.id}",
        "added_by": one.added_by,
        "added_at": iso(one.added_at),
    }
