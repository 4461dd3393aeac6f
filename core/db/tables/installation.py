"""What the office sets up: queues, agents, phones, trunks, flows, calendars.

Fields as in ``core.installation.definition``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base


class InstallationRow(Base):
    """Exactly one row; ``version`` rises with every edit."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    realm: Mapped[str] = mapped_column(String(64))
    demo: Mapped[bool]
    timezone: Mapped[str] = mapped_column(String(40))
    area_code: Mapped[str] = mapped_column(String(5), default="", server_default="")


class QueueRow(Base):
    __tablename__ = "queues"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rank: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(64))
    ring_s: Mapped[float]
    wrap_up_s: Mapped[float]
    max_wait_s: Mapped[float]
    service_level_s: Mapped[float]
    priority: Mapped[int]
    skills: Mapped[list[Any]]
    announce_every_s: Mapped[float]
    announce_position: Mapped[bool]
    announce_wait: Mapped[bool]
    overflow_waiting: Mapped[int | None]
    on_overflow: Mapped[str] = mapped_column(String(80))
    on_max_wait: Mapped[str] = mapped_column(String(80))
    on_no_agents: Mapped[str | None] = mapped_column(String(80))
    calendar: Mapped[str | None] = mapped_column(String(40))
    on_closed: Mapped[str] = mapped_column(String(80))
    warn_wait_s: Mapped[float]
    alarm_wait_s: Mapped[float]
    name_en: Mapped[str] = mapped_column(String(64), default="", server_default="")
    ring_strategy: Mapped[str] = mapped_column(String(16), default="longest_idle", server_default="longest_idle")


class AgentRow(Base):
    """``work_group`` is the record's ``group``, a reserved word in SQL."""

    __tablename__ = "agents"

    extension: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    skills: Mapped[list[Any]]
    work_group: Mapped[str] = mapped_column(String(64))


class AgentQueueRow(Base):
    __tablename__ = "agent_queues"

    extension: Mapped[str] = mapped_column(ForeignKey("agents.extension"), primary_key=True)
    queue_id: Mapped[str] = mapped_column(ForeignKey("queues.id"), primary_key=True)
    level: Mapped[int]


class AccountRow(Base):
    """Both secrets are sealed by ``core.vault``."""

    __tablename__ = "accounts"

    extension: Mapped[str] = mapped_column(String(20), primary_key=True)
    ha1: Mapped[str] = mapped_column(String(200))
    ha1_sha256: Mapped[str] = mapped_column(String(200))
    nat: Mapped[str] = mapped_column(String(4), default="", server_default="")


class TrunkRow(Base):
    __tablename__ = "trunks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    peers: Mapped[list[Any]]
    gateway: Mapped[str | None] = mapped_column(String(400))
    caller: Mapped[str] = mapped_column(String(40))
    trusted: Mapped[bool] = mapped_column(default=True, server_default=true())


class DidRow(Base):
    __tablename__ = "dids"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    target: Mapped[str] = mapped_column(String(80))


class DialRightRow(Base):
    """What the office has set over the shipped rights to dial."""

    __tablename__ = "dial_rights"

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    classes: Mapped[list[Any]]
    hours: Mapped[str | None] = mapped_column(String(40))
    most_at_once: Mapped[int | None]
    changed_by: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[float] = mapped_column(default=0.0)


class NumberRuleRow(Base):
    """The office's own patterns of numbers, asked before the shipped ones."""

    __tablename__ = "number_rules"

    pattern: Mapped[str] = mapped_column(String(40), primary_key=True)
    number_class: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int]


class FlowRow(Base):
    """A flow is never edited in place: a new version is a new row, the highest one is served."""

    __tablename__ = "flows"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start: Mapped[str] = mapped_column(String(64))
    nodes: Mapped[dict[str, Any]]


class CalendarRow(Base):
    __tablename__ = "calendars"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    weekly: Mapped[list[Any]]
    holidays: Mapped[list[Any]]
    workdays: Mapped[list[Any]]
    timezone: Mapped[str] = mapped_column(String(40))


class BreakReasonRow(Base):
    __tablename__ = "break_reasons"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64), default="", server_default="")
    rank: Mapped[int]


class DefinitionEditRow(Base):
    """Who touched a queue, an agent, a number … last. ``part`` is its place in the definition; of what is ``retired``
    and has a history the row stays in its own table."""

    __tablename__ = "definition_edits"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class FlowDraftRow(Base):
    """A flow that somebody works on, one for each id. ``based_on`` is the version it began from, 0 for a new flow."""

    __tablename__ = "flow_drafts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    based_on: Mapped[int]
    start: Mapped[str] = mapped_column(String(64))
    nodes: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
