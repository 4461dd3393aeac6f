"""Flows as the office sets them: drafts that may be faulty, published once they are sound; versions stay for ever."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.clock import iso
from core.db.audit_log import note
from core.db.tables import AuditRow, FlowDraftRow, FlowRow, InstallationRow
from core.errors import Conflict, NotFound
from core.i18n import N_
from core.installation import flow_check
from core.installation.definition import Flow, Installation
from core.installation.edit_refusals import Stale, Translated
from core.installation.editing import By, Editable, Unchanged, digest, edit, in_installation, items, mark, once
from core.installation.field_checks import check_id
from core.installation.flow_check import FlowContext
from core.installation.queues import targets
from core.installation.references import uses_of_flow
from core.installation.service import load_installation, plain

PUBLISHED = "flow_published"


def _put(session: Session, flow: Flow) -> None:
    """Under the next free number; the one given is not looked at."""
    newest = session.scalar(select(func.max(FlowRow.version)).where(FlowRow.id == flow.id))
    session.add(FlowRow(**{**plain(flow), "version": (newest or 0) + 1}))


FLOWS = Editable(
    place=in_installation("flows"),
    word="flow",
    key="id",
    kind=Flow,
    missing=N_("There is no flow {id}."),
    labels={"version": N_("Version")},
    check=lambda flow, installation: flow_check.check(flow, FlowContext(installation)),
    put=_put,
    drop=lambda session, flow: session.execute(delete(FlowDraftRow).where(FlowDraftRow.id == flow)),
    uses=lambda _session, installation, flow: uses_of_flow(installation, flow),
    kept=True,
)


# --- reading ---------------------------------------------------------------------------------------------------


def listed(session: Session, clips: Collection[str]) -> dict[str, Any]:
    """Every flow with its draft and what is wrong with that, and all that a step of a flow can name."""
    installation = load_installation(session)
    return {
        "items": _all(session, installation, clips),
        "choices": {
            "queues": [{"id": one.id, "name": one.name} for one in installation.queues.values()],
            "calendars": sorted(installation.calendars),
            "targets": targets(installation),
            "clips": sorted(clips),
        },
    }


def one(session: Session, name: str, clips: Collection[str]) -> dict[str, Any]:
    found = [flow for flow in _all(session, load_installation(session), clips) if flow["id"] == name]
    if not found:
        raise NotFound(FLOWS.missing, field="id", id=name)
    return found[0]


def versions(session: Session, name: str) -> list[dict[str, Any]]:
    """Newest first, each with its steps and who published it; those from before the audit knew have nobody."""
    lines = session.scalars(select(AuditRow).where(AuditRow.action == PUBLISHED, AuditRow.subject == name))
    by = {line.detail.get("version"): line for line in lines}
    rows = list(session.scalars(select(FlowRow).where(FlowRow.id == name).order_by(FlowRow.version.desc())))
    if not rows:
        raise NotFound(FLOWS.missing, field="id", id=name)
    return [
        {
            "version": row.version,
            "start": row.start,
            "nodes": row.nodes,
            "changed_by": by[row.version].user_name if row.version in by else "",
            "changed_at": iso(by[row.version].at) if row.version in by else None,
        }
        for row in rows
    ]


def _all(session: Session, installation: Installation, clips: Collection[str]) -> list[dict[str, Any]]:
    drafts = {row.id: _draft(row, installation, clips) for row in session.scalars(select(FlowDraftRow))}
    new = [name for name in sorted(drafts) if name not in installation.flows]
    empty = {"version": 0, "start": "", "nodes": {}, "used_by": [], "changed_by": "", "changed_at": None}
    found = [{**flow, "version": int(flow["version"])} for flow in items(session, FLOWS, installation)]
    return [{**flow, "draft": drafts.get(flow["id"])} for flow in (*found, *({"id": name, **empty} for name in new))]


def _draft(row: FlowDraftRow, installation: Installation, clips: Collection[str]) -> dict[str, Any]:
    """``faults`` are errors with field and remedy, for whoever shows them in words."""
    return {
        "version": _version_of(row),
        "based_on": row.based_on,
        "start": row.start,
        "nodes": row.nodes,
        "changed_by": row.changed_by,
        "changed_at": iso(row.changed_at),
        "faults": flow_check.faults(Flow(row.id, 0, row.start, row.nodes), FlowContext(installation, clips)),
    }


def _version_of(row: FlowDraftRow) -> str:
    return digest({"based_on": row.based_on, "start": row.start, "nodes": row.nodes})


# --- changing --------------------------------------------------------------------------------------------------


def save_draft(
    session: Session, name: str, start: str, nodes: Mapping[str, Any], by: By, version: str | None = None
) -> None:
    """Callers hear nothing of it. ``version`` is that of the draft that was looked at. Commits."""
    check_id(name)
    try:
        row = _locked(session, name)
        if version is not None and (row is None or version != _version_of(row)):
            raise _changed(name, row)
        newest = session.scalar(select(func.max(FlowRow.version)).where(FlowRow.id == name)) or 0
        saved = FlowDraftRow(
            id=name,
            # Whoever goes on with a draft still builds on what it began from.
            based_on=row.based_on if row is not None and version is not None else newest,
            start=start,
            nodes=dict(nodes),
            changed_by=by.user,
            changed_at=by.at,
        )
        session.merge(saved)
        note(session, by.user, "flow_draft_saved", name, {"based_on": saved.based_on, "steps": len(nodes)}, by.at)
    except BaseException:
        session.rollback()
        raise
    session.commit()


def drop_draft(session: Session, name: str, by: By) -> None:
    """Commits."""
    try:
        row = _locked(session, name)
        if row is None:
            raise _no_draft(name)
        session.delete(row)
        note(session, by.user, "flow_draft_dropped", name, {"start": row.start, "nodes": row.nodes}, by.at)
    except BaseException:
        session.rollback()
        raise
    session.commit()


def publish(session: Session, name: str, by: By, clips: Collection[str], version: str | None = None) -> int:
    """The draft becomes what callers hear from their next call on; ``Unsound`` names all that is wrong with it.
    Answers with the new number; the same once more under the same key publishes nothing."""

    def work(installation: Installation) -> None:
        once(session, by, {"publish": name, "version": version}, name)
        row = session.get(FlowDraftRow, name)
        if row is None:
            raise _no_draft(name)
        if version is not None and version != _version_of(row):
            raise _changed(name, row)
        now = installation.flows[name].version if name in installation.flows else 0
        if row.based_on < now:
            raise Conflict(
                "Version {version} was published after this draft was begun.",
                field="version",
                remedy="Look at that version, and save your draft anew.",
                version=now,
            )
        flow = Flow(name, 0, row.start, row.nodes)
        flow_check.check(flow, FlowContext(installation, clips))
        session.delete(row)
        _publish(session, flow, by)

    try:
        installation = edit(session, work)
    except Unchanged:
        installation = load_installation(session)
    return installation.flows[name].version


def publish_flow(session: Session, flow: Flow, by: By) -> Installation:
    """Without a draft, for programs; recordings are not looked for."""

    def work(installation: Installation) -> None:
        flow_check.check(flow, FlowContext(installation))
        _publish(session, flow, by)

    return edit(session, work)


def _publish(session: Session, flow: Flow, by: By) -> None:
    _put(session, flow)
    session.flush()
    number = session.scalar(select(func.max(FlowRow.version)).where(FlowRow.id == flow.id))
    mark(session, "flows", flow.id, by)
    note(session, by.user, PUBLISHED, flow.id, {"version": number, "start": flow.start, "nodes": flow.nodes}, by.at)


def _locked(session: Session, name: str) -> FlowDraftRow | None:
    # A write, so that whoever saves or publishes at the same time waits here.
    session.execute(update(InstallationRow).values(version=InstallationRow.version))
    return session.get(FlowDraftRow, name)


def _no_draft(name: str) -> NotFound:
    return NotFound("There is no draft of {id}.", field="id", remedy="Save one first.", id=name)


def _changed(name: str, row: FlowDraftRow | None) -> Conflict:
    if row is None:
        return Conflict(
            "This draft was published or dropped meanwhile.",
            field="version",
            remedy="Look at the flow as it stands now, and make your change again.",
        )
    current = {"id": name, "version": _version_of(row), "start": row.start, "nodes": row.nodes}
    return Stale(current, row.changed_by, Translated(N_("another draft of the flow.")))
