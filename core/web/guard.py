"""The door: a pure ASGI layer in front of every page, interface and websocket, Dash's own included.

Finds out who asks and in which language, turns anonymous requests away, checks the CSRF header of requests
that change something and the Origin of websockets, and closes the websockets of a session that ended. Rights are
declared at each route (``core.web.doors``), not here: Dash names the callback inside its body, so a path says little.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.asker import Asker, set_asker
from core.errors import HotlineError, NotAllowed, Unavailable
from core.i18n import LANGUAGES, _, set_language, translate_error
from core.web import answer_headers
from core.web.auth import CSRF_HEADER, NOT_PERMITTED, SESSION_COOKIE, Identity, NotSignedIn, Sessions, set_current_user
from core.web.body_limit import announced, counting, limit_of, too_large
from core.web.plain_page import plain_page
from core.web.problems import problem

PUBLIC = frozenset(
    {
        "/login",
        "/logout",
        "/password",
        "/healthz",
        "/api/v1/token",
        "/docs",
        "/openapi.json",
        "/favicon.ico",
        "/api/v1/roster.ics",
    }
)
# Below it stand links that are their own proof.
PUBLIC_BELOW = "/wall/open/"
# Those check their own tokens: a plain form cannot send a header.
OWN_CHECK = frozenset({"/login", "/logout", "/password", "/api/v1/token"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_PAGES = ("/api/", "/_dash", "/assets", "/ws/", "/openapi", "/panel", "/res/")
SESSION_OVER = 4401
CHECK_EVERY_S = 5.0
# A page that cannot be shown now asks again after so many seconds.
AGAIN_S = 5


class Guard:
    """Added last, so that it stands outermost."""

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        language: str,
        https_port: int | None = None,
        body_limits: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.app = app
        self.sessions = sessions
        self.language = language
        self.https_port = https_port
        self.body_limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _cookies(headers.get("cookie", ""))
        problem_found: HotlineError | None = None
        identity: Identity | None = None
        try:
            identity = await self._identity(scope, headers, cookies)
        except Unavailable as away:
            problem_found = away
        set_language(self._language(scope, headers, cookies, identity))
        set_current_user(identity.user if identity else None)
        scope.setdefault("state", {})["identity"] = identity
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, headers, identity)
        else:
            await self._http(scope, receive, send, headers, identity, problem_found)

    # --- http ----------------------------------------------------------------------------------------------

    async def _http(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: Headers,
        identity: Identity | None,
        problem_found: HotlineError | None,
    ) -> None:
        path, method = scope["path"], scope["method"]
        nonce = answer_headers.new_nonce()
        answer: ASGIApp | None = self._to_tls(scope, headers, identity)
        if answer is None and not is_public(path):
            if problem_found is not None:
                answer = _away_page(problem_found) if _is_page(scope) else problem(problem_found, path)
            elif identity is None:
                answer = self._turned_away(scope)
            elif (
                identity.how == "cookie"
                and method not in SAFE_METHODS
                and not self.csrf_ok(identity, headers.get(CSRF_HEADER, ""))
            ):
                answer = problem(no_csrf(), path)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                host = headers.get("host", "")
                answer_headers.add_to(MutableHeaders(scope=message), scope, message["status"], nonce, host)
            await send(message)

        most = limit_of(path, self.body_limits, stranger=identity is None or path in OWN_CHECK)
        if answer is None and announced(headers) > most:
            answer = problem(too_large(most), path)
        asker = Asker(counting(receive, most))
        set_asker(asker)
        try:
            await (answer or self.app)(scope, asker.receive, with_headers)
        finally:
            asker.answered()

    def _to_tls(self, scope: Scope, headers: Headers, identity: Identity | None) -> ASGIApp | None:
        """Where the site speaks TLS nothing is said in plain words, but to the house itself on its own machine."""
        if self.https_port is None or scope["scheme"] != "http":
            return None
        at_home = _is_this_machine(scope)
        if at_home and (scope["path"] == "/healthz" or (identity is not None and identity.how == "site")):
            return None
        asked = urlsplit(f"//{headers.get('host', '')}").hostname or (scope.get("server") or ("localhost", 0))[0]
        host = f"[{asked}]" if ":" in asked else asked
        port = "" if self.https_port == 443 else f":{self.https_port}"
        query = scope.get("query_string", b"").decode("latin-1")
        where = quote(scope["path"], safe="/%:@!$&'()*+,;=~") + (f"?{query}" if query else "")
        return RedirectResponse(f"https://{host}{port}{where}", 308)

    def csrf_ok(self, identity: Identity, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.sessions.csrf(identity.token).encode())

    def _turned_away(self, scope: Scope) -> ASGIApp:
        path = scope["path"]
        if _is_page(scope):
            query = scope.get("query_string", b"").decode("latin-1")
            wanted = path + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)
        return problem(NotSignedIn("You are not signed in.", remedy="Sign in and try again."), path)

    # --- websockets ----------------------------------------------------------------------------------------

    async def _websocket(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, identity: Identity | None
    ) -> None:
        if identity is None:
            await _refuse(receive, send, SESSION_OVER)
            return
        if self.https_port is not None and scope["scheme"] == "ws" and identity.how != "site":
            await _refuse(receive, send, NOT_PERMITTED)
            return
        # A browser sends cookies along from any site; a program that holds a token is no browser's victim.
        if identity.how == "cookie" and not same_origin(headers, required=True):
            await _refuse(receive, send, NOT_PERMITTED)
            return
        if not identity.token:
            await self.app(scope, receive, send)
            return
        ended = self.sessions.opened(identity.token, identity.user.id)
        closed = False

        async def sending(message: Message) -> None:
            nonlocal closed
            if closed:
                return
            closed = message["type"] == "websocket.close"
            await send(message)

        async def receiving() -> Message:
            coming = asyncio.ensure_future(receive())
            over = asyncio.ensure_future(ended.wait())
            try:
                await asyncio.wait({coming, over}, return_when=asyncio.FIRST_COMPLETED)
                if coming.done():
                    return coming.result()
                return {"type": "websocket.disconnect", "code": SESSION_OVER}
            finally:
                coming.cancel()
                over.cancel()

        async def watch() -> None:
            await self._until_over(identity, ended)
            await sending({"type": "websocket.close", "code": SESSION_OVER, "reason": "session is over"})

        watching = asyncio.create_task(watch())
        try:
            await self.app(scope, receiving, sending)
        finally:
            self.sessions.closed(identity.token, ended)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _until_over(self, identity: Identity, ended: asyncio.Event) -> None:
        """Returns at log-out, expiry, revocation from elsewhere, or a change of the user's role or phone."""
        while not ended.is_set():
            try:
                await asyncio.wait_for(ended.wait(), CHECK_EVERY_S)
            except TimeoutError:
                try:
                    if await self.sessions.user_of(identity.token) != identity.user:
                        ended.set()
                except Unavailable:
                    ended.set()

    # --- who and in which language -------------------------------------------------------------------------

    async def _identity(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> Identity | None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return await self.sessions.by_bearer(token.strip())
        if scope["type"] == "websocket":
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            if "token" in query:
                return await self.sessions.by_bearer(query["token"][0])
        if SESSION_COOKIE in cookies:
            return await self.sessions.by_cookie(cookies[SESSION_COOKIE])
        return None

    def _language(self, scope: Scope, headers: Headers, cookies: dict[str, str], identity: Identity | None) -> str:
        """What the person chose; programs say it in Accept-Language; else the site's."""
        chosen: str = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [cookies.get("lang", "")])[
            0
        ]
        if chosen in LANGUAGES:
            return chosen
        if scope["path"].startswith("/api/") and (identity is None or identity.how != "cookie"):
            first = headers.get("accept-language", "").split(",")[0].strip().lower()
            if first.startswith(("en", "zh")):
                return "en" if first.startswith("en") else "zh_CN"
        return self.language


