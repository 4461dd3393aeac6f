"""The site's definition between its tables and the records that the floor works with.

One thing of it is changed through ``core.installation.editing``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from core.db import tables
from core.errors import NotFound
from core.installation import dialling, steering
from core.installation.definition import Agent, BreakReason, Calendar, Did, Flow, Installation, Queue, SipAccount, Trunk

ABOUT = ("version", "name", "realm", "demo", "timezone", "area_code")
# A supervisor's word over the calendar is kept beside the queue, not in it: an edit of the queue must not undo it.
QUEUE_COLUMNS = tuple(field.name for field in fields(Queue) if field.name != "override")


def digest_secret(extension: str, realm: str, password: str) -> str:
    """HA1 of RFC 2617 3.2.2.2: what a registrar keeps in place of the password."""
    return hashlib.md5(f"{extension}:{realm}:{password}".encode()).hexdigest()  # noqa: S324 - the protocol's


def digest_secret_sha256(extension: str, realm: str, password: str) -> str:
    """The same with SHA-256 (RFC 8760)."""
    return hashlib.sha256(f"{extension}:{realm}:{password}".encode()).hexdigest()


def account_for(extension: str, realm: str, password: str) -> SipAccount:
    return SipAccount(
        extension, digest_secret(extension, realm, password), digest_secret_sha256(extension, realm, password)
    )


def has_installation(session: Session) -> bool:
    return session.get(tables.InstallationRow, 1) is not None


def load_installation(session: Session) -> Installation:
    """Everything the floor must know; ``NotFound`` before ``hotline init``, ``ConfigError`` when it is at odds."""
    about = session.get(tables.InstallationRow, 1, populate_existing=True)
    if about is None:
        raise NotFound("The database holds no site.", remedy="Run hotline init first.")
    gone = retired(session)
    queues = [
        row
        for row in session.scalars(select(tables.QueueRow).order_by(tables.QueueRow.rank, tables.QueueRow.id))
        if ("queues", row.id) not in gone
    ]
    overrides = {row.queue_id: row.state for row in session.scalars(select(tables.QueueOverrideRow))}
    levels: dict[str, dict[str, int]] = {}
    for served in session.scalars(select(tables.AgentQueueRow)):
        levels.setdefault(served.extension, {})[served.queue_id] = served.level
    agents = {
        row.extension: {
            "extension": row.extension,
            "name": row.name,
            "skills": row.skills,
            "group": row.work_group,
            "queues": levels.get(row.extension, {}),
        }
        for row in session.scalars(select(tables.AgentRow).order_by(tables.AgentRow.extension))
    }
    flows = {
        row.id: _values(Flow, row)
        for row in session.scalars(select(tables.FlowRow).order_by(tables.FlowRow.id, tables.FlowRow.version))
        if ("flows", row.id) not in gone
    }
    raw = {
        **{name: getattr(about, name) for name in ABOUT},
        "queues": {
            row.id: {**{name: getattr(row, name) for name in QUEUE_COLUMNS}, "override": overrides.get(row.id, "")}
            for row in queues
        },
        "announcements": steering.standing(session),
        "agents": agents,
        "accounts": {row.extension: _values(SipAccount, row) for row in session.scalars(select(tables.AccountRow))},
        "trunks": {row.id: _values(Trunk, row) for row in session.scalars(select(tables.TrunkRow))},
        "dids": {row.number: _values(Did, row) for row in session.scalars(select(tables.DidRow))},
        "flows": flows,
        **dialling.standing(session),
        "calendars": {row.id: _values(Calendar, row) for row in session.scalars(select(tables.CalendarRow))},
        "break_reasons": {one.id: asdict(one) for one in _break_reasons(session)},
    }
    return Installation.from_json(json.dumps(raw))


def retired(session: Session) -> set[tuple[str, str]]:
    """Part and id of what is no longer used; its rows stay, so that what was can still be named."""
    gone = select(tables.DefinitionEditRow.part, tables.DefinitionEditRow.id).where(tables.DefinitionEditRow.retired)
    return {(part, name) for part, name in session.execute(gone)}


def of_frame(session: Session) -> tuple[list[BreakReason], bool]:
    """What every page says of the installation: the reasons of a break, and whether it is a demo."""
    return _break_reasons(session), bool(session.scalar(select(tables.InstallationRow.demo)))


def _break_reasons(session: Session) -> list[BreakReason]:
    row, edit = tables.BreakReasonRow, tables.DefinitionEditRow
    of_it = and_(edit.part == "break_reasons", edit.id == row.id)
    rows = session.execute(select(row, edit.retired).outerjoin(edit, of_it).order_by(row.rank, row.id))
    return [BreakReason(one.id, one.name, one.name_en, bool(retired)) for one, retired in rows]


def save_installation(session: Session, installation: Installation) -> None:
    """Writes a whole site, for a new one; what is there already is replaced."""
    installation.check()
    for table in (tables.AgentQueueRow, tables.BreakReasonRow):
        session.execute(delete(table))
    about = {name: getattr(installation, name) for name in ABOUT}
    session.merge(tables.InstallationRow(id=1, **about))
    for rank, queue in enumerate(installation.queues.values()):
        session.merge(tables.QueueRow(rank=rank, **queue_columns(queue)))
    for calendar in installation.calendars.values():
        session.merge(tables.CalendarRow(**plain(calendar)))
    for flow in installation.flows.values():
        session.merge(tables.FlowRow(**plain(flow)))
    for did in installation.dids.values():
        session.merge(tables.DidRow(**plain(did)))
    for trunk in installation.trunks.values():
        session.merge(tables.TrunkRow(**plain(trunk)))
    for account in installation.accounts.values():
        session.merge(tables.AccountRow(**plain(account)))
    dialling.replace_all(session, installation)
    session.flush()
    for agent in installation.agents.values():
        put_agent(session, agent)
    session.add_all(
        tables.BreakReasonRow(id=one.id, name=one.name, name_en=one.name_en, rank=rank)
        for rank, one in enumerate(installation.break_reasons.values())
    )
    session.commit()


def follow_timezone(session: Session, timezone: str) -> None:
    """The setting is the site's zone: the site and its calendars that were in the former one follow it. Commits."""
    about = session.get(tables.InstallationRow, 1)
    if about is None or about.timezone == timezone:
        return
    one = tables.CalendarRow
    session.execute(update(one).where(one.timezone == about.timezone).values(timezone=timezone))
    about.timezone = timezone
    steering.raise_version(session)
    session.commit()


