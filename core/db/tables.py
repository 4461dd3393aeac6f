"""Every table of the operational database, columns only. Rules live in the services that use them.

Times are UTC: epoch seconds (``float``) or, in the event log, microseconds. Rows of the site's definition carry
the same field names as the records of ``core.site``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """One catalogue; names of constraints are fixed, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's form
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


# --- the event log -----------------------------------------------------------------------------------------


class EventRow(Base):
    """Append only; ``core.db.event_log`` is the only writer."""

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_kind_at", "kind", "at_us"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    at_us: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(64), index=True)
    payload: Mapped[str] = mapped_column(Text)


# --- people ------------------------------------------------------------------------------------------------


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


class LoginAttemptRow(Base):
    """Failed log-ins since the last good one."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[float]


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


# --- the site's definition -----------------------------------------------------------------------------------


class SiteRow(Base):
    """Exactly one row; ``version`` rises with every edit."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    realm: Mapped[str] = mapped_column(String(64))
    demo: Mapped[bool]
    timezone: Mapped[str] = mapped_column(String(40))


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
    __tablename__ = "accounts"

    extension: Mapped[str] = mapped_column(String(20), primary_key=True)
    ha1: Mapped[str] = mapped_column(String(32))
    ha1_sha256: Mapped[str] = mapped_column(String(64))


class TrunkRow(Base):
    __tablename__ = "trunks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    peers: Mapped[list[Any]]
    gateway: Mapped[str | None] = mapped_column(String(100))
    caller: Mapped[str] = mapped_column(String(40))


class DidRow(Base):
    __tablename__ = "dids"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    target: Mapped[str] = mapped_column(String(80))


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

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    rank: Mapped[int]


class CategoryRow(Base):
    __tablename__ = "categories"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    rank: Mapped[int]


# --- customers -----------------------------------------------------------------------------------------------


class CustomerRow(Base):
    """``kind``: residential or business. Where the meter is, in WGS 84 degrees, as far as it is known."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    district: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    synthetic: Mapped[bool] = mapped_column(default=False)


class CustomerPhoneRow(Base):
    __tablename__ = "customer_phones"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)


class MeterRow(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    diameter_mm: Mapped[int]
    last_reading: Mapped[float]
    read_on: Mapped[str] = mapped_column(String(10))


class BillRow(Base):
    """Money in fen, so that sums are exact. ``period`` is ``YYYY-MM``."""

    __tablename__ = "bills"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    volume_m3: Mapped[float]
    amount_fen: Mapped[int]
    paid: Mapped[bool]


class AddressRow(Base):
    """The gazetteer: streets and estates of the supply area, WGS 84 degrees."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100), index=True)
    longitude: Mapped[float]
    latitude: Mapped[float]


# --- alerts --------------------------------------------------------------------------------------------------


