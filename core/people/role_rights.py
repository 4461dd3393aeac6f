"""The table role → rights: read for every session, filled with what is shipped, changed by those who hold the right.

A cell that nobody has written is the shipped one, so that a new right of a new version works before the table knows it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import RoleRightRow
from core.errors import BadInput, Conflict, NotFound
from core.rights import SHIPPED, Right, Rights, Scope, reach, scopes_of, shipped


def rights_of(session: Session, role: str) -> Rights:
    """What this role may do now."""
    found = dict(shipped(role))
    for name, scope in session.execute(select(RoleRightRow.right, RoleRightRow.scope).where(RoleRightRow.role == role)):
        # A right of a later version, after a step back, is nobody's.
        if name in set(Right) and scope in set(Scope):
            found[Right(name)] = Scope(scope)
    return found


def table(session: Session) -> dict[str, Rights]:
    """Every role with every right, also those that it does not hold."""
    return {role: _whole(rights_of(session, role)) for role in SHIPPED}


def fill_shipped(session: Session, at: float) -> None:
    """The first rows: what nobody has written yet is written down as it is shipped. Does not commit."""
    there = {(role, right) for role, right in session.execute(select(RoleRightRow.role, RoleRightRow.right))}
    session.add_all(
        RoleRightRow(role=role, right=right.value, scope=scope.value, changed_by="", changed_at=at)
        for role, rights in SHIPPED.items()
        for right, scope in _whole(rights).items()
        if (role, right.value) not in there
    )
    session.flush()


def change(session: Session, role: str, wanted: Mapping[str, str], by: str, at: float) -> dict[str, dict[str, str]]:
    """All of ``wanted`` (right → scope) or nothing; what really changed, from and to. Does not commit."""
    if role not in SHIPPED:
        raise NotFound("There is no role {role}.", field="role", role=role)
    before, changed = rights_of(session, role), {}
    for name, scope in wanted.items():
        if name not in set(Right):
            raise NotFound("There is no right {right}.", field=name, right=name)
        right = Right(name)
        possible = scopes_of(right)
        if scope not in possible:
            raise BadInput(
                "This right cannot reach so far.", field=name, remedy="Use one of: {known}.", known=", ".join(possible)
            )
        if right in (Right.SELF, Right.RIGHTS) and scope == Scope.NONE and reach(shipped(role), right) != Scope.NONE:
            raise Conflict(
                "This right cannot be taken away.",
                field=name,
                remedy="Without it nobody could sign in, or give it back.",
            )
        if scope != reach(before, right):
            changed[name] = {"from": reach(before, right).value, "to": scope}
            session.merge(RoleRightRow(role=role, right=name, scope=scope, changed_by=by, changed_at=at))
    session.flush()
    return changed


def _whole(rights: Rights) -> dict[Right, Scope]:
    return {right: reach(rights, right) for right in Right}
