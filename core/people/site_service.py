"""The site's definition between its tables and the records that the floor works with.

Every ``save_*`` checks the whole site afterwards, raises its version and commits, or changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db import tables
from core.errors import NotFound
from core.people import dialling, steering
from core.site import Account, Agent, Calendar, Did, Flow, Queue, Site, Trunk

ABOUT = ("version", "name", "realm", "demo", "timezone", "area_code")
# A supervisor's word over the calendar is kept beside the queue, not in it: an edit of the queue must not undo it.
QUEUE_COLUMNS = tuple(field.name for field in fields(Queue) if field.name != "override")


def digest_secret(extension: str, realm: str, password: str) -> str:
    """HA1 of RFC 2617 3.2.2.2: what a registrar keeps in place of the password."""
    return hashlib.md5(f"{extension}:{realm}:{password}".encode()).hexdigest()  # noqa: S324 - the protocol's


def digest_secret_sha256(extension: str, realm: str, password: str) -> str:
    """The same with SHA-256 (RFC 8760)."""
    return hashlib.sha256(f"{extension}:{realm}:{password}".encode()).hexdigest()


def account_for(extension: str, realm: str, password: str) -> Account:
    return Account(
        extension, digest_secret(extension, realm, password), digest_secret_sha256(extension, realm, password)
    )


def has_site(session: Session) -> bool:
    return session.get(tables.SiteRow, 1) is not None


def load_site(session: Session) -> Site:
    """Everything the floor must know; ``NotFound`` before ``hotline init``, ``ConfigError`` when it is at odds."""
    about = session.get(tables.SiteRow, 1, populate_existing=True)
    if about is None:
        raise NotFound("The database holds no site.", remedy="Run hotline init first.")
    queues = session.scalars(select(tables.QueueRow).order_by(tables.QueueRow.rank, tables.QueueRow.id))
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
    }
    raw = {
        **{name: getattr(about, name) for name in ABOUT},
        "queues": {
            row.id: {**{name: getattr(row, name) for name in QUEUE_COLUMNS}, "override": overrides.get(row.id, "")}
            for row in queues
        },
        "announcements": steering.standing(session),
        "agents": agents,
        "accounts": {row.extension: _values(Account, row) for row in session.scalars(select(tables.AccountRow))},
        "trunks": {row.id: _values(Trunk, row) for row in session.scalars(select(tables.TrunkRow))},
        "dids": {row.number: _values(Did, row) for row in session.scalars(select(tables.DidRow))},
        "flows": flows,
        **dialling.standing(session),
        "calendars": {row.id: _values(Calendar, row) for row in session.scalars(select(tables.CalendarRow))},
        "break_reasons": list(
            session.scalars(select(tables.BreakReasonRow.name).order_by(tables.BreakReasonRow.rank)),
        ),
        "categories": list(session.scalars(select(tables.CategoryRow.name).order_by(tables.CategoryRow.rank))),
    }
    return Site.from_json(json.dumps(raw))


def save_site(session: Session, site: Site) -> None:
    """Writes a whole site, for a new one; what is there already is replaced."""
    site.check()
    for table in (tables.AgentQueueRow, tables.BreakReasonRow, tables.CategoryRow):
        session.execute(delete(table))
    about = {name: getattr(site, name) for name in ABOUT}
    session.merge(tables.SiteRow(id=1, **about))
    for rank, queue in enumerate(site.queues.values()):
        session.merge(tables.QueueRow(rank=rank, **_queue_columns(queue)))
    for calendar in site.calendars.values():
        session.merge(tables.CalendarRow(**_plain(calendar)))
    for flow in site.flows.values():
        session.merge(tables.FlowRow(**_plain(flow)))
    for did in site.dids.values():
        session.merge(tables.DidRow(**_plain(did)))
    for trunk in site.trunks.values():
        session.merge(tables.TrunkRow(**_plain(trunk)))
    for account in site.accounts.values():
        session.merge(tables.AccountRow(**_plain(account)))
    dialling.replace_all(session, site)
    session.flush()
    for agent in site.agents.values():
        _put_agent(session, agent)
    session.add_all(tables.BreakReasonRow(name=name, rank=rank) for rank, name in enumerate(site.break_reasons))
    session.add_all(tables.CategoryRow(name=name, rank=rank) for rank, name in enumerate(site.categories))
    session.commit()


def follow_timezone(session: Session, timezone: str) -> None:
    """The setting is the site's zone: the site and its calendars that were in the former one follow it. Commits."""
    about = session.get(tables.SiteRow, 1)
    if about is None or about.timezone == timezone:
        return
    one = tables.CalendarRow
    session.execute(update(one).where(one.timezone == about.timezone).values(timezone=timezone))
    about.timezone = timezone
    _raise_version(session)
    session.commit()


