"""Signing in and out: the log-in page, its form, the same as JSON, and bearer tokens for programs."""

from __future__ import annotations

import hmac
from html import escape
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from core.errors import BadInput, Unavailable
from core.i18n import LANGUAGES, _, language, translate_error
from core.people.users import User
from core.rights import Right
from core.web.attempts import TooManyAttempts
from core.web.auth import (
    BROWSER_COOKIE,
    BROWSER_COOKIE_S,
    CSRF_COOKIE,
    CSRF_HEADER,
    SESSION_COOKIE,
    NotSignedIn,
    Sessions,
    current_user,
    holding,
)
from core.web.context import Web
from core.web.guard import identity_of, no_csrf, same_origin
from core.web.person import about
from core.web.plain_page import plain_page
from core.web.routes.own_password import DemoOnly, entered
from core.web.shapes import people as shape

LANGUAGE_COOKIE_S = 365 * 86400
FORM_LIMIT = 300


def local_path(wanted: str) -> str:
    """Where to go after the log-in: only a path of ours, never another host."""
    bad = not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or not wanted.isprintable()
    return "/" if bad or wanted.startswith(("/login", "/logout")) else wanted


def signed_in_answer(sessions: Sessions, answer: Response, user: User, token: str, request: Request) -> Response:
    """The answer with the session's two cookies."""
    secure = request.url.scheme == "https"
    seconds = int(sessions.hours_of(user) * 3600)
    answer.set_cookie(
        SESSION_COOKIE, sessions.cookie(token), max_age=seconds, httponly=True, samesite="lax", secure=secure
    )
    # Readable on purpose: Dash and our scripts copy it into the header.
    answer.set_cookie(CSRF_COOKIE, sessions.csrf(token), max_age=seconds, samesite="lax", secure=secure)
    return answer


def add_routes(web: Web) -> None:
    app, sessions = web.app, web.sessions

    @app.get("/login", include_in_schema=False)
    async def login_page(next: str = "/", lang: str = "") -> Response:
        if current_user() is not None and not lang:
            return RedirectResponse(local_path(next), 303)
        answer = HTMLResponse(page(local_path(next)))
        if lang in LANGUAGES:
            answer.set_cookie("lang", lang, max_age=LANGUAGE_COOKIE_S, samesite="lax")
        return answer

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        if not same_origin(request.headers, required=False):
            raise no_csrf()
        as_json = request.headers.get("content-type", "").startswith("application/json")
        given = await _fields(request, as_json=as_json)
        wanted = local_path(given.get("next", "/"))
        # One that has signed in before has a count of its own, whoever guesses beside it.
        mark = request.cookies.get(BROWSER_COOKIE, "")[:200] or sessions.new_browser()
        try:
            name, password = given.get("username", ""), given.get("password", "")
            user, token = await entered(web, request, name, password, mark)
        except (NotSignedIn, TooManyAttempts, DemoOnly, Unavailable) as no:
            if as_json:
                raise
            message, remedy = translate_error(no)
            text = page(wanted, given.get("username", ""), " ".join(filter(None, (message, remedy))))
            return HTMLResponse(text, no.status)
        old = identity_of(request)
        if old is not None and old.how == "cookie":
            await sessions.sign_out(old.token)
        answer: Response = JSONResponse({**about(user), "next": wanted}) if as_json else RedirectResponse(wanted, 303)
        answer.set_cookie(
            BROWSER_COOKIE,
            mark,
            max_age=BROWSER_COOKIE_S,
            path="/login",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return signed_in_answer(sessions, answer, user, token, request)

    @app.post("/logout", include_in_schema=False)
    async def logout(request: Request) -> Response:
        identity = identity_of(request)
        if identity is not None and identity.token:
            if identity.how == "cookie":
                given = request.headers.get(CSRF_HEADER) or (await _fields(request, as_json=False)).get(CSRF_COOKIE, "")
                if not hmac.compare_digest(given.encode(), sessions.csrf(identity.token).encode()):
                    raise no_csrf()
            await sessions.sign_out(identity.token)
            await web.audit.record_or_queue(identity.user.name, "signed_out", identity.user.name)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE)
        answer.delete_cookie(CSRF_COOKIE)
        return answer

    @app.post("/api/v1/token", response_model=shape.Token, tags=["people"])
    async def token(
        request: Request,
        username: Annotated[str, Form(max_length=FORM_LIMIT)],
        password: Annotated[str, Form(max_length=FORM_LIMIT)],
    ) -> dict[str, Any]:
        """A bearer token for programs; after repeated failures the guesser's address is locked for some minutes."""
        user, made = await entered(web, request, username, password)
        return {
            "access_token": sessions.bearer(made),
            "token_type": "bearer",
            "expires_in": int(sessions.hours_of(user) * 3600),
        }

    @app.get("/api/v1/me", response_model=shape.Person, tags=["people"])
    async def me(user: Annotated[User, Depends(holding(Right.SELF))]) -> dict[str, Any]:
        """Who is signed in."""
        return about(user)


async def _fields(request: Request, *, as_json: bool) -> dict[str, str]:
    if as_json:
        try:
            raw = await request.json()
        except (ValueError, RecursionError) as broken:
            raise BadInput("The body is not JSON.", remedy="Send a JSON object.") from broken
        found = raw if isinstance(raw, dict) else {}
    else:
        found = dict(await request.form(max_files=0, max_fields=10))
    return {str(name): value[:FORM_LIMIT] for name, value in found.items() if isinstance(value, str)}


def page(wanted: str, username: str = "", error: str = "") -> str:
    other, name = ("en", "English") if language() == "zh_CN" else ("zh_CN", "中文")
    form = _FORM.format(
        user=escape(_("User name")),
        password=escape(_("Password")),
        button=escape(_("Sign in")),
        change=escape(_("Change password")),
        wanted=escape(wanted),
        username=escape(username),
        # After a refusal the name stands already; the password is what must be typed again.
        first="" if username else " autofocus",
        second=" autofocus" if username else "",
        error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        switch=f'<a href="/login?lang={other}&amp;next={escape(quote(wanted, safe=""))}">{name}</a>',
    )
    return plain_page(_("Sign in"), form)


_FORM = """{error}
<form method="post" action="/login">
<input type="hidden" name="next" value="{wanted}">
<label for="username">{user}</label>
<input id="username" name="username" value="{username}" autocomplete="username" required{first}>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{second}>
<button type="submit">{button}</button>
</form>
<footer><a href="/password">{change}</a> · {switch}</footer>"""
