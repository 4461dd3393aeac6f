"""Users, their sessions and failed log-ins, and who did what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class UserRow(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    extension: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[float]


class LoginPlaceRow(Base):
    """Where a person has signed in: a network address, or a browser by its mark."""

    __tablename__ = "login_places"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_at: Mapped[float]


class RoleRightRow(Base):
    """How far a right of a role reaches: one cell of the table role → rights."""

    __tablename__ = "role_rights"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    right: Mapped[str] = mapped_column(String(40), primary_key=True)
    scope: Mapped[str] = mapped_column(String(10))
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]


class SessionRow(Base):
    """A signed-in browser or program. ``id`` is the SHA-256 of its token: a stolen table signs nobody in."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[float]
    expires_at: Mapped[float]
    revoked_at: Mapped[float | None]


class AuditRow(Base):
    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(index=True)
    user_name: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    detail: Mapped[dict[str, Any]]
    # Of this row and the one before it: ``core.db.audit_log``.
    hash: Mapped[str] = mapped_column(String(64), default="")


class AuditHeadRow(Base):
    """Exactly one row: how many rows the chain of the audit has, and the hash of the last."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    n: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