def save_phone(session: Session, account: SipAccount, agent: Agent | None) -> None:
    """For ``core.people.service``: an account and perhaps its agent, version raised, not committed."""
    session.merge(tables.AccountRow(**plain(account)))
    if agent is not None:
        put_agent(session, agent)
    steering.raise_version(session)


def put_agent(session: Session, agent: Agent) -> None:
    session.execute(delete(tables.AgentQueueRow).where(tables.AgentQueueRow.extension == agent.extension))
    session.merge(
        tables.AgentRow(extension=agent.extension, name=agent.name, skills=list(agent.skills), work_group=agent.group),
    )
    session.flush()
    session.add_all(
        tables.AgentQueueRow(extension=agent.extension, queue_id=queue, level=level)
        for queue, level in agent.queues.items()
    )


def queue_columns(queue: Queue) -> dict[str, Any]:
    columns = plain(queue)
    return {name: columns[name] for name in QUEUE_COLUMNS}


def _values(kind: type, row: object) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(kind)}


def plain(record: Any) -> dict[str, Any]:
    """The record's fields in the forms that JSON columns take back: lists for tuples."""
    return {name: as_lists(value) for name, value in asdict(record).items()}


def as_lists(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [as_lists(item) for item in value]
    if isinstance(value, Mapping):
        return {key: as_lists(item) for key, item in value.items()}
    return value
