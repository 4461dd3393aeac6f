"""Users: who may sign in, with which role; passwords and server-side sessions.

Functions that change something commit. Knows no web framework: tokens in, ``User`` out.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from core.clock import utc_now
from core.db.tables import SessionRow, UserRow
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.people.role_rights import rights_of
from core.rights import Right, Rights, Scope, reach, shipped

SHORTEST_PASSWORD = 10


class Role(StrEnum):
    """A name for what a person may do; the table of rights says what that is."""

    DIRECTOR = "director"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    SITE_MANAGER = "site_manager"
    WORKER = "worker"
    QA = "qa"
    ADMIN = "admin"
    WALLBOARD = "wallboard"


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in. ``extension`` is the phone on the desk, when there is one.

    ``rights`` are those of the table at the moment of reading; without them the role's shipped ones hold.
    """

    id: int
    name: str
    display_name: str
    role: Role
    extension: str | None
    rights: Rights | None = field(default=None, hash=False, repr=False)

    def scope(self, right: Right) -> Scope:
        """How far this right of the person reaches."""
        return reach(shipped(self.role) if self.rights is None else self.rights, right)

    def may(self, *rights: Right) -> bool:
        """Whether at least one of them is held, however far it reaches."""
        return any(self.scope(one) is not Scope.NONE for one in rights)


# One thread a hash: log-ins have two to themselves (core.web.hashing), and pages the rest of the machine.
_hasher = PasswordHasher(parallelism=1)
# Of passwords that are printed anyway, as in a demo: the first log-in hashes them anew.
_quick = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


@cache
def _nobody() -> str:
    """A hash to check against for unknown names, so that the time tells nothing."""
    return _hasher.hash(secrets.token_hex(8))


def authenticate(session: Session, name: str, password: str) -> User:
    """The user, or ``NotAllowed``. Dear on purpose; who may ask, and how often, is limited before (core.web)."""
    row = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.active))
    if not matches(row.password_hash if row else _nobody(), password) or row is None:
        raise wrong_password()
    if _hasher.check_needs_rehash(row.password_hash):
        row.password_hash = _hasher.hash(password)
        session.commit()
    return _user(row)


def wrong_password() -> NotAllowed:
    """The same words for a wrong name."""
    return NotAllowed("User name or password is wrong.", remedy="Check both; capital letters matter.")


def check_password(password: str, name: str) -> None:
    """What a person may have for a password: long enough, and not the name or what a demo prints."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(
            "The password is too short.",
            field="password",
            remedy="Use at least {shortest} characters.",
            shortest=SHORTEST_PASSWORD,
        )
    if is_demo_password(name, password) or password.strip().lower() == name.lower():
        raise BadInput("The password is too easy to guess.", field="password", remedy="Choose another one.")


def is_demo_password(name: str, password: str) -> bool:
    """What ``hotline init --demo`` gives, prints and labels: everybody knows it."""
    return password == f"demo-{name}"


def hashed(password: str) -> str:
    return _hasher.hash(password)


def create_user(
    session: Session,
    name: str,
    password: str,
    role: Role | str,
    *,
    display_name: str = "",
    extension: str | None = None,
    secret: bool = True,
    commit: bool = True,
) -> User:
    """Adds a user; ``BadInput`` or ``Conflict`` says what is wrong. ``secret`` false: the password is public."""
    name = name.strip()
    if not name or len(name) > 64 or not name.isprintable() or " " in name:
        raise BadInput("This user name is not possible.", field="name", remedy="Use up to 64 letters and digits.")
    if secret:
        check_password(password, name)
    try:
        role = Role(role)
    except ValueError as unknown:
        raise BadInput(
            "There is no role {role}.",
            field="role",
            remedy="Use one of: {roles}.",
            role=role,
            roles=", ".join(Role),
        ) from unknown
    if session.scalar(select(UserRow.id).where(UserRow.name == name)) is not None:
        raise Conflict("There is already a user {name}.", field="name", remedy="Choose another name.", name=name)
    if extension and session.scalar(select(UserRow.id).where(UserRow.extension == extension)) is not None:
        raise Conflict(
            "Extension {extension} belongs to another user.",
            field="extension",
            remedy="Choose another extension.",
            extension=extension,
        )
    row = UserRow(
        name=name,
        display_name=display_name or name,
        role=role.value,
        extension=extension,
        password_hash=(_hasher if secret else _quick).hash(password),
        created_at=utc_now(),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as taken:
        session.rollback()
        raise Conflict(
            "There is already a user {name}.", field="name", remedy="Choose another name.", name=name
        ) from taken
    user = _user(row)
    if commit:
        session.commit()
    return user


def get_user(session: Session, user_id: int) -> User:
    row = session.get(UserRow, user_id)
    if row is None or not row.active:
        raise NotFound("There is no user {id}.", id=user_id)
    return _user(row)


def find_user(session: Session, name: str) -> User | None:
    row = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.active))
    return _user(row) if row else None


def list_users(session: Session) -> list[User]:
    return [_user(row) for row in session.scalars(select(UserRow).where(UserRow.active).order_by(UserRow.name))]


def set_password(session: Session, user_id: int, password: str) -> None:
    """Also ends every session of the user."""
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound("There is no user {id}.", id=user_id)
    check_password(password, row.name)
    row.password_hash = _hasher.hash(password)
    revoke_all(session, user_id)


# --- sessions ----------------------------------------------------------------------------------------------


def create_session(session: Session, user_id: int, hours: float, *, now: float | None = None) -> str:
    """A new token for a signed-in user, valid for ``hours``; only its hash is kept."""
    now = utc_now() if now is None else now
    token = secrets.token_urlsafe(32)
    session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
    session.add(
        SessionRow(id=_digest(token), user_id=user_id, created_at=now, expires_at=now + hours * 3600, revoked_at=None),
    )
    session.commit()
    return token


def session_user(session: Session, token: str, *, now: float | None = None) -> User | None:
    """Whose token it is, or ``None`` when it is unknown, too old, revoked, or the user is gone."""
    now = utc_now() if now is None else now
    row = session.execute(
        select(UserRow)
        .join(SessionRow, SessionRow.user_id == UserRow.id)
        .where(
            SessionRow.id == _digest(token),
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > now,
            UserRow.active,
        ),
    ).scalar_one_or_none()
    return _user(row) if row else None


def revoke(session: Session, token: str) -> None:
    """Signs this one session out; unknown tokens are ignored."""
    session.execute(update(SessionRow).where(SessionRow.id == _digest(token)).values(revoked_at=utc_now()))
    session.commit()


def revoke_all(session: Session, user_id: int) -> None:
    session.execute(update(SessionRow).where(SessionRow.user_id == user_id).values(revoked_at=utc_now()))
    session.commit()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _user(row: UserRow) -> User:
    session = object_session(row)
    rights = rights_of(session, row.role) if session is not None else None
    return User(row.id, row.name, row.display_name, Role(row.role), row.extension, rights)
