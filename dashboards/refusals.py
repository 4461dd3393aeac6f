"""Pages that refuse say so with HTTP 403 or 404 too: programs, caches and monitors do not read the words."""

from __future__ import annotations

import re
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import HotlineError, NotAllowed, NotFound
from core.people.users import User
from core.web.auth import NoRight, current_user
from core.web.context import Web
from dashboards.addresses import page_at


class Refusals:
    """Stands around the pages and inside the guard, so that it knows who asks. The page itself stays as it is."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self._app = app
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = current_user() if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        status = await refusal(self._web, user, scope["path"]) if user else 200
        if status == 200:
            await self._app(scope, receive, send)
            return
        if status == NotAllowed.status and user is not None:
            await self._web.audit.record_once(user.name, "refused", scope["path"], why=NoRight.code)

        async def with_status(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message = {**message, "status": status}
            await send(message)

        await self._app(scope, receive, with_status)


async def refusal(web: Web, user: User, path: str) -> int:
    """What this person is told at a page's address: 200, or 403 for the role, or 404 for what is not theirs to see."""
    page = page_at(path)
    if page is None:
        return 200
    if not page.is_for(user):
        return NotAllowed.status
    if page.there is None:
        return 200
    named: dict[str, Any] = _named(page.path, path)
    try:
        await page.there(web, user, *named.values())
    except (NotAllowed, NotFound) as no:
        return no.status
    except HotlineError:
        # The page tells it, and is whole again by itself.
        return 200
    return 200


def _named(template: str, path: str) -> dict[str, str]:
    found = re.fullmatch(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", template), path.rstrip("/"))
    return found.groupdict() if found else {}
