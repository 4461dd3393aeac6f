"""Signing in and out: the log-in page, its form, the same as JSON, and bearer tokens for programs."""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from core.api.auth import (
    CSRF_COOKIE,
    CSRF_HEADER,
    SESSION_COOKIE,
    NotSignedIn,
    TooManyAttempts,
    current_user,
    require,
)
from core.api.guard import identity_of, no_csrf, same_origin
from core.errors import BadInput
from core.i18n import LANGUAGES, _, language, translate_error
from core.people.users import User

if TYPE_CHECKING:
    from core.api.app import Web

LANGUAGE_COOKIE_S = 365 * 86400
FORM_LIMIT = 300


def local_path(wanted: str) -> str:
    """Where to go after the log-in: only a path of ours, never another host."""
    bad = not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or not wanted.isprintable()
    return "/" if bad or wanted.startswith(("/login", "/logout")) else wanted


def about(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": user.role.value,
        "extension": user.extension,
    }


def add_routes(web: Web) -> None:
    app, sessions = web.app, web.sessions

    def signed_in_answer(answer: Response, token: str, request: Request) -> Response:
        secure = request.url.scheme == "https"
        seconds = int(sessions.hours * 3600)
        answer.set_cookie(
            SESSION_COOKIE, sessions.cookie(token), max_age=seconds, httponly=True, samesite="lax", secure=secure
        )
        # Readable on purpose: Dash and our scripts copy it into the header.
        answer.set_cookie(CSRF_COOKIE, sessions.csrf(token), max_age=seconds, samesite="lax", secure=secure)
        return answer

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
        try:
            user, token = await sessions.sign_in(given.get("username", ""), given.get("password", ""))
        except (NotSignedIn, TooManyAttempts) as no:
            if as_json:
                raise
            message, remedy = translate_error(no)
            text = page(wanted, given.get("username", ""), " ".join(filter(None, (message, remedy))))
            return HTMLResponse(text, no.status)
        old = identity_of(request)
        if old is not None and old.how == "cookie":
            await sessions.sign_out(old.token)
        answer: Response = JSONResponse({**about(user), "next": wanted}) if as_json else RedirectResponse(wanted, 303)
        return signed_in_answer(answer, token, request)

    @app.post("/logout", include_in_schema=False)
    async def logout(request: Request) -> Response:
        identity = identity_of(request)
        if identity is not None and identity.token:
            if identity.how == "cookie":
                given = request.headers.get(CSRF_HEADER) or (await _fields(request, as_json=False)).get(CSRF_COOKIE, "")
                if not hmac.compare_digest(given.encode(), sessions.csrf(identity.token).encode()):
                    raise no_csrf()
            await sessions.sign_out(identity.token)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE)
        answer.delete_cookie(CSRF_COOKIE)
        return answer

    @app.post("/api/v1/token", tags=["people"])
    async def token(
        username: Annotated[str, Form(max_length=FORM_LIMIT)], password: Annotated[str, Form(max_length=FORM_LIMIT)]
    ) -> dict[str, Any]:
        """A bearer token for programs; locked after repeated failures."""
        _user, made = await sessions.sign_in(username, password)
        return {
            "access_token": sessions.bearer(made),
            "token_type": "bearer",
            "expires_in": int(sessions.hours * 3600),
        }

    @app.get("/api/v1/me", tags=["people"])
    async def me() -> dict[str, Any]:
        """Who is signed in."""
        return about(require())


async def _fields(request: Request, *, as_json: bool) -> dict[str, str]:
    if as_json:
        try:
            raw = await request.json()
        except ValueError as broken:
            raise BadInput("The body is not JSON.", remedy="Send a JSON object.") from broken
        found = raw if isinstance(raw, dict) else {}
    else:
        found = dict(await request.form(max_files=0, max_fields=10))
    return {str(name): value[:FORM_LIMIT] for name, value in found.items() if isinstance(value, str)}


def page(wanted: str, username: str = "", error: str = "") -> str:
    """Whole by itself: nothing it needs lies behind the guard."""
    other, name = ("en", "English") if language() == "zh_CN" else ("zh_CN", "中文")
    return _PAGE.format(
        lang="zh-CN" if language() == "zh_CN" else "en",
        title=escape(_("Customer service hotline")),
        user=escape(_("User name")),
        password=escape(_("Password")),
        button=escape(_("Sign in")),
        wanted=escape(wanted),
        username=escape(username),
        error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        switch=f'<a href="/login?lang={other}&amp;next={escape(quote(wanted, safe=""))}">{name}</a>',
    )


_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title} - {button}</title>
<style>
:root {{ color-scheme: light dark; --back: #f1f3f5; --card: #fff; --text: #212529; --line: #868e96; --main: #1864ab; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --back: #1a1b1e; --card: #25262b; --text: #e9ecef; --line: #909296; --main: #1971c2; }}
}}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--text);
  font: 16px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif }}
main {{ width: min(360px, 92vw); padding: 32px; background: var(--card); border-radius: 8px;
  box-shadow: 0 1px 4px rgb(0 0 0 / .2) }}
h1 {{ margin: 0 0 20px; font-size: 22px }}
label {{ display: block; margin: 12px 0 4px }}
input {{ width: 100%; padding: 9px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 4px }}
button {{ width: 100%; margin-top: 20px; padding: 10px; font: inherit; color: #fff; background: var(--main);
  border: 0; border-radius: 4px; cursor: pointer }}
:is(input, button, a):focus-visible {{ outline: 3px solid #74c0fc; outline-offset: 1px }}
.error {{ padding: 8px 12px; color: #7d1a1a; background: #ffe3e3; border-radius: 4px }}
footer {{ margin-top: 16px; text-align: right }} a {{ color: inherit }}
</style>
</head>
<body><main>
<h1>{title}</h1>{error}
<form method="post" action="/login">
<input type="hidden" name="next" value="{wanted}">
<label for="username">{user}</label>
<input id="username" name="username" value="{username}" autocomplete="username" required autofocus>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">{button}</button>
</form>
<footer>{switch}</footer>
</main></body>
</html>
"""