def _is_this_machine(scope: Scope) -> bool:
    """Nothing between the two ends: what comes from one of our own addresses crosses no wire."""
    client, server = scope.get("client"), scope.get("server")
    if not client or not server:
        return False
    try:
        return ip_address(client[0]).is_loopback or client[0] == server[0]
    except ValueError:
        return False


def is_public(path: str) -> bool:
    """Whether nobody needs to be signed in there."""
    return path in PUBLIC or path.startswith(PUBLIC_BELOW)


def _is_page(scope: Scope) -> bool:
    """Whether a person's browser asks for a page, and not a script for data."""
    path = scope["path"]
    last = path.rpartition("/")[2]
    return scope["method"] in ("GET", "HEAD") and not path.startswith(NOT_PAGES) and "." not in last


def _away_page(error: HotlineError) -> HTMLResponse:
    message, remedy = translate_error(error)
    said = f'<p class="error" role="alert">{escape(message)}</p><p>{escape(remedy or "")}</p>'
    text = plain_page(_("A part of the house is away"), said, again_s=AGAIN_S)
    return HTMLResponse(text, error.status, {"Retry-After": str(AGAIN_S)})


def no_csrf() -> NotAllowed:
    return NotAllowed(
        "The request did not come from one of our pages.",
        field="X-CSRFToken",
        remedy="Send the value of the cookie _csrf_token in the header X-CSRFToken.",
    )


def same_origin(headers: Headers, *, required: bool) -> bool:
    """Whether the Origin is the host that was asked; browsers send it with every POST and every websocket."""
    origin = headers.get("origin")
    if origin is None:
        return not required
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


def _cookies(header: str) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


async def _refuse(receive: Receive, send: Send, code: int) -> None:
    """Before the handshake is accepted the server makes a 403 of it."""
    await receive()
    await send({"type": "websocket.close", "code": code})


def identity_of(connection: Any) -> Identity | None:
    """The identity the guard found, from a Starlette request or websocket."""
    found: Identity | None = connection.scope.get("state", {}).get("identity")
    return found
