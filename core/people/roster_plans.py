"""What rosters are made from and with: the office's figures, shift templates, proposed drafts, calendar links.

Every function commits, or changes nothing. Drafts are worked out elsewhere; here they are kept and taken over.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db.tables import (
    AgentRow,
    RosterDraftRow,
    RosterLinkRow,
    RosterSettingsRow,
    RosterShiftRow,
    ShiftTemplateRow,
)
from core.errors import BadInput, Conflict, NotFound
from core.people import audit
from core.people.roster_rules import Shift, Span, Template, problem, shape_problem
from core.people.rosters import (
    NEIGHBOUR_DAYS,
    Settings,
    agent_row,
    by_agent,
    fill,
    later,
    remove_rows,
    roster,
    settings,
    take_turn,
)

HOUR = 3600.0
DRAFTS_KEPT = 20

# (name, start, end, breaks in minutes from midnight): examples for a site that has none.
EXAMPLES = (
    ("早班", 480, 960, ((720, 760),)),
    ("中班", 720, 1200, ((1020, 1060),)),
    ("晚班", 960, 1440, ((1110, 1150),)),
    ("夜班", 1320, 1920, ((1590, 1650),)),
)


# --- figures and templates ---------------------------------------------------------------------------------------


def save_settings(session: Session, wanted: Settings, by: str, at: float) -> Settings:
    """Rules count from now on; what stands in the roster is not changed by them."""
    rules = wanted.rules
    limits = (
        ("least_rest_h", rules.least_rest_s / HOUR, 0, 24),
        ("most_week_h", rules.most_week_s / HOUR, 1, 100),
        ("due_week_h", wanted.due_week_s / HOUR, 0, rules.most_week_s / HOUR),
        ("most_days_in_row", rules.most_days_in_row, 1, 14),
        ("service_target", wanted.service_target, 0.01, 0.999),
        ("most_occupancy", wanted.most_occupancy, 0.1, 1.0),
        ("shrinkage", wanted.shrinkage, 0.0, 0.9),
    )
    for field, value, least, most in limits:
        if not least <= value <= most:
            raise BadInput(
                "This figure must lie between {least} and {most}.",
                field=field,
                remedy="Correct the figure.",
                least=f"{least:g}",
                most=f"{most:g}",
            )
    try:
        take_turn(session)
        row = session.get_one(RosterSettingsRow, 1, populate_existing=True)
        row.least_rest_s, row.most_week_s, row.due_week_s = rules.least_rest_s, rules.most_week_s, wanted.due_week_s
        row.most_days_in_row, row.service_target = rules.most_days_in_row, wanted.service_target
        row.most_occupancy, row.shrinkage = wanted.most_occupancy, wanted.shrinkage
        row.changed_at, row.changed_by = at, by
        audit.record(session, by, "roster_settings_changed", "roster", asdict(wanted), at)
    except BaseException:
        session.rollback()
        raise
    return settings(session)


def templates(session: Session) -> list[Template]:
    query = select(ShiftTemplateRow).where(ShiftTemplateRow.active)
    return [_template(row) for row in session.scalars(query.order_by(ShiftTemplateRow.rank, ShiftTemplateRow.id))]


def template(session: Session, template_id: int) -> Template:
    row = session.get(ShiftTemplateRow, template_id)
    if row is None or not row.active:
        raise NotFound(
            "There is no shift template {id}.", field="template", remedy="Choose one from the list.", id=template_id
        )
    return _template(row)


def save_template(session: Session, wanted: Template, by: str, at: float) -> Template:
    """``id`` 0 adds one. Shifts made from it keep their own times."""
    _check_template(session, wanted)
    try:
        take_turn(session)
        if wanted.id:
            template(session, wanted.id)
            row = session.get_one(ShiftTemplateRow, wanted.id)
        else:
            last = session.scalar(select(ShiftTemplateRow.rank).order_by(ShiftTemplateRow.rank.desc()).limit(1))
            row = ShiftTemplateRow(rank=0 if last is None else last + 1, active=True)
        row.name, row.start_minute, row.end_minute = wanted.name.strip(), wanted.start_minute, wanted.end_minute
        row.breaks, row.skills = [list(pause) for pause in wanted.breaks], list(wanted.skills)
        row.example = False
        session.add(row)
        session.flush()
        kept = _template(row)
        audit.record(session, by, "shift_template_saved", kept.name, asdict(kept), at)
    except BaseException:
        session.rollback()
        raise
    return kept


def remove_template(session: Session, template_id: int, by: str, at: float) -> None:
    try:
        take_turn(session)
        gone = template(session, template_id)
        session.get_one(ShiftTemplateRow, template_id).active = False
        audit.record(session, by, "shift_template_removed", gone.name, asdict(gone), at)
    except BaseException:
        session.rollback()
        raise


def load_examples(session: Session, by: str, at: float) -> list[Template]:
    """Shipped templates, for a site that has none; an office with its own keeps them alone."""
    if not templates(session):
        take_turn(session)
        session.add_all(
            ShiftTemplateRow(
                name=name,
                rank=rank,
                start_minute=start,
                end_minute=end,
                breaks=[list(pause) for pause in breaks],
                skills=[],
                active=True,
                example=True,
            )
            for rank, (name, start, end, breaks) in enumerate(EXAMPLES)
        )
        audit.record(session, by, "shift_templates_loaded", "examples", {"n": len(EXAMPLES)}, at)
    return templates(session)


def _check_template(session: Session, wanted: Template) -> None:
    if not wanted.name.strip():
        raise BadInput("A shift needs a name.", field="name", remedy="Give a short one, such as the time of day.")
    if not 0 <= wanted.start_minute < 1440:
        raise BadInput("A shift begins within its day.", field="start", remedy="Give a time from 00:00 to 23:59.")
    pauses = tuple(Span(60.0 * start, 60.0 * end) for start, end in wanted.breaks)
    alone = Shift("", "1970-01-01", 60.0 * wanted.start_minute, 60.0 * wanted.end_minute, breaks=pauses)
    if (found := shape_problem(alone)) is not None:
        raise found
    known = {skill for skills in session.scalars(select(AgentRow.skills)) for skill in skills}
    for skill in wanted.skills:
        if skill not in known:
            raise BadInput(
                "No agent has the skill {skill}.", field="skills", remedy="Choose from the list.", skill=skill
            )


def _template(row: ShiftTemplateRow) -> Template:
    pauses = tuple((start, end) for start, end in row.breaks)
    return Template(row.id, row.name, row.start_minute, row.end_minute, pauses, tuple(row.skills))


# --- drafts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """``shifts`` have id 0. ``report`` holds what was reached, in figures; ``progress`` how far the work is."""

    id: int
    state: str
    first_day: str
    days: int
    wanted: dict[str, Any]
    progress: dict[str, Any]
    report: dict[str, Any]
    shifts: tuple[Shift, ...]
    asked_by: str
    asked_at: float
    ended_at: float | None


def begin_draft(session: Session, first_day: str, days: int, wanted: dict[str, Any], by: str, at: float) -> Draft:
    """``Conflict`` while another one is being worked out."""
    try:
        take_turn(session)
        if session.scalar(select(RosterDraftRow.id).where(RosterDraftRow.state == "running")) is not None:
            raise Conflict("A proposal is being worked out already.", remedy="Wait until it is done, or cancel it.")
        row = RosterDraftRow(
            state="running",
            first_day=first_day,
            days=days,
            wanted=wanted,
            progress={},
            shifts=[],
            report={},
            asked_by=by,
            asked_at=at,
        )
        session.add(row)
        session.flush()
        old = select(RosterDraftRow.id).order_by(RosterDraftRow.id.desc()).offset(DRAFTS_KEPT)
        session.execute(delete(RosterDraftRow).where(RosterDraftRow.id.in_(list(session.scalars(old)))))
        audit.record(session, by, "roster_proposal_asked", first_day, {"draft": row.id, "days": days, **wanted}, at)
    except BaseException:
        session.rollback()
        raise
    return _draft(row)


def draft(session: Session, draft_id: int) -> Draft:
    row = session.get(RosterDraftRow, draft_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no proposal {id}.", field="id", id=draft_id)
    return _draft(row)


def newest_draft(session: Session) -> Draft | None:
    row = session.scalars(select(RosterDraftRow).order_by(RosterDraftRow.id.desc()).limit(1)).first()
    return None if row is None else _draft(row)


def note_progress(session: Session, draft_id: int, progress: dict[str, Any]) -> None:
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.id == draft_id, RosterDraftRow.state == "running")
        .values(progress=progress)
    )
    session.commit()


def end_draft(
    session: Session, draft_id: int, state: str, at: float, *, shifts: Sequence[Shift] = (), report: dict[str, Any]
) -> None:
    """Only a running one ends; a word that comes too late changes nothing."""
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.id == draft_id, RosterDraftRow.state == "running")
        .values(state=state, ended_at=at, shifts=[asdict(shift) for shift in shifts], report=report)
    )
    session.commit()


def end_orphans(session: Session, report: dict[str, Any], at: float) -> None:
    """At a start: what was being worked out when the house ended will never be done."""
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.state == "running")
        .values(state="failed", ended_at=at, report=report)
    )
    session.commit()


def take_over(session: Session, draft_id: int, today: str, by: str, at: float, zone: ZoneInfo) -> dict[str, int]:
    """The draft becomes the roster of its days: equal shifts stay, others go, its own come. All or nothing.

    Checked anew against the rules, since leave and neighbours may have changed since it was worked out.
    """
    try:
        take_turn(session)
        row = session.get(RosterDraftRow, draft_id, populate_existing=True)
        if row is None or row.state != "done":
            raise Conflict("This proposal cannot be taken over.", field="id", remedy="Ask for a new one.")
        if row.first_day <= today:
            raise Conflict(
                "The days of this proposal have begun.", field="id", remedy="Ask for one that begins tomorrow."
            )
        wanted = _draft(row)
        counts = _replace(session, wanted, by, at, zone)
        row.state = "taken"
        audit.record(session, by, "roster_proposal_taken", wanted.first_day, {"draft": draft_id, **counts}, at)
    except BaseException:
        session.rollback()
        raise
    return counts


def _replace(session: Session, wanted: Draft, by: str, at: float, zone: ZoneInfo) -> dict[str, int]:
    near = roster(session, later(wanted.first_day, -NEIGHBOUR_DAYS), wanted.days + 2 * NEIGHBOUR_DAYS, zone)
    last = later(wanted.first_day, wanted.days)
    inside = [shift for shift in near.shifts if wanted.first_day <= shift.day < last]
    standing = {_place(shift): shift for shift in inside}
    new = [shift for shift in wanted.shifts if _place(shift) not in standing]
    places = {_place(shift) for shift in wanted.shifts}
    gone = [shift for shift in inside if _place(shift) not in places]
    gone_ids = {shift.id for shift in gone}
    # Negative ids tell the new ones apart while each is held against all others.
    numbered = [replace(shift, id=-n) for n, shift in enumerate(new, 1)]
    after = by_agent([*(shift for shift in near.shifts if shift.id not in gone_ids), *numbered])
    rules, skills = settings(session).rules, {row.extension: row.skills for row in session.scalars(select(AgentRow))}
    for shift in numbered:
        agent_row(session, shift.extension)
        leaves = [leave for leave in near.leaves if leave.extension == shift.extension]
        found = problem(shift, after[shift.extension], leaves, skills[shift.extension], rules, zone)
        if found is not None:
            raise found
    remove_rows(session, gone_ids, at)
    for shift in new:
        kept = RosterShiftRow()
        fill(kept, shift, by, at)
        session.add(kept)
    session.flush()
    return {"added": len(new), "removed": len(gone), "kept": len(inside) - len(gone)}


def _place(shift: Shift) -> tuple[str, float, float]:
    return shift.extension, shift.starts_at, shift.ends_at


def _draft(row: RosterDraftRow) -> Draft:
    return Draft(
        row.id,
        row.state,
        row.first_day,
        row.days,
        row.wanted,
        row.progress,
        row.report,
        tuple(_shift(kept) for kept in row.shifts),
        row.asked_by,
        row.asked_at,
        row.ended_at,
    )


def _shift(kept: dict[str, Any]) -> Shift:
    return Shift(**{**kept, "breaks": tuple(Span(*pause) for pause in kept["breaks"]), "skills": tuple(kept["skills"])})


# --- calendar links ----------------------------------------------------------------------------------------------


def make_link(session: Session, extension: str, by: str, at: float) -> str:
    """A token that reads this one roster and nothing else; earlier links of it end. Only its hash is kept."""
    agent_row(session, extension)
    token = secrets.token_urlsafe(24)
    _end_links(session, extension, at)
    session.add(RosterLinkRow(id=_hash(token), extension=extension, created_by=by, created_at=at))
    audit.record(session, by, "roster_link_made", extension, {}, at)
    return token


def end_links(session: Session, extension: str, by: str, at: float) -> None:
    _end_links(session, extension, at)
    audit.record(session, by, "roster_link_ended", extension, {}, at)


def extension_of_link(session: Session, token: str) -> str | None:
    row = session.get(RosterLinkRow, _hash(token))
    return row.extension if row is not None and row.revoked_at is None else None


def has_link(session: Session, extension: str) -> bool:
    query = select(RosterLinkRow.id).where(RosterLinkRow.extension == extension, RosterLinkRow.revoked_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def _end_links(session: Session, extension: str, at: float) -> None:
    session.execute(
        update(RosterLinkRow)
        .where(RosterLinkRow.extension == extension, RosterLinkRow.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
