"""Who may appeal against a score, and whose score is somebody's own."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import OrderSiteMemberRow, UserRow
from core.people.users import Role, User
from core.workorders import office
from kpi.scoring.scheme import AGENT, SchemeScope


def own_key(session: Session, user: User, subject: SchemeScope) -> str | None:
    """By which key this person, or the unit that the person leads, is judged by such a scheme; ``None`` by none."""
    if subject.department:
        return None
    if subject.site:
        return (office.site_of(session, user.name) or None) if user.role is Role.SITE_MANAGER else None
    return user.extension if subject.post == AGENT else user.name


def appellants(session: Session, subject: SchemeScope, judged: AbstractSet[str]) -> set[str]:
    """Those of ``judged`` for whom somebody has an account that is open."""
    if subject.department:
        return set()
    if subject.site:
        leads = (
            select(OrderSiteMemberRow.site)
            .join(UserRow, UserRow.name == OrderSiteMemberRow.user_name)
            .where(UserRow.active, UserRow.role == Role.SITE_MANAGER.value)
        )
        return set(session.scalars(leads)) & judged
    column = UserRow.extension if subject.post == AGENT else UserRow.name
    return {one for one in session.scalars(select(column).where(UserRow.active)) if one} & judged