def save_queue(session: Session, queue: Queue) -> Site:
    return _edit(session, lambda: session.merge(tables.QueueRow(**_queue_columns(queue))))


def save_agent(session: Session, agent: Agent) -> Site:
    return _edit(session, lambda: _put_agent(session, agent))


def save_account(session: Session, account: Account) -> Site:
    return _edit(session, lambda: session.merge(tables.AccountRow(**_plain(account))))


def save_nat(session: Session, extension: str, nat: str) -> Site:
    found = update(tables.AccountRow).where(tables.AccountRow.extension == extension)
    return _edit(session, lambda: session.execute(found.values(nat=nat)))


def save_trunk(session: Session, trunk: Trunk) -> Site:
    return _edit(session, lambda: session.merge(tables.TrunkRow(**_plain(trunk))))


def save_did(session: Session, did: Did) -> Site:
    return _edit(session, lambda: session.merge(tables.DidRow(**_plain(did))))


def save_calendar(session: Session, calendar: Calendar) -> Site:
    return _edit(session, lambda: session.merge(tables.CalendarRow(**_plain(calendar))))


def save_flow(session: Session, flow: Flow) -> Site:
    """Publishes the flow under the next free version; the given one is not looked at."""

    def put() -> None:
        newest = session.scalar(
            select(tables.FlowRow.version)
            .where(tables.FlowRow.id == flow.id)
            .order_by(tables.FlowRow.version.desc())
            .limit(1),
        )
        session.add(tables.FlowRow(**{**_plain(flow), "version": (newest or 0) + 1}))

    return _edit(session, put)


def save_phone(session: Session, account: Account, agent: Agent | None) -> None:
    """For ``core.people.service``: an account and perhaps its agent, version raised, not committed."""
    session.merge(tables.AccountRow(**_plain(account)))
    if agent is not None:
        _put_agent(session, agent)
    _raise_version(session)


def _edit(session: Session, change: Callable[[], object]) -> Site:
    try:
        change()
        _raise_version(session)
        session.flush()
        site = load_site(session)
    except BaseException:
        session.rollback()
        raise
    session.commit()
    return site


def _raise_version(session: Session) -> None:
    steering.raise_version(session)


def _put_agent(session: Session, agent: Agent) -> None:
    session.execute(delete(tables.AgentQueueRow).where(tables.AgentQueueRow.extension == agent.extension))
    session.merge(
        tables.AgentRow(extension=agent.extension, name=agent.name, skills=list(agent.skills), work_group=agent.group),
    )
    session.flush()
    session.add_all(
        tables.AgentQueueRow(extension=agent.extension, queue_id=queue, level=level)
        for queue, level in agent.queues.items()
    )


def _queue_columns(queue: Queue) -> dict[str, Any]:
    plain = _plain(queue)
    return {name: plain[name] for name in QUEUE_COLUMNS}


def _values(kind: type, row: object) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(kind)}


def _plain(record: Any) -> dict[str, Any]:
    """The record's fields in the forms that JSON columns take back: lists for tuples."""
    return {name: _listed(value) for name, value in asdict(record).items()}


def _listed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return value
