"""An alert as one line of the history or of a file, and where its words lead. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from core.i18n import _
from core.notify.figures import FigureCatalogue
from core.notify.service import Alert
from core.notify.words import ENDS, SEVERITIES, measured, title
from dashboards.components.csv_file import defused
from dashboards.components.filters import written
from dashboards.components.words import word

# Which calls of an alert's time are the ones behind it.
VISITS = {
    "service_level_15min": "ended",
    "service_level_today": "late",
    "abandon_rate_today": "abandoned",
    "waiting": "waited",
    "longest_wait_s": "waited",
    "unserved": "waited",
}
LOOKS_BACK = timedelta(minutes=15)


def in_language(alert: Alert, queues: Mapping[str, str]) -> Alert:
    """With its queue as whoever reads it knows it; what is no more keeps the name that it was raised with."""
    subject = alert.subject
    known = queues.get(subject.id, subject.name) if subject.kind == "queue" else subject.name
    return replace(alert, subject=replace(subject, name=known))


def row(alert: Alert, catalogue: FigureCatalogue, now: float, timezone: str) -> dict[str, Any]:
    figure = catalogue.get(alert.rule.figure)
    unit = figure.unit if figure else "calls"
    return {
        "id": alert.id,
        "at": round(alert.raised_at * 1000),
        "lasted": (alert.cleared_at or now) - alert.raised_at,
        "severity": _(SEVERITIES[alert.severity]),
        "level": alert.severity,
        "title": title(figure, alert.rule.name, alert.subject, alert.rule.comparison, alert.threshold),
        "href": link(alert, timezone, now),
        "worst": "" if unit == "flag" else measured(alert.worst, unit),
        "end": _("open now") if alert.open else word(ENDS, alert.cleared_why),
        "open": alert.open,
        "by": acknowledged(alert, timezone),
        "words": alert.acknowledged_words,
        "notice": notice(alert),
    }


def acknowledged(alert: Alert, timezone: str) -> str:
    if alert.acknowledged_at is None:
        return ""
    return f"{alert.acknowledged_by} {clock(alert.acknowledged_at, timezone)}"


def notice(alert: Alert) -> str:
    """Whether those who must know were told outside of the house."""
    if not alert.rule.recipients or not alert.receipts:
        return ""
    return _("sent") if all(one.get("sent") for one in alert.receipts) else _("not sent")


def link(alert: Alert, timezone: str, now: float) -> str:
    """The call behind a seat's alert, the calls of a queue's time; empty where there are none."""
    if alert.call_id and alert.subject.kind == "agent":
        return "/calls/" + quote(alert.call_id, safe="")
    period = _period(alert, timezone, now)
    if alert.subject.kind == "agent":
        return f"/calls?{urlencode({**period, 'agent': alert.subject.id})}"
    if alert.rule.figure in VISITS:
        queue = {"queue": alert.subject.id} if alert.subject.id else {}
        return f"/calls?{urlencode({**period, **queue, 'visit': VISITS[alert.rule.figure]})}"
    return f"/calls?{urlencode(period)}" if alert.rule.figure in ("recording_failed", "calls_up") else ""


def _period(alert: Alert, timezone: str, now: float) -> dict[str, str]:
    """From the raising to the end, to the second; what led to it came before, but for those who wait."""
    before_s = 0.0 if VISITS.get(alert.rule.figure) == "waited" else LOOKS_BACK.total_seconds()
    begin = datetime.fromtimestamp(math.floor(alert.raised_at) - before_s, ZoneInfo(timezone))
    end = datetime.fromtimestamp(math.ceil(alert.cleared_at or now), ZoneInfo(timezone))
    return {"from": written(begin, whole=False), "to": written(end, whole=False)}


def lines(alerts: Iterable[Alert], catalogue: FigureCatalogue, now: float, timezone: str) -> Iterator[list[Any]]:
    """For a file: headings first; times of the site, seconds as numbers, nothing that a spreadsheet would run."""
    yield [
        _("Raised"),
        _("Lasted (s)"),
        _("Severity"),
        _("Alert"),
        _("Worst"),
        _("End"),
        _("Acknowledged by"),
        _("Acknowledged at"),
        _("What was done"),
        _("Notice"),
        _("Number"),
    ]
    for alert in alerts:
        shown = row(alert, catalogue, now, timezone)
        at = "" if alert.acknowledged_at is None else clock(alert.acknowledged_at, timezone, "%Y-%m-%d %H:%M:%S")
        cells = [
            clock(alert.raised_at, timezone, "%Y-%m-%d %H:%M:%S"),
            round(shown["lasted"]),
            shown["severity"],
            shown["title"],
            shown["worst"],
            shown["end"],
            alert.acknowledged_by or "",
            at,
            alert.acknowledged_words,
            shown["notice"],
            alert.id,
        ]
        yield [defused(cell) for cell in cells]


def clock(at: float, timezone: str, form: str = "%H:%M") -> str:
    return datetime.fromtimestamp(at, ZoneInfo(timezone)).strftime(form)
