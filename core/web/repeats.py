"""A request that makes something, sent once more under its ``Idempotency-Key``: the same answer, nothing made twice.

``BuiltRoute`` holds every POST that makes something to it. What keeps keys with the very change (orders, scores, the
definition of the installation) takes the header itself and is left alone. Here the key is taken before the work, by
whoever is first, and gets the answer afterwards, sealed: answers hold links and passwords. When the house went down in
between nobody knows what became of it, and a repeat is refused: nothing is made twice.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import Header, Request
from fastapi.encoders import jsonable_encoder
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.responses import Response

from core.clock import utc_now
from core.config import Settings
from core.db import request_keys
from core.errors import Conflict, HotlineError
from core.people.sealing import installation_vault
from core.people.users import User
from core.vault import CannotOpen

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
Key = Annotated[str, Header(alias=HEADER, max_length=200)]
# A POST that answers so has made something, or begun to.
MAKES = (201, 202)
WHERE = "answer"


def made_once(endpoint: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The endpoint, with the header; one that takes it already stays as it is. Its right has been asked by then."""
    signature = inspect.signature(endpoint)
    if "key" in signature.parameters:
        return endpoint

    # FastAPI hands the request to one parameter only: the endpoint's own where it has one.
    takes = next((name for name, one in signature.parameters.items() if one.annotation in (Request, "Request")), None)

    @functools.wraps(endpoint)
    async def once(*arguments: Any, repeat_key: str, **given: Any) -> Any:
        request = given[takes] if takes else given.pop("repeat_request")
        user = next((one for one in given.values() if isinstance(one, User)), None)
        if not repeat_key or user is None:
            return await endpoint(*arguments, **given)
        claim = request_keys.Claim(user.name, repeat_key, await _asked(request))
        return await _once(request, claim, lambda: endpoint(*arguments, **given))

    own = inspect.Parameter.KEYWORD_ONLY
    more = [inspect.Parameter("repeat_key", own, default="", annotation=Key)]
    if takes is None:
        more.append(inspect.Parameter("repeat_request", own, annotation=Request))
    once.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *more])  # type: ignore[attr-defined]
    return once


async def _once(request: Request, claim: request_keys.Claim, work: Callable[[], Awaitable[Any]]) -> Any:
    web = request.app.state.web
    before = await web.in_session(lambda session: request_keys.claim(session, claim, utc_now()))
    if before is not None:
        return await web.in_session(lambda session: _opened(session, web.settings, before))
    try:
        found = await work()
    except (HotlineError, SQLAlchemyError):
        # Refused, and nothing was made: the next one with this key may try.
        with contextlib.suppress(SQLAlchemyError):
            await web.in_session(lambda session: request_keys.forget(session, claim))
        raise
    if not isinstance(found, Response):
        try:
            await web.in_session(lambda session: _keep(session, web.settings, claim, found))
        except (SQLAlchemyError, HotlineError) as away:
            log.warning("%s: the answer is not kept for a repeat: %s", request.url.path, type(away).__name__)
    return found


async def _asked(request: Request) -> dict[str, Any]:
    """What the key is bound to. The same JSON in another order of keys is the same request."""
    body = await request.body()
    try:
        said: Any = json.loads(body) if body else None
    except ValueError:
        said = body.hex()
    return {"path": request.url.path, "query": sorted(request.query_params.multi_items()), "body": said}


def _keep(session: Session, settings: Settings, claim: request_keys.Claim, found: Any) -> None:
    text = orjson.dumps(jsonable_encoder(found)).decode()
    request_keys.answered(session, claim, installation_vault(session, settings).seal(text, WHERE))


def _opened(session: Session, settings: Settings, sealed: str) -> Any:
    try:
        return orjson.loads(installation_vault(session, settings).open(sealed, WHERE))
    except CannotOpen as lost:
        raise Conflict(
            "This key was used before, and the answer to it can be read no more.",
            field=HEADER,
            remedy="Look whether what you asked for is there before you send it with a new key.",
        ) from lost
