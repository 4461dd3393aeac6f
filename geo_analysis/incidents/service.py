"""Incidents in the database: raised by the watch, decided by a supervisor. Every decision leaves an audit line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import audit_log
from core.db.tables import IncidentRow, WorkOrderRow
from core.errors import BadInput, Conflict, NotFound
from core.i18n import N_, _
from core.workorders.places import distance_m
from geo_analysis.incidents.detect import Burst, PlacedReport

State = Literal["suspected", "accepted", "dismissed", "closed", "merged"]
Decision = Literal["accept", "dismiss", "close", "merge"]
OPEN: tuple[State, ...] = ("suspected", "accepted")
FROM: dict[Decision, tuple[State, ...]] = {
    "accept": ("suspected",), "dismiss": ("suspected",), "close": ("accepted",), "merge": OPEN,
}  # fmt: skip
STATES: dict[str, str] = {
    "suspected": N_("suspected"), "accepted": N_("confirmed"), "dismissed": N_("dismissed"), "closed": N_("dealt with"),
    "merged": N_("merged"),
}  # fmt: skip
TO: dict[Decision, State] = {"accept": "accepted", "dismiss": "dismissed", "close": "closed", "merge": "merged"}
# What a report may lie outside the circle and still be of the incident, and for how long after the last one.
REACH = 1.5
LASTS_S = 6 * 3600.0
LONGEST_PAGE = 200


def incidents(session: Session, states: Sequence[str], before: int | None, limit: int) -> list[IncidentRow]:
    """Newest first."""
    query = select(IncidentRow).order_by(IncidentRow.id.desc()).limit(min(limit, LONGEST_PAGE))
    if states:
        query = query.where(IncidentRow.state.in_(states))
    if before is not None:
        query = query.where(IncidentRow.id < before)
    return list(session.scalars(query))


def one(session: Session, incident_id: int) -> IncidentRow:
    row = session.get(IncidentRow, incident_id)
    if row is None:
        raise NotFound("There is no incident {id}.", field="id", id=incident_id)
    return row


def reports(session: Session, since: float, category: str) -> list[PlacedReport]:
    """Orders with a place, by their opening; what was merged into another is no report of its own."""
    row = WorkOrderRow
    query = (
        select(row.id, row.created_at, row.longitude, row.latitude, row.caller)
        .where(row.created_at >= since, row.longitude.is_not(None), row.latitude.is_not(None), row.parent == "")
        .where((row.category == category) | row.category.startswith(f"{category}.", autoescape=True))
        .order_by(row.created_at, row.id)
    )
    return [
        PlacedReport(order, at, longitude, latitude, caller)
        for order, at, longitude, latitude, caller in session.execute(query)
        if longitude is not None and latitude is not None
    ]


def nearby(rows: Sequence[IncidentRow], report: PlacedReport) -> IncidentRow | None:
    """The incident that this report belongs to, one that was decided on lately included: it is not raised again."""
    for row in rows:
        away = distance_m(row.longitude, row.latitude, report.longitude, report.latitude)
        if away <= REACH * row.radius_m and row.began_at <= report.at <= row.last_report_at + LASTS_S:
            return row
    return None


def still_near(session: Session, now: float) -> list[IncidentRow]:
    """Incidents that new reports may belong to."""
    lately = IncidentRow.last_report_at >= now - LASTS_S
    query = select(IncidentRow).where(lately, IncidentRow.state != "merged").order_by(IncidentRow.id.desc())
    return list(session.scalars(query))


def add_report(row: IncidentRow, report: PlacedReport) -> None:
    if report.id not in row.orders:
        row.orders = [*row.orders, report.id]
        row.last_report_at = max(row.last_report_at, report.at)


def raised(session: Session, burst: Burst, now: float) -> IncidentRow:
    """Not committed."""
    first = session.get(WorkOrderRow, burst.reports[0])
    row = IncidentRow(
        state="suspected",
        began_at=burst.began_at,
        raised_at=now,
        last_report_at=now,
        longitude=burst.longitude,
        latitude=burst.latitude,
        radius_m=burst.radius_m,
        district=first.district if first else "",
        observed=burst.observed,
        expected=burst.expected,
        p=burst.p,
        recurrence_days=burst.recurrence_days,
        orders=list(burst.reports),
        words="",
        decided_by="",
    )
    session.add(row)
    session.flush()
    told = {"orders": len(burst.reports), "recurrence_days": round(burst.recurrence_days, 1)}
    audit_log.note(session, "system", "incident_raised", str(row.id), told, now)
    return row


def decide(
    session: Session, incident_id: int, decision: Decision, by: str, words: str, now: float, into: int | None = None
) -> IncidentRow:
    """``Conflict`` where somebody was faster, or the state does not allow it. Not committed."""
    row = one(session, incident_id)
    if row.state not in FROM[decision]:
        raise Conflict(
            "The incident is {state} already.",
            remedy="Look at it again; nothing was changed.",
            state=_(STATES[row.state]),
        )
    if decision == "merge":
        _merge(row, _other(session, row, into))
        row.merged_into = into
    row.state, row.decided_by, row.decided_at, row.words = TO[decision], by[:64], max(now, row.raised_at), words[:500]
    audit_log.note(session, by, f"incident_{TO[decision]}", str(row.id), {"words": words[:200], "into": into}, now)
    session.flush()
    return row


def _other(session: Session, row: IncidentRow, into: int | None) -> IncidentRow:
    other = None if into is None or into == row.id else session.get(IncidentRow, into)
    if other is None or other.state not in OPEN:
        raise BadInput(
            "There is no other open incident {id}.", field="into", remedy="Choose an open one.", id=into or 0
        )
    return other


def _merge(row: IncidentRow, other: IncidentRow) -> None:
    other.orders = list(dict.fromkeys([*other.orders, *row.orders]))
    other.began_at = min(other.began_at, row.began_at)
    other.last_report_at = max(other.last_report_at, row.last_report_at)
