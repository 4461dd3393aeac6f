"""The office's figures and its shift templates. One function for each use case; each commits, or changes nothing."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AgentRow, RosterSettingsRow, ShiftTemplateRow
from core.errors import BadInput, HotlineError, NotFound
from core.people import audit
from core.rosters.records import HOUR, Shift, Span, Template
from core.rosters.rows import stored_breaks, template_of
from core.rosters.rules import shape_problem
from core.rosters.service import RosterSettings, settings, take_turn

# (name, start, end, breaks as usual place and window, in minutes from midnight): examples for a site that has none.
EXAMPLES = (
    ("早班", "Early shift", 480, 960, ((720, 760, 660, 810),)),
    ("中班", "Day shift", 720, 1200, ((1020, 1060, 930, 1110),)),
    ("晚班", "Late shift", 960, 1440, ((1110, 1150, 1065, 1260),)),
    ("夜班", "Night shift", 1320, 1920, ((1590, 1650, 1500, 1740),)),
)


def save_settings(session: Session, wanted: RosterSettings, by: str, at: float) -> RosterSettings:
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
        ("least_present", wanted.least_present, 0, 1000),
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
        row.least_present = wanted.least_present
        row.changed_at, row.changed_by = at, by
        audit.record(session, by, "roster_settings_changed", "roster", asdict(wanted), at)
    except BaseException:
        session.rollback()
        raise
    return settings(session)


def templates(session: Session) -> list[Template]:
    query = select(ShiftTemplateRow).where(ShiftTemplateRow.active)
    return [template_of(row) for row in session.scalars(query.order_by(ShiftTemplateRow.rank, ShiftTemplateRow.id))]


def template(session: Session, template_id: int) -> Template:
    row = session.get(ShiftTemplateRow, template_id)
    if row is None or not row.active:
        raise NotFound(
            "There is no shift template {id}.", field="template", remedy="Choose one from the list.", id=template_id
        )
    return template_of(row)


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
        row.name_en = wanted.name_en.strip()
        row.breaks, row.skills = stored_breaks(wanted), list(wanted.skills)
        row.example = False
        session.add(row)
        session.flush()
        kept = template_of(row)
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
                name_en=english,
                rank=rank,
                start_minute=start,
                end_minute=end,
                breaks=[list(pause) for pause in breaks],
                skills=[],
                active=True,
                example=True,
            )
            for rank, (name, english, start, end, breaks) in enumerate(EXAMPLES)
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
    if (found := _window_problem(wanted)) is not None:
        raise found
    known = {skill for skills in session.scalars(select(AgentRow.skills)) for skill in skills}
    for skill in wanted.skills:
        if skill not in known:
            raise BadInput(
                "No agent has the skill {skill}.", field="skills", remedy="Choose from the list.", skill=skill
            )


def _window_problem(wanted: Template) -> HotlineError | None:
    if not wanted.windows:
        return None
    if any(
        start < earliest or end > latest
        for (start, end), (earliest, latest) in zip(wanted.breaks, wanted.windows, strict=True)
    ):
        return BadInput(
            "A break does not fit into its window.",
            field="breaks",
            remedy="Widen the window, or shorten the break.",
        )
    borders = [wanted.start_minute, *(at for window in wanted.windows for at in window), wanted.end_minute]
    if borders != sorted(borders):
        return BadInput(
            "The windows of the breaks do not lie one after the other inside the shift.",
            field="breaks",
            remedy="Correct the times of the windows.",
        )
    return None
