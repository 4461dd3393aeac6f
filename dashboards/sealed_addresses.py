"""A page's address never keeps a whole telephone number: what a form puts there is answered with the sealed address."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.web.auth import current_user
from core.web.number_seal import NumberSeal, is_private

# The lists that can be asked for by number.
PAGES = ("/calls", "/orders")
NAME = "caller"


class SealedAddresses:
    """Stands inside the guard: who is not signed in is sent to the log-in first."""

    def __init__(self, app: ASGIApp, seal: NumberSeal) -> None:
        self._app = app
        self._seal = seal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].rstrip("/") in PAGES:
            query = scope["query_string"].decode("latin-1")
            sealed = self.sealed(query) if current_user() is not None else query
            if sealed != query:
                await RedirectResponse(f"{scope['path']}?{sealed}", 303)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def sealed(self, query: str) -> str:
        """The same query, unless a number stands in it."""
        pairs = parse_qsl(query, keep_blank_values=True)
        if not any(name == NAME and is_private(value.strip()) and "*" not in value for name, value in pairs):
            return query
        made = [(name, self._seal.seal(value.strip()) if name == NAME else value) for name, value in pairs]
        return urlencode([(name, value) for name, value in made if value])
