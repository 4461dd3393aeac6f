"""Scoring forms over HTTP: list, one with its versions, new, new version, copy, check, as a file."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Body as JsonBody
from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import iso_or_none, utc_now
from core.web.routes.telephony import Body
from core.web.shapes import Page
from qa.api.common import PATH, FormReader, Id, IdempotencyKey, Number, Planner, QaOffice, problem_row
from qa.api.shapes import qa as shape
from qa.forms.check import problems
from qa.forms.file import as_file, from_file
from qa.forms.form import ID, QaForm, form_json
from qa.service import forms
from qa.service.forms import FormRecord


class FormCopyRequest(Body):
    """``version``: the newest without one."""

    id: str = Field(pattern=ID)
    name: str = Field(min_length=1, max_length=64)
    version: int | None = Field(None, ge=1)


def add_routes(office: QaOffice) -> None:
    web = office.web

    @web.app.get(f"{PATH}/forms", response_model=Page[shape.QaFormVersion], tags=["qa"])
    async def listed(_user: FormReader) -> dict[str, Any]:
        """The newest version of each; the shipped examples last."""
        found = await web.in_session(forms.newest)
        return {"items": [form_row(one) for one in found], "next": None}

    @web.app.post(f"{PATH}/forms", response_model=shape.QaFormVersion, status_code=201, tags=["qa"])
    async def add(form: QaForm, user: Planner, key: IdempotencyKey = "") -> dict[str, Any]:
        """Version 1 of a new form."""
        return form_row(await web.in_session(lambda session: forms.add(session, form, user.name, utc_now(), key=key)))

    @web.app.post(f"{PATH}/forms/check", response_model=shape.QaFormChecked, tags=["qa"])
    async def check(form: QaForm, _user: Planner) -> dict[str, Any]:
        """What is wrong with it, all at once; nothing is saved."""
        whole = math.fsum(form.weights.values())
        weights = {item: round(100 * weight / whole, 2) if whole else 0.0 for item, weight in form.weights.items()}
        return {"problems": [problem_row(one) for one in problems(form)], "weights": weights}

    @web.app.post(f"{PATH}/forms/import", response_model=shape.QaFormVersion, status_code=201, tags=["qa"])
    async def take_in(
        file: Annotated[dict[str, Any], JsonBody()],
        user: Planner,
        form_id: Annotated[str, Query(alias="id", pattern=f"{ID}|^$", description="In place of the file's.")] = "",
    ) -> dict[str, Any]:
        """A form from a file that was exported; the same file twice changes nothing."""
        read = from_file(file)
        wanted = replace(read, id=form_id or read.id)
        return form_row(await web.in_session(lambda session: forms.add(session, wanted, user.name, utc_now())))

    @web.app.get(f"{PATH}/forms/{{form_id}}", response_model=shape.QaFormWithVersions, tags=["qa"])
    async def one(form_id: Id, _user: FormReader, version: Number = None) -> dict[str, Any]:
        found, all_of_them = await web.in_session(
            lambda session: (forms.version(session, form_id, version), forms.versions(session, form_id))
        )
        return {**form_row(found), "versions": [_version(one) for one in all_of_them]}

    @web.app.put(f"{PATH}/forms/{{form_id}}", response_model=shape.QaFormVersion, tags=["qa"])
    async def add_version(form_id: Id, form: QaForm, user: Planner) -> dict[str, Any]:
        """A new version; scores keep the one by which they were given."""
        return form_row(
            await web.in_session(lambda session: forms.add_version(session, form_id, form, user.name, utc_now()))
        )

    @web.app.post(f"{PATH}/forms/{{form_id}}/copy", response_model=shape.QaFormVersion, status_code=201, tags=["qa"])
    async def copy(form_id: Id, said: FormCopyRequest, user: Planner) -> dict[str, Any]:
        """Also of an example: the copy is the office's own."""

        def work(session: Session) -> FormRecord:
            source = forms.version(session, form_id, said.version).form
            wanted = replace(source, id=said.id, name=said.name, name_en="")
            return forms.add(session, wanted, user.name, utc_now())

        return form_row(await web.in_session(work))

    @web.app.get(f"{PATH}/forms/{{form_id}}/file", response_model=shape.QaFormFile, tags=["qa"])
    async def file(form_id: Id, _user: FormReader, version: Number = None) -> dict[str, Any]:
        found = await web.in_session(lambda session: forms.version(session, form_id, version))
        return as_file(found.form)


def form_row(record: FormRecord) -> dict[str, Any]:
    weight = round(math.fsum(record.form.weights.values()), 6)
    return {**form_json(record.form), **_version(record), "weight": weight, "example": record.example}


def _version(record: FormRecord) -> dict[str, Any]:
    return {
        "version": record.version,
        "changed_by": record.changed_by,
        "changed_at": iso_or_none(record.changed_at),
    }
