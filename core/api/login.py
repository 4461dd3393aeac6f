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
    Sessions,
    TooManyAttempts,
    current_user,
    require,
)
from core.api.guard import identity_of, no_csrf, same_origin
from core.errors import BadInput, Unavailable
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
        try:
            user, token = await sessions.sign_in(given.get("username", ""), given.get("password", ""))
        except (NotSignedIn, TooManyAttempts, Unavailable) as no:
            if as_json:
                raise
            message, remedy = translate_error(no)
            text = page(wanted, given.get("username", ""), " ".join(filter(None, (message, remedy))))
            return HTMLResponse(text, no.status)
        old = identity_of(request)
        if old is not None and old.how == "cookie":
            await sessions.sign_out(old.token)
        answer: Response = JSONResponse({**about(user), "next": wanted}) if as_json else RedirectResponse(wanted, 303)
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
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE)
        answer.delete_cookie(CSRF_COOKIE)
        return answer

    @app.post("/api/v1/token", tags=["people"])
    async def token(
        username: Annotated[str, Form(max_length=FORM_LIMIT)], password: Annotated[str, Form(max_length=FORM_LIMIT)]
    ) -> dict[str, Any]:
        """A bearer token for programs; locked after repeated failures."""
        user, made = await sessions.sign_in(username, password)
        return {
            "access_token": sessions.bearer(made),
            "token_type": "bearer",
            "expires_in": int(sessions.hours_of(user) * 3600),
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
        # After a refusal the name stands already; the password is what must be typed again.
        first="" if username else " autofocus",
        second=" autofocus" if username else "",
        error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        switch=f'<a href="/login?lang={other}&amp;next={escape(quote(wanted, safe=""))}">{name}</a>',
    )


# The colours are those of the pages' theme, which lies above this folder; so is the scheme that was chosen there.
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{button} · {title}</title>
<script>document.documentElement.dataset.scheme = localStorage.getItem("scheme") || "light";</script>
<style>
:root {{ --bg: #EEF2F4; --panel: #FFFFFF; --line: #D5DDE2; --field: #8094A0; --text: #15222B; --text2: #455662;
  --accent: #0B7285; --tint: #E1F1F4; --on: #FFFFFF; --bad: #B3261E; --bad-tint: #FCE8E6 }}
[data-scheme="dark"] {{ color-scheme: dark; --bg: #0A1116; --panel: #111B22; --line: #263742; --field: #5A7080;
  --text: #EAF1F5; --text2: #B4C3CD; --accent: #4CC4D6; --tint: #12323A; --on: #0A1116; --bad: #FF8278;
  --bad-tint: #43191A }}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text);
  font: 14px/1.35 "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif }}
main {{ width: min(360px, 92vw); padding: 32px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 8px }}
h1 {{ display: flex; gap: 10px; align-items: center; margin: 0 0 24px; font-size: 20px }}
h1 i {{ width: 18px; height: 18px; border-radius: 0 50% 50% 50%; transform: rotate(45deg); background: var(--accent) }}
label {{ display: block; margin: 16px 0 4px; color: var(--text2) }}
input {{ width: 100%; height: 38px; padding: 0 10px; font: inherit; font-size: 16px; color: inherit;
  background: var(--panel); border: 1px solid var(--field); border-radius: 6px }}
button {{ width: 100%; height: 40px; margin-top: 24px; font: inherit; font-size: 16px; font-weight: 700;
  color: var(--on); background: var(--accent); border: 0; border-radius: 6px; cursor: pointer }}
:is(input, button, a):focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px;
  box-shadow: 0 0 0 4px var(--tint) }}
.error {{ margin: 0; padding: 8px 12px; color: var(--bad); background: var(--bad-tint); border: 1px solid;
  border-radius: 6px }}
footer {{ margin-top: 20px; text-align: right }} a {{ color: var(--text2) }}
</style>
</head>
<body><main>
<h1><i></i>{title}</h1>{error}
<form method="post" action="/login">
<input type="hidden" name="next" value="{wanted}">
<label for="username">{user}</label>
<input id="username" name="username" value="{username}" autocomplete="username" required{first}>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{second}>
<button type="submit">{button}</button>
</form>
<footer>{switch}</footer>
</main></body>
</html>
"""
