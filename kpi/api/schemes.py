"""Scoring schemes over HTTP: list, one with its versions, new, new version, copy, compare, check, as a file."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Body as JsonBody
from fastapi import Depends, Header, Path, Query
from pydantic import Field

from core.clock import iso, utc_now
from core.errors import HotlineError
from core.i18n import translate_error
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.telephony import Body
from core.web.shapes import Page
from kpi.api.shapes import kpi as shape
from kpi.schemes import service
from kpi.schemes.service import SchemeRecord
from kpi.scoring.check import problems, weight_sum
from kpi.scoring.compare import differences
from kpi.scoring.curves import Veto
from kpi.scoring.file import as_file, from_file
from kpi.scoring.scheme import DAY, ID, Scheme, scheme_json

Reader = Annotated[User, Depends(holding(Right.KPI))]
Editor = Annotated[User, Depends(holding(Right.KPI_SCHEMES))]
Id = Annotated[str, Path(max_length=40)]
Number = Annotated[int | None, Query(ge=1, description="The newest without one.")]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
PATH = "/api/v1/kpi/schemes"


class CopyBody(Body):
    """``version``: the newest without one."""

    id: str = Field(pattern=ID)
    name: str = Field(min_length=1, max_length=64)
    begins: str = Field(alias="from", pattern=DAY)
    version: int | None = Field(None, ge=1)


def add_routes(web: Web) -> None:
    app = web.app

    @app.get(PATH, response_model=Page[shape.SchemeVersion], tags=["kpi"])
    async def schemes(_user: Reader) -> dict[str, Any]:
        """The newest version of each; the shipped examples last."""
        found = await web.in_session(service.newest)
        return {"items": [row(one) for one in found], "next": None}

    @app.post(PATH, response_model=shape.SchemeVersion, status_code=201, tags=["kpi"])
    async def add(scheme: Scheme, user: Editor, key: Key = "") -> dict[str, Any]:
        """Version 1 of a new scheme. Weights sum to 100; what the scheme leaves to the catalogue is written down."""
        return row(await web.in_session(lambda session: service.add(session, scheme, user.name, utc_now(), key=key)))

    @app.post(f"{PATH}/check", response_model=shape.Checked, tags=["kpi"])
    async def check(scheme: Scheme, _user: Editor) -> dict[str, Any]:
        """What is wrong with it, all at once; nothing is saved."""
        found, whole = problems(scheme), weight_sum(scheme)
        wrong = {one.field or "" for one in found}
        return {
            "weight": whole,
            "lacking": round(100 - whole, 6),
            "problems": [_problem(one) for one in found],
            "knots": [
                None if isinstance(line.curve, Veto) or _is_wrong(f"lines.{n}", wrong) else list(line.curve.knots)
                for n, line in enumerate(scheme.lines)
            ],
        }

    @app.post(f"{PATH}/import", response_model=shape.SchemeVersion, status_code=201, tags=["kpi"])
    async def take_in(
        file: Annotated[dict[str, Any], JsonBody()],
        user: Editor,
        scheme_id: Annotated[str, Query(alias="id", pattern=f"{ID}|^$", description="In place of the file's.")] = "",
        as_new: Annotated[bool, Query(description="Whatever the file's id: it is given one of its own.")] = False,
    ) -> dict[str, Any]:
        """A scheme from a file that was exported; the same file twice changes nothing."""
        read = from_file(file)
        wanted = replace(read, id="" if as_new else scheme_id or read.id)
        key = sha256(json.dumps(file, sort_keys=True).encode()).hexdigest()
        return row(await web.in_session(lambda session: service.add(session, wanted, user.name, utc_now(), key=key)))

    @app.get(f"{PATH}/{{scheme_id}}", response_model=shape.SchemeWithVersions, tags=["kpi"])
    async def one(scheme_id: Id, _user: Reader, version: Number = None) -> dict[str, Any]:
        found = await web.in_session(
            lambda session: (service.version(session, scheme_id, version), service.versions(session, scheme_id))
        )
        return {**row(found[0]), "versions": [_version(one) for one in found[1]]}

    @app.put(f"{PATH}/{{scheme_id}}", response_model=shape.SchemeVersion, tags=["kpi"])
    async def add_version(
        scheme_id: Id,
        scheme: Scheme,
        user: Editor,
        replaces: Annotated[int | None, Query(ge=1, description="The version in whose place it stands.")] = None,
    ) -> dict[str, Any]:
        """A new version; its days may not overlap with those of another one."""
        return row(
            await web.in_session(
                lambda session: service.add_version(session, scheme_id, scheme, user.name, utc_now(), replaces=replaces)
            )
        )

    @app.post(f"{PATH}/{{scheme_id}}/copy", response_model=shape.SchemeVersion, status_code=201, tags=["kpi"])
    async def copy(scheme_id: Id, said: CopyBody, user: Editor) -> dict[str, Any]:
        """Also of an example: the copy is the office's own."""

        def work(session: Any) -> SchemeRecord:
            source = service.version(session, scheme_id, said.version).scheme
            wanted = replace(source, id=said.id, name=said.name, name_en="", begins=said.begins, ends=None)
            return service.add(session, wanted, user.name, utc_now())

        return row(await web.in_session(work))

    @app.get(f"{PATH}/{{scheme_id}}/compare", response_model=shape.Comparison, tags=["kpi"])
    async def compare(
        scheme_id: Id,
        _user: Reader,
        version: Number = None,
        other: Annotated[str, Query(max_length=40, description="Another scheme; this one without it.")] = "",
        other_version: Number = None,
    ) -> dict[str, Any]:
        """What differs in the other one, field by field; lines are named by their indicator."""
        mine, theirs = await web.in_session(
            lambda session: (
                service.version(session, scheme_id, version),
                service.version(session, other or scheme_id, other_version),
            )
        )
        return {
            "id": mine.scheme.id,
            "version": mine.version,
            "other_id": theirs.scheme.id,
            "other_version": theirs.version,
            "differences": [
                {"field": one.field, "before": one.before, "after": one.after}
                for one in differences(mine.scheme, theirs.scheme)
            ],
        }

    @app.get(f"{PATH}/{{scheme_id}}/file", response_model=shape.SchemeFile, tags=["kpi"])
    async def file(scheme_id: Id, _user: Reader, version: Number = None) -> dict[str, Any]:
        found = await web.in_session(lambda session: service.version(session, scheme_id, version))
        return as_file(found.scheme)


def row(kept: SchemeRecord) -> dict[str, Any]:
    return {**scheme_json(kept.scheme), **_version(kept), "example": kept.example}


def _version(kept: SchemeRecord) -> dict[str, Any]:
    return {
        "version": kept.version,
        "from": kept.scheme.begins,
        "to": kept.scheme.ends,
        "replaced_by": kept.replaced_by,
        "changed_by": kept.changed_by,
        "changed_at": None if kept.changed_at is None else iso(kept.changed_at),
    }


def _is_wrong(line: str, fields: set[str]) -> bool:
    return any(field.startswith(f"{line}.curve") for field in fields)


def _problem(error: HotlineError) -> dict[str, str]:
    message, remedy = translate_error(error)
    return {"field": error.field or "", "problem": message, "remedy": remedy or ""}
