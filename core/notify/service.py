"""Alerts in the operational database: one function for each use case.

``store`` and ``refresh`` are the watcher's and commit; what a person changes is left to the caller to commit, together
with its line in the audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import AlertRow
from core.errors import Conflict, NotFound
from core.events import AlertAcknowledged, AlertCleared, AlertRaised, AlertWorsened, Event, Fact
from core.notify.rule_service import rule_of
from core.notify.rules import Happening, Key, Rule, Severity, Subject, Watch, key_of

LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it is kept; ``rule`` as it stood when it was raised. Times in epoch seconds."""

    id: int
    rule: Rule
    subject: Subject
    severity: Severity
    threshold: float
    value: float
    worst: float
    raised_at: float
    call_id: str | None = None
    cleared_at: float | None = None
    cleared_why: str = ""
    acknowledged_at: float | None = None
    acknowledged_by: str | None = None
    acknowledged_words: str = ""
    receipts: tuple[Mapping[str, Any], ...] = ()

    @property
    def open(self) -> bool:
        return self.cleared_at is None


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts; ``None`` means all. ``since`` and ``until`` are of the raising, ``before`` is an id."""

    open: bool | None = None
    acknowledged: bool | None = None
    since: float | None = None
    until: float | None = None
    severity: str | None = None
    figure: str | None = None
    subject: str | None = None
    before: int | None = None
    limit: int = 100


# --- the watcher's -------------------------------------------------------------------------------------------


def open_alerts(session: Session) -> list[Alert]:
    return [_alert(row) for row in session.scalars(select(AlertRow).where(AlertRow.open_key.is_not(None)))]


def watch_of(alert: Alert) -> Watch:
    """The way of an open alert, to go on with after a restart."""
    return Watch(
        alert.rule.id,
        alert.rule.figure,
        alert.subject,
        "raised" if alert.acknowledged_at is None else "acknowledged",
        severity=alert.severity,
        threshold=alert.threshold,
        worst=alert.worst,
        raised_at=alert.raised_at,
        call_id=alert.call_id,
        alert_id=alert.id,
    )


def store(session: Session, happened: Sequence[Happening], known: Iterable[Rule]) -> dict[Key, Alert]:
    """Writes what happened, all or nothing; the alerts concerned, as they stand now."""
    by_id = {one.id: one for one in known}
    kept: dict[Key, Alert] = {}
    for happening in happened:
        watch = happening.watch
        row = session.scalar(select(AlertRow).where(AlertRow.open_key == open_key(watch)))
        known_before = row is not None
        if happening.kind == "raised":
            row = row or _raised(session, happening, by_id[watch.rule_id])
        if row is None:
            continue  # ended by another process
        if happening.kind == "worsened":
            row.severity, row.threshold = watch.severity, watch.threshold
            row.acknowledged_at, row.acknowledged_by, row.acknowledged_words = None, None, ""
        if happening.kind == "cleared":
            row.open_key, row.cleared_why = None, happening.why
            row.cleared_at = max(happening.at, row.raised_at)
        _measure(row, watch)
        session.flush()
        if happening.kind != "raised" or not known_before:
            event_log.append(session, [Event.of(_fact(happening, row), happening.at)])
        kept[key_of(watch)] = _alert(row)
    session.commit()
    return kept


def refresh(session: Session, watches: Iterable[Watch]) -> None:
    """The values that open alerts have come to meanwhile."""
    for watch in watches:
        row = session.get(AlertRow, watch.alert_id) if watch.alert_id is not None else None
        if row is not None:
            _measure(row, watch)
    session.commit()


def add_receipt(session: Session, alert_id: int, receipt: Mapping[str, Any]) -> None:
    row = session.get(AlertRow, alert_id)
    if row is not None:
        row.receipts = [*row.receipts, dict(receipt)]
    session.commit()


def open_key(watch: Watch) -> str:
    return f"{watch.rule_id}:{watch.figure}:{watch.subject.kind}:{watch.subject.id}"[:120]


# --- people's ------------------------------------------------------------------------------------------------


def alert(session: Session, alert_id: int) -> Alert:
    return _alert(_alert_row(session, alert_id))


def alerts(session: Session, wanted: AlertQuery) -> list[Alert]:
    """Newest first."""
    query = select(AlertRow).order_by(AlertRow.id.desc()).limit(min(wanted.limit, LONGEST_PAGE))
    if wanted.before is not None:
        query = query.where(AlertRow.id < wanted.before)
    return [_alert(row) for row in session.scalars(_chosen(query, wanted))]


def count(session: Session, wanted: AlertQuery) -> int:
    return session.scalar(_chosen(select(func.count()).select_from(AlertRow), wanted)) or 0


def settled(session: Session, since: float, limit: int) -> list[Alert]:
    """Raised since then and in no need of anybody: acknowledged, or over by themselves; the last change first."""
    changed = func.coalesce(AlertRow.acknowledged_at, AlertRow.cleared_at)
    query = select(AlertRow).where(AlertRow.raised_at >= since, changed.is_not(None))
    return [_alert(row) for row in session.scalars(query.order_by(changed.desc(), AlertRow.id.desc()).limit(limit))]


def acknowledge(session: Session, alert_id: int, by: str, words: str, now: float) -> Alert:
    """Also of one that is over already. ``Conflict`` when somebody was faster. Not committed."""
    row = _alert_row(session, alert_id)
    if row.acknowledged_at is not None:
        raise Conflict(
            "{name} has acknowledged this alert already.",
            remedy="Nothing is left to do.",
            name=row.acknowledged_by or "?",
        )
    row.acknowledged_at, row.acknowledged_by = max(now, row.raised_at), by[:64]
    row.acknowledged_words = words[:500]
    session.flush()
    event_log.append(session, [Event.of(AlertAcknowledged(row.id, by[:64], words[:500]), row.acknowledged_at)])
    return _alert(row)


def _chosen(query: Select[Any], wanted: AlertQuery) -> Select[Any]:
    if wanted.open is not None:
        query = query.where(AlertRow.cleared_at.is_(None) if wanted.open else AlertRow.cleared_at.is_not(None))
    if wanted.acknowledged is not None:
        found = AlertRow.acknowledged_at
        query = query.where(found.is_not(None) if wanted.acknowledged else found.is_(None))
    if wanted.since is not None:
        query = query.where(AlertRow.raised_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AlertRow.raised_at < wanted.until)
    for column, value in (
        (AlertRow.severity, wanted.severity),
        (AlertRow.figure, wanted.figure),
        (AlertRow.subject_id, wanted.subject),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


# --- rows ----------------------------------------------------------------------------------------------------


def _alert_row(session: Session, alert_id: int) -> AlertRow:
    row = session.get(AlertRow, alert_id)
    if row is None:
        raise NotFound("There is no alert {id}.", field="id", id=alert_id)
    return row


def _raised(session: Session, happening: Happening, of: Rule) -> AlertRow:
    watch = happening.watch
    row = AlertRow(
        rule_id=of.id,
        open_key=open_key(watch),
        rule={**asdict(of), "recipients": list(of.recipients)},
        figure=watch.figure,
        subject_kind=watch.subject.kind,
        subject_id=watch.subject.id,
        subject_name=watch.subject.name,
        severity=watch.severity,
        threshold=watch.threshold,
        value=watch.worst,
        worst=watch.worst,
        raised_at=happening.at,
        receipts=[],
    )
    session.add(row)
    return row


def _fact(happening: Happening, row: AlertRow) -> Fact:
    watch = happening.watch
    if happening.kind == "raised":
        name = str(row.rule["name"])
        about = watch.subject
        return AlertRaised(row.id, name, row.figure, about.kind, about.id, watch.severity, row.threshold, row.value)
    if happening.kind == "worsened":
        return AlertWorsened(row.id, watch.severity, row.threshold, row.value)
    return AlertCleared(row.id, row.cleared_why, row.worst)


def _measure(row: AlertRow, watch: Watch) -> None:
    row.value = row.value if watch.value is None else watch.value
    row.worst = watch.worst
    row.call_id = watch.call_id


def _alert(row: AlertRow) -> Alert:
    kind: Any = row.subject_kind
    severity: Any = row.severity
    return Alert(
        row.id,
        rule_of(row.rule),
        Subject(kind, row.subject_id, row.subject_name),
        severity,
        row.threshold,
        row.value,
        row.worst,
        row.raised_at,
        row.call_id,
        row.cleared_at,
        row.cleared_why or "",
        row.acknowledged_at,
        row.acknowledged_by,
        row.acknowledged_words or "",
        tuple(row.receipts),
    )
