"""The page where people change their own password, signed in or not; and where a demo's password opens the door.

The old password proves who it is, so the form needs no session: whoever was turned away with a demo password changes it
here, on the machine itself.
"""

from __future__ import annotations

from html import escape
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.requests import HTTPConnection

from core.errors import BadInput, HotlineError, NotAllowed
from core.i18n import _, translate_error
from core.people.users import User, is_demo_password, wrong_password
from core.rights import Right
from core.web.attempts import TooManyAttempts
from core.web.auth import NotSignedIn, current_user, holding
from core.web.context import Web
from core.web.guard import no_csrf, same_origin
from core.web.plain_page import plain_page
from core.web.routes.accounts import PasswordRequest, change_own
from core.web.shapes import people as shape

PATH = "/password"
FORM_LIMIT = 300


class DemoOnly(NotAllowed):
    """The password is printed for everybody; from elsewhere it opens nothing until it was changed."""

    code = "demo_password"


def refuse_demo_from_elsewhere(request: HTTPConnection, name: str, password: str) -> None:
    """Before anything is checked: everybody knows these passwords, so the answer tells nothing."""
    if is_demo_password(name, password) and not on_this_machine(request):
        raise DemoOnly(
            "A demo's password opens from this machine only, until it is changed.",
            field="password",
            remedy="On the machine itself: hotline user password {name} --home DIR, or open http://127.0.0.1:{port}{path}",
            name=name[:64],
            port=request.app.state.web.settings.http_port,
            path=PATH,
        )


async def entered(web: Web, request: HTTPConnection, name: str, password: str, browser: str = "") -> tuple[User, str]:
    """The log-in of pages and programs: good or bad, the audit has it before the answer leaves. ``browser`` is the mark
    of one that has signed in before."""
    address = request.client.host if request.client else ""
    try:
        refuse_demo_from_elsewhere(request, name, password)
        user, token = await web.sessions.sign_in(name, password, address, browser)
    except (NotSignedIn, TooManyAttempts, DemoOnly) as no:
        note = {"address": address, "why": no.code}
        looked_at = isinstance(no, NotSignedIn) and bool(name and password)
        if looked_at:
            await web.audit.record_or_queue(name[:64], "sign_in_refused", name, **note)
        elif web.sessions.worth_a_line(address, name):
            # Who keeps on knocking at a closed door is one line in five minutes.
            await web.audit.record_once(name[:64], "sign_in_refused", name, **note)
        else:
            await web.audit.record_once("", "sign_in_refused", "", address=address, why="many_names")
        raise
    await web.audit.record_or_queue(user.name, "signed_in", user.name, address=address, role=user.role.value)
    return user, token


def on_this_machine(request: HTTPConnection) -> bool:
    """Both ends: a proxy on this machine passes the name on that people elsewhere asked for."""
    host = request.client.host if request.client else ""
    asked = request.url.hostname or ""
    return _is_loopback(host) and (asked == "localhost" or _is_loopback(asked))


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class OwnPasswordRequest(PasswordRequest):
    old: str = Field(min_length=1, max_length=300)


def add_routes(web: Web) -> None:
    @web.app.post("/api/v1/me/password", response_model=shape.Ended, tags=["people"])
    async def own_password(
        request: Request, wanted: OwnPasswordRequest, user: Annotated[User, Depends(holding(Right.SELF))]
    ) -> dict[str, Any]:
        """One's own; all sessions end, this one, too. Wrong guesses count as at the log-in."""
        try:
            _user, token = await entered(web, request, user.name, wanted.old)
        except NotSignedIn as no:
            # Whoever asks is signed in: only this request is refused.
            raise wrong_password() from no
        try:
            return await change_own(web, user, wanted.old, wanted.password)
        except HotlineError:
            await web.sessions.sign_out(token)
            raise

    @web.app.get(PATH, include_in_schema=False)
    async def form(name: str = "") -> Response:
        user = current_user()
        return HTMLResponse(page(user.name if user else name[:FORM_LIMIT]))

    @web.app.post(PATH, include_in_schema=False)
    async def change(request: Request) -> Response:
        if not same_origin(request.headers, required=False):
            raise no_csrf()
        raw = await request.form(max_files=0, max_fields=10)
        given = {key: value[:FORM_LIMIT] for key, value in raw.items() if isinstance(value, str)}
        name, old, new = given.get("username", ""), given.get("old", ""), given.get("password", "")
        try:
            if new != given.get("again", ""):
                raise BadInput("The two do not agree.", field="again", remedy="Type it again.")
            # As at the log-in: wrong guesses count there and here.
            user, token = await entered(web, request, name, old)
            try:
                await change_own(web, user, old, new)
            except HotlineError:
                await web.sessions.sign_out(token)
                raise
        except HotlineError as no:
            message, remedy = translate_error(no)
            return HTMLResponse(page(name, " ".join(filter(None, (message, remedy)))), no.status)
        return RedirectResponse("/login", 303)


def page(name: str, error: str = "") -> str:
    form = _FORM.format(
        error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        user=escape(_("User name")),
        old=escape(_("Password until now")),
        new=escape(_("New password, 10 characters or more")),
        again=escape(_("New password again")),
        button=escape(_("Change password")),
        name=escape(name),
        path=PATH,
        back=escape(_("Back")),
    )
    return plain_page(_("Change password"), form)


_FORM = """{error}
<form method="post" action="{path}">
<label for="username">{user}</label>
<input id="username" name="username" value="{name}" autocomplete="username" required>
<label for="old">{old}</label>
<input id="old" name="old" type="password" autocomplete="current-password" required>
<label for="password">{new}</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="10" required>
<label for="again">{again}</label>
<input id="again" name="again" type="password" autocomplete="new-password" minlength="10" required>
<button type="submit">{button}</button>
</form>
<footer><a href="/">{back}</a></footer>"""
