"""Who is asking: server-side sessions carried by a signed cookie or a signed bearer token.

The token itself is random and only its hash is stored; the signature keeps guesses away from the database
and a cookie from being used as a bearer. ``current_user`` is set by the guard and works in every handler,
also in Dash callbacks; an own thread pool must carry the context over (``contextvars.copy_context().run``).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from itsdangerous import BadSignature, Signer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection

from core.clock import utc_now
from core.config import Settings
from core.db import database_away
from core.errors import HotlineError, NotAllowed, Unavailable
from core.people import users
from core.people.places import familiar_places, remember_place
from core.people.users import Role, User
from core.rights import Right
from core.web.attempts import Attempts, place_of
from core.web.hashing import Hashing
from core.web.number_seal import NumberSeal

log = logging.getLogger(__name__)

SESSION_COOKIE = "hotline_session"
BROWSER_COOKIE = "hotline_browser"
BROWSER_COOKIE_S = 180 * 86400
CSRF_COOKIE = "_csrf_token"
CSRF_HEADER = "x-csrftoken"
# How long a revocation made elsewhere may go unnoticed here.
TRUST_S = 5.0
# With the database away, those already signed in go on this long: the wallboard must not go dark.
TRUST_WITHOUT_DATABASE_S = 900.0
REMEMBERED = 10_000
WALL_HOURS = 90 * 24.0
NOT_PERMITTED = 4403

T = TypeVar("T")

_user: ContextVar[User | None] = ContextVar("user", default=None)


class NotSignedIn(HotlineError):
    """Nobody, or somebody whose session is over."""

    status = 401
    code = "not_signed_in"


class NoRight(NotAllowed):
    """Signed in, but without the right that was declared for what is asked."""

    code = "no_right"


@dataclass(frozen=True, slots=True)
class Identity:
    """``token`` is the session's; the site's own commands have none."""

    user: User
    how: Literal["cookie", "bearer", "site"]
    token: str = ""


def current_user() -> User | None:
    """Who the request being handled comes from."""
    return _user.get()


def set_current_user(user: User | None) -> None:
    """For the guard, and for tests."""
    _user.set(user)


@dataclass(frozen=True, slots=True)
class Holding:
    """A FastAPI dependency: the user, when at least one of ``rights`` is held. How the door of a route is declared."""

    rights: tuple[Right, ...]

    async def __call__(self, connection: HTTPConnection) -> User:
        try:
            return require(*self.rights)
        except HotlineError as no:
            if connection.scope["type"] == "websocket":
                if (user := current_user()) is not None:
                    await connection.app.state.web.audit.record_once(
                        user.name, "refused", connection.url.path, why=no.code
                    )
                raise WebSocketException(NOT_PERMITTED) from no
            raise


def holding(*rights: Right) -> Holding:
    """What a route or websocket depends on: ``Annotated[User, Depends(holding(Right.CALLS))]``."""
    return Holding(rights)


def require(*rights: Right) -> User:
    """The user, who holds at least one of the rights; or ``NotSignedIn`` or ``NoRight``."""
    user = current_user()
    if user is None:
        raise NotSignedIn("You are not signed in.", remedy="Sign in and try again.")
    if not user.may(*rights):
        raise NoRight("Your role does not permit this.", remedy="Ask an administrator if you need it for your work.")
    return user


class Sessions:
    """All sessions of the site, as this process knows them."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self.hours = settings.session_hours
        self._database = database
        self._site_file = settings.run_dir / "site.json"
        self._secret = _secret(settings.state_dir / "web.secret")
        self._cookies = Signer(self._secret, salt="cookie", digest_method=hashlib.sha256)
        self._bearers = Signer(self._secret, salt="bearer", digest_method=hashlib.sha256)
        self._links = Signer(self._secret, salt="wall", digest_method=hashlib.sha256)
        self._browsers = Signer(self._secret, salt="browser", digest_method=hashlib.sha256)
        self._attempts = Attempts()
        self._hashing = Hashing()
        self._places: set[tuple[str, str]] | None = None
        self.seal = NumberSeal(self._secret)
        self._known: dict[str, tuple[User, float]] = {}
        self._open: dict[str, set[asyncio.Event]] = {}
        self._owners: dict[str, int] = {}
        # When somebody's sessions were ended, on this process' clock.
        self._ended_at: dict[int, float] = {}

    async def sign_in(self, name: str, password: str, address: str, browser: str = "") -> tuple[User, str]:
        """The user and a new session's token. ``browser`` is the mark of one that has signed in before, by its cookie.

        ``TooManyAttempts`` for those who guess; ``Unavailable`` when too many sign in at once.
        """
        if not name or not password:
            # Nobody's; and nothing that would have to be looked at for long.
            no = users.wrong_password()
            raise NotSignedIn(no.message, remedy=no.remedy)
        places = [place for place in (self._browser_place(browser), place_of(address)) if place]
        known = await self._familiar()
        place = next((one for one in places if (one, name[:64]) in known), "")
        familiar = bool(place)
        attempt = self._attempts.begin(place or places[-1], name, familiar=familiar)

        def work() -> tuple[User, str]:
            with Session(self._database) as session:
                user = users.authenticate(session, name, password)
                for one in places:
                    remember_place(session, user.name, one, utc_now())
                return user, users.create_session(session, user.id, self.hours_of(user))

        try:
            user, token = await self._hashing.run(work, familiar=familiar)
        except NotAllowed as no:
            raise NotSignedIn(no.message, remedy=no.remedy, **cast(dict[str, Any], no.values)) from no
        except SQLAlchemyError as away:
            attempt.unheard()
            raise database_away() from away
        except Unavailable:
            attempt.unheard()
            raise
        attempt.right()
        known.update((one, user.name) for one in places)
        return user, token

    def worth_a_line(self, address: str, name: str) -> bool:
        """Whether a log-in from there that was refused unlooked at has a line of its own in the audit."""
        return self._attempts.is_reported(place_of(address), name)

    def new_browser(self) -> str:
        """A mark for a browser that has signed in; worth nothing but a try of its own."""
        return self._browsers.sign(secrets.token_hex(16)).decode()

    def _browser_place(self, mark: str) -> str:
        try:
            return f"browser:{self._browsers.unsign(mark).decode()}"[:64] if mark else ""
        except (BadSignature, UnicodeError):
            return ""

    async def _familiar(self) -> set[tuple[str, str]]:
        """Read once: asking the database at every try would be a door of its own."""
        if self._places is None:
            try:
                self._places = await self._run(lambda session: familiar_places(session, utc_now()))
            except Unavailable:
                return set()
        return self._places

    def hours_of(self, user: User) -> float:
        """How long a log-in of this person lasts. Nobody stands at a wall to sign it on again at night."""
        return max(self.hours, WALL_HOURS) if user.role is Role.WALLBOARD else self.hours

    async def sign_out(self, token: str) -> None:
        """Ends the session here at once, with everything it has open, and in the database."""
        self._known.pop(token, None)
        self._close(token)
        await self._run(lambda session: users.revoke(session, token))

    def ended_of(self, user_id: int) -> None:
        """The person's sessions were ended in the database: here it counts at once, with all that they have open."""
        self._ended_at[user_id] = time.monotonic()
        for token in [token for token, (user, _at) in self._known.items() if user.id == user_id]:
            del self._known[token]
        for token in [token for token, owner in self._owners.items() if owner == user_id]:
            self._close(token)

    def _close(self, token: str) -> None:
        self._owners.pop(token, None)
        for ended in self._open.pop(token, ()):
            ended.set()

    async def user_of(self, token: str) -> User | None:
        """Whose session it is; ``None`` when it is over."""
        known = self._known.get(token)
        now = time.monotonic()
        if known is not None and now - known[1] < TRUST_S:
            return known[0]
        try:
            user = await self._run(lambda session: users.session_user(session, token))
        except Unavailable:
            if known is not None and now - known[1] < TRUST_WITHOUT_DATABASE_S:
                return known[0]
            raise
        if user is None:
            self._known.pop(token, None)
            return None
        if self._ended_at.get(user.id, now - 1) >= now:
            # Ended while the database was asked: what it said may be from before.
            return await self._run(lambda session: users.session_user(session, token))
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[token] = (user, now)
        return user

    def close(self) -> None:
        self._hashing.close()

    def forget(self) -> None:
        """Who it is and what they may do is read again at the next request."""
        self._known.clear()

    # --- how a token travels -------------------------------------------------------------------------------

    def cookie(self, token: str) -> str:
        return self._cookies.sign(token).decode()

    def bearer(self, token: str) -> str:
        return self._bearers.sign(token).decode()

    def link(self, token: str) -> str:
        """Opens a screen's page by its address; nothing that a program could show as a bearer."""
        return self._links.sign(token).decode()

    def csrf(self, token: str) -> str:
        """Bound to the session, so that a token of another session is worth nothing."""
        return hmac.new(self._secret, b"csrf\0" + token.encode(), hashlib.sha256).hexdigest()

    async def by_cookie(self, value: str) -> Identity | None:
        return await self._identity(self._cookies, value, "cookie")

    async def by_bearer(self, value: str) -> Identity | None:
        if self._is_site_token(value):
            return Identity(User(0, "site", "site", Role.ADMIN, None), "site")
        return await self._identity(self._bearers, value, "bearer")

    async def by_link(self, value: str) -> Identity | None:
        return await self._identity(self._links, value, "cookie")

    async def _identity(self, signer: Signer, value: str, how: Literal["cookie", "bearer"]) -> Identity | None:
        try:
            token = signer.unsign(value).decode()
        except (BadSignature, UnicodeError):
            return None
        user = await self.user_of(token)
        return None if user is None else Identity(user, how, token)

    def _is_site_token(self, value: str) -> bool:
        """The token of ``hotline run``, for commands of those who may read the data folder."""
        try:
            expected = json.loads(self._site_file.read_text("utf-8"))["token"]
        except (OSError, ValueError, KeyError):
            return False
        return bool(expected) and hmac.compare_digest(value.encode(), str(expected).encode())

    # --- what a session has open ---------------------------------------------------------------------------

    def opened(self, token: str, user_id: int) -> asyncio.Event:
        """An event that is set when the session ends."""
        ended = asyncio.Event()
        self._open.setdefault(token, set()).add(ended)
        self._owners[token] = user_id
        return ended

    def closed(self, token: str, ended: asyncio.Event) -> None:
        events = self._open.get(token)
        if events is not None:
            events.discard(ended)
            if not events:
                del self._open[token]
                self._owners.pop(token, None)

    async def _run(self, work: Callable[[Session], T]) -> T:
        def in_thread() -> T:
            with Session(self._database) as session:
                return work(session)

        try:
            return await asyncio.to_thread(in_thread)
        except SQLAlchemyError as away:
            raise database_away() from away


def _secret(path: Path) -> bytes:
    """Made at the first start, readable by the owner only; another one signs everybody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