class AlertRuleRow(Base):
    """A figure, where it is looked at and from which value on somebody must know; see ``core.notify.rules``.

    ``queue_limits``: the queue's own ``warn_wait_s`` and ``alarm_wait_s`` take the place of ``warn`` and ``alarm``.
    ``recipients`` are role names and user names. ``example`` marks what was shipped.
    """

    __tablename__ = "alert_rules"
    # An id is never used twice: old alerts name the rule they came from.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100))
    figure: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[str] = mapped_column(String(64), default="")
    comparison: Mapped[str] = mapped_column(String(10))
    warn: Mapped[float | None]
    alarm: Mapped[float | None]
    clear: Mapped[float | None]
    queue_limits: Mapped[bool] = mapped_column(default=False)
    raise_after_s: Mapped[float]
    clear_after_s: Mapped[float]
    least_sample: Mapped[int] = mapped_column(default=0)
    sound: Mapped[bool]
    recipients: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class AlertRow(Base):
    """One alert from its raising to its end, with the rule as it stood then.

    ``open_key`` is rule and subject while the alert is open and null afterwards: the database itself refuses a
    second open alert of the same rule and subject.
    """

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    rule_id: Mapped[int] = mapped_column(index=True)
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    rule: Mapped[dict[str, Any]]
    figure: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject_name: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str | None] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(10))
    threshold: Mapped[float]
    value: Mapped[float]
    worst: Mapped[float]
    raised_at: Mapped[float] = mapped_column(index=True)
    cleared_at: Mapped[float | None]
    cleared_why: Mapped[str] = mapped_column(String(20), default="")
    acknowledged_at: Mapped[float | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    acknowledged_words: Mapped[str] = mapped_column(String(500), default="")
    receipts: Mapped[list[Any]]


# --- supervision ---------------------------------------------------------------------------------------------


class CallMarkRow(Base):
    """A call put aside for later; ``kind``: qa or training."""

    __tablename__ = "call_marks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    user_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[float]


class AnnouncementRow(Base):
    """What callers hear first while it stands; ``area`` null is everybody."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str] = mapped_column(String(1000))
    area: Mapped[str | None] = mapped_column(String(100))
    active_from: Mapped[float]
    active_until: Mapped[float | None]
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    ended_by: Mapped[str | None] = mapped_column(String(64))


class StaffMessageRow(Base):
    """A line from a supervisor to one desk, or to all when ``to_extension`` is null."""

    __tablename__ = "staff_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(index=True)
    from_user: Mapped[str] = mapped_column(String(64))
    to_extension: Mapped[str | None] = mapped_column(String(20), index=True)
    text: Mapped[str] = mapped_column(String(1000))


class QueueOverrideRow(Base):
    """A supervisor's word over the calendar; ``state``: open or closed."""

    __tablename__ = "queue_overrides"

    queue_id: Mapped[str] = mapped_column(ForeignKey("queues.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    by_user: Mapped[str] = mapped_column(String(64))
    at: Mapped[float]


# --- rosters -------------------------------------------------------------------------------------------------


class RosterSettingsRow(Base):
    """Exactly one row. ``version`` rises with every change of any roster: writers take turns on this row."""

    __tablename__ = "roster_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    least_rest_s: Mapped[float]
    most_week_s: Mapped[float]
    due_week_s: Mapped[float]
    most_days_in_row: Mapped[int]
    service_target: Mapped[float]
    most_occupancy: Mapped[float]
    shrinkage: Mapped[float]
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class ShiftTemplateRow(Base):
    """Minutes from the local midnight; ``breaks`` is a list of ``[start, end]`` in the same minutes."""

    __tablename__ = "shift_templates"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    breaks: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)


class RosterShiftRow(Base):
    """One shift of one agent; ``breaks`` in epoch seconds. Kept when the agent is gone, so no foreign key."""

    __tablename__ = "roster_shifts"
    __table_args__ = (
        Index("ix_roster_shifts_extension_day", "extension", "day"),
        # Swaps and links name a shift: its id is never used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    extension: Mapped[str] = mapped_column(String(20))
    day: Mapped[str] = mapped_column(String(10), index=True)
    template_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[float] = mapped_column(index=True)
    ends_at: Mapped[float]
    breaks: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class RosterLeaveRow(Base):
    """``state``: asked, approved, refused, withdrawn."""

    __tablename__ = "roster_leaves"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    starts_at: Mapped[float] = mapped_column(index=True)
    ends_at: Mapped[float]
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[float]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[float | None]
    decided_words: Mapped[str] = mapped_column(String(200), default="")


class RosterSwapRow(Base):
    """A shift that changes hands; ``other_shift_id`` is what comes back for it, if anything does.

    ``state``: asked, accepted, approved, declined, refused, withdrawn, lapsed. ``open_key`` is the shift while the
    swap is open: the database itself refuses a second one.
    """

    __tablename__ = "roster_swaps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    shift_id: Mapped[int] = mapped_column(BigId, index=True)
    other_shift_id: Mapped[int | None] = mapped_column(BigId)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    other_extension: Mapped[str] = mapped_column(String(20), index=True)
    shift: Mapped[dict[str, Any]]
    other_shift: Mapped[dict[str, Any]]
    words: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[float]
    answered_at: Mapped[float | None]
    decided_at: Mapped[float | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_words: Mapped[str] = mapped_column(String(200), default="")


class RosterDraftRow(Base):
    """A proposed roster; ``state``: running, done, failed, cancelled, taken. Times of its shifts are wall clock."""

    __tablename__ = "roster_drafts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[str] = mapped_column(String(10))
    days: Mapped[int]
    wanted: Mapped[dict[str, Any]]
    progress: Mapped[dict[str, Any]]
    shifts: Mapped[list[Any]]
    report: Mapped[dict[str, Any]]
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[float] = mapped_column(index=True)
    ended_at: Mapped[float | None]


class RosterLinkRow(Base):
    """A calendar's subscription to one roster. ``id`` is the SHA-256 of its token, which only reads."""

    __tablename__ = "roster_links"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]
