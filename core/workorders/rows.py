"""Orders between their rows and their values. No rules: what stands in a row was worked out by ``case``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, cast
from zoneinfo import ZoneInfo

from core.db.tables import WorkOrderEventRow, WorkOrderRow
from core.events import OrderChannel, Urgency
from core.installation.definition import Calendar
from core.workorders.case import CORRECTED, Case, Report, StepRecord, opened, restored
from core.workorders.categories import limits_from, limits_json
from core.workorders.deadlines import Clock, Terms, earliest, next_level
from core.workorders.definition import Definition
from core.workorders.workflow import Standing

STANDING = tuple(one.name for one in fields(Standing))
REPORT = tuple(one.name for one in fields(Report) if one.name != "by")


def head_columns(case: Case) -> dict[str, Any]:
    """What changes with every step."""
    return {
        **asdict(case.standing),
        **{name: getattr(case.report, name) for name in CORRECTED},
        "open": case.is_open,
        "due_at": earliest((case.clocks or {}).values()) if case.is_open else None,
        "changed_at": case.last_at,
        "closed_at": case.closed_at,
    }


def order_columns(case: Case, request_key: str | None = None, request_hash: str = "") -> dict[str, Any]:
    """The whole row of a new order."""
    return {
        "id": case.id,
        "workflow": case.definition.id,
        "workflow_version": case.definition.version,
        **{name: getattr(case.report, name) for name in REPORT},
        **head_columns(case),
        "limits": limits_json(limit for level in case.terms.limits for limit in level),
        "created_at": case.opened_at,
        "created_by": case.report.by,
        "opened_urgency": case.report.urgency,
        "version": len(case.steps),
        "request_key": request_key,
        "request_hash": request_hash,
    }


def event_columns(case: Case, seq: int, request_key: str | None = None, request_hash: str = "") -> dict[str, Any]:
    taken = case.steps[seq]
    return {
        "order_id": case.id,
        "seq": seq,
        "at": taken.at,
        "event": taken.event,
        "from_state": taken.from_state,
        "to_state": taken.to_state,
        "by_user": taken.by,
        "role": taken.role,
        "round": taken.round,
        "note": taken.note,
        "assignee": taken.assignee,
        "fields": dict(taken.fields or {}),
        "limits": None if taken.limits is None else limits_json(taken.limits),
        "longitude": taken.longitude,
        "latitude": taken.latitude,
        "distance_m": taken.distance_m,
        "device_at": taken.device_at,
        "request_key": request_key,
        "request_hash": request_hash,
    }


def clock_columns(case: Case, clock: Clock, told: int = 0) -> dict[str, Any]:
    level = next_level(clock, told)
    return {
        "order_id": case.id,
        "clock": clock.id,
        "state": clock.state,
        "began_at": clock.began_at,
        "due_at": clock.due_at,
        "first_due_at": clock.first_due_at,
        "limit_s": clock.limit_s,
        "ended_at": clock.ended_at,
        "told": told,
        "next_at": level[2] if level else None,
    }


def taken_of(row: WorkOrderEventRow) -> StepRecord:
    return StepRecord(
        row.event,
        row.at,
        row.by_user,
        row.role,
        row.from_state,
        row.to_state,
        row.round,
        row.note,
        row.assignee,
        row.fields,
        row.longitude,
        row.latitude,
        row.distance_m,
        row.device_at,
        None if row.limits is None else limits_from(row.limits),
    )


def case_of(
    row: WorkOrderRow,
    events: Iterable[WorkOrderEventRow],
    definition: Definition,
    zone: ZoneInfo,
    calendars: Mapping[str, Calendar],
) -> Case:
    """The order as its steps make it; of the row only what was reported is believed."""
    channel, urgency = cast(OrderChannel, row.channel), cast(Urgency, row.opened_urgency)
    report = Report(
        **{
            **{name: getattr(row, name) for name in REPORT},
            "channel": channel,
            "urgency": urgency,
            "by": row.created_by,
        },
    )
    terms = Terms(urgency, (limits_from(row.limits),), zone, calendars, row.diameter_mm, row.given_due_at)
    return restored(opened(row.id, definition, report, terms, row.created_at), map(taken_of, events))
