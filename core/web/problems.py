"""Every error as an RFC 9457 problem in the asker's language, with the field at fault and the remedy."""

from __future__ import annotations

import logging
import secrets
from typing import Any, cast

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from core.db import database_away
from core.errors import HotlineError, NotFound, Several
from core.i18n import N_, _, translate_error
from core.web.auth import current_user
from core.web.hashing import Crowded
from core.wrong_input import as_error

log = logging.getLogger(__name__)

NOBODY_THERE = 499
TELL = N_("Tell the keeper of the site the number {number}: the log has the rest under it.")

TITLES = {
    400: N_("The request is not understood"),
    401: N_("Not signed in"),
    403: N_("Not permitted"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    409: N_("Not possible now"),
    413: N_("Too large"),
    422: N_("The input is not right"),
    429: N_("Too many attempts"),
    500: N_("The program failed"),
    502: N_("An outside system failed"),
    503: N_("A part of the house is away"),
    504: N_("It takes too long"),
}


class ProblemResponse(Response):
    media_type = "application/problem+json"


def problem(error: HotlineError, instance: str = "", **more: object) -> ProblemResponse:
    """``title`` is the kind, ``detail`` this occurrence (RFC 9457 3.1); of several all are in ``errors``."""
    if isinstance(error, Several):
        more = {"errors": [short(one) for one in error.parts], **more}
    if error.field:
        error.values.setdefault("field", error.field)
    detail, remedy = translate_error(error)
    body: dict[str, Any] = {
        "type": f"urn:hotline:problem:{error.code}",
        "title": _(TITLES.get(error.status, TITLES[500])),
        "status": error.status,
        "detail": detail,
        "code": error.code,
        "field": error.field,
        "remedy": remedy,
        "instance": instance,
        **more,
    }
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    if error.status in (429, 503):
        headers["Retry-After"] = "300" if error.status == 429 else "5"
    kept = {name: value for name, value in body.items() if value not in (None, "")}
    return ProblemResponse(orjson.dumps(kept), error.status, headers)


def add_handlers(app: FastAPI) -> None:
    @app.exception_handler(HotlineError)
    async def ours(request: Request, error: Exception) -> Response:
        known = cast(HotlineError, error)
        answer = problem(known, request.url.path)
        if known.status == 403 and (user := current_user()) is not None:
            # The same refusal of the same person is one line in five minutes. All functions of pages have one address.
            asked = {"callback": known.values["callback"]} if "callback" in known.values else {}
            await request.app.state.web.audit.record_once(
                user.name, "refused", request.url.path, why=known.code, **asked
            )
        if known.status >= 500 and not isinstance(known, Crowded):
            log.warning("%s %s: %s", request.method, request.url.path, known)
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        found = [as_error(one) for one in cast(RequestValidationError, error).errors()]
        return problem(found[0], request.url.path, errors=[short(one) for one in found])

    @app.exception_handler(SQLAlchemyError)
    async def no_database(request: Request, error: Exception) -> Response:
        log.warning("%s %s: %s", request.method, request.url.path, error)
        return problem(database_away(), request.url.path)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: Exception) -> Response:
        known = cast(HTTPException, error)
        if known.status_code == 404:
            return problem(NotFound("There is nothing at {path}.", path=request.url.path), request.url.path)
        title = TITLES.get(known.status_code)
        made = HotlineError(title or "{detail}", detail=known.detail)
        made.status, made.code = known.status_code, "http"
        answer = problem(made, request.url.path)
        answer.headers.update(known.headers or {})
        return answer

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: Exception) -> Response:
        """Nobody reads it; and nothing has failed here."""
        return Response(status_code=NOBODY_THERE)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        return problem(program_failed(f"{request.method} {request.url.path}", error), request.url.path)


def program_failed(what: str, error: Exception) -> HotlineError:
    """What a person is told of a fault of ours: the number under which the log has it, with all that is known."""
    return HotlineError("The program failed at this request.", remedy=TELL, number=logged(what, error))


def logged(what: str, error: Exception) -> str:
    """The number under which the log has it."""
    number = secrets.token_hex(4)
    log.error("%s failed, number %s", what, number, exc_info=error)
    return number


def short(error: HotlineError) -> dict[str, str | None]:
    detail, remedy = translate_error(error)
    return {"field": error.field, "problem": detail, "remedy": remedy}
