"""Accounts over their life: closed when people leave, new passwords, sessions ended. All or nothing, with audit lines.

Functions commit. What must happen in the running processes afterwards (the site read anew, sockets closed, supervisions
ended) is told by the answer; the caller does it.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.clock import iso, utc_now
from core.db.tables import AccountRow, AgentQueueRow, AgentRow, RosterLinkRow, SessionRow, UserRow
from core.errors import BadInput, Conflict, NotFound
from core.installation import steering
from core.installation.service import account_for, load_installation, save_phone
from core.people import audit
from core.people.users import Role, User, check_password, find_user, hashed, matches, wrong_password
from core.vault import Vault

# Without letters and digits that are read for one another on a phone's display.
SIP_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
SIP_LENGTH = 20


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One open session; times are UTC epoch seconds."""

    began_at: float
    until: float


@dataclass(frozen=True, slots=True)
class Ended:
    """What was closed. ``extension`` had a phone whose registration must go, too."""

    user: User
    sessions: int
    extension: str | None = None


def new_sip_password() -> str:
    """Nobody types it often: 100 bits."""
    return "".join(secrets.choice(SIP_ALPHABET) for _ in range(SIP_LENGTH))


def named(session: Session, name: str) -> User:
    user = find_user(session, name)
    if user is None:
        raise NotFound("There is no user {name}.", field="name", remedy="Look at the list of users.", name=name)
    return user


def end_account(session: Session, name: str, by: str, *, reason: str = "") -> Ended:
    """Nobody signs in or registers by it any more; its name stays taken, so that old lines still say who it was."""
    user = named(session, name)
    if user.name == by:
        raise Conflict("You cannot end your own account.", field="name", remedy="Ask another administrator.")
    try:
        _keep_one_administrator(session, user)
        row = session.get_one(UserRow, user.id)
        row.active = False
        row.extension = None
        ended = _end_sessions(session, user.id)
        if user.extension:
            session.execute(delete(AccountRow).where(AccountRow.extension == user.extension))
            session.execute(delete(AgentQueueRow).where(AgentQueueRow.extension == user.extension))
            session.execute(delete(AgentRow).where(AgentRow.extension == user.extension))
            session.execute(
                update(RosterLinkRow)
                .where(RosterLinkRow.extension == user.extension, RosterLinkRow.revoked_at.is_(None))
                .values(revoked_at=utc_now())
            )
            steering.raise_version(session)
        detail = {"role": user.role.value, "extension": user.extension, "sessions": ended, "reason": reason}
        audit.record(session, by, "user_ended", user.name, detail, utc_now())
    except BaseException:
        session.rollback()
        raise
    return Ended(user, ended, user.extension)


def _keep_one_administrator(session: Session, leaving: User) -> None:
    """Of two who are ended at once the second waits here, and is the last one then."""
    if leaving.role is not Role.ADMIN:
        return
    active = select(UserRow.id).where(UserRow.role == Role.ADMIN.value, UserRow.active).with_for_update()
    if not set(session.scalars(active)) - {leaving.id}:
        raise Conflict(
            "{name} is the last administrator: nobody could add people or change rights any more.",
            field="name",
            remedy="Add another administrator first: hotline user add NAME --role admin.",
            name=leaving.name,
        )


def change_password(session: Session, name: str, password: str, by: str) -> Ended:
    """The keeper's word over somebody's password; every session of the person ends."""
    user = named(session, name)
    check_password(password, user.name)
    return _changed(session, user, password, by)


def change_own_password(session: Session, name: str, old: str, password: str) -> Ended:
    """A person's own; the old one proves who it is."""
    user = named(session, name)
    if not right_password(session, user, old):
        raise wrong_password()
    check_password(password, user.name)
    if old == password:
        raise BadInput("The new password is the old one.", field="password", remedy="Choose another one.")
    return _changed(session, user, password, user.name)


def right_password(session: Session, user: User, password: str) -> bool:
    return matches(session.get_one(UserRow, user.id).password_hash, password)


def _changed(session: Session, user: User, password: str, by: str) -> Ended:
    try:
        session.get_one(UserRow, user.id).password_hash = hashed(password)
        ended = _end_sessions(session, user.id)
        audit.record(session, by, "password_changed", user.name, {"sessions": ended}, utc_now())
    except BaseException:
        session.rollback()
        raise
    return Ended(user, ended)


def change_sip_password(session: Session, name: str, password: str, by: str, vault: Vault) -> Ended:
    """The phone must register anew with it."""
    user = named(session, name)
    if not user.extension or session.get(AccountRow, user.extension) is None:
        raise Conflict("{name} has no phone.", field="name", remedy="Give an extension to somebody first.", name=name)
    try:
        account = account_for(user.extension, load_installation(session).realm, password)
        save_phone(session, vault.sealed(account), None)
        audit.record(session, by, "sip_password_changed", user.name, {"extension": user.extension}, utc_now())
    except BaseException:
        session.rollback()
        raise
    return Ended(user, 0, user.extension)


def end_sessions(session: Session, name: str, by: str) -> Ended:
    """Signs the person out everywhere."""
    user = named(session, name)
    try:
        ended = _end_sessions(session, user.id)
        audit.record(session, by, "sessions_ended", user.name, {"sessions": ended}, utc_now())
    except BaseException:
        session.rollback()
        raise
    return Ended(user, ended)


def sessions_of(session: Session, name: str) -> list[SessionInfo]:
    """The open ones, newest first."""
    user = named(session, name)
    rows = session.scalars(
        select(SessionRow)
        .where(SessionRow.user_id == user.id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > utc_now())
        .order_by(SessionRow.created_at.desc())
    )
    return [SessionInfo(row.created_at, row.expires_at) for row in rows]


def account_json(found: list[SessionInfo]) -> list[dict[str, Any]]:
    """For programs."""
    return [{key: iso(value) for key, value in asdict(one).items()} for one in found]


def _end_sessions(session: Session, user_id: int) -> int:
    now = utc_now()
    done = session.execute(
        update(SessionRow)
        .where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now)
        .values(revoked_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
