"""What the pages of schemes show: schemes and versions, whom one can be for, figures of a past period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import no_update
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db.tables import UserRow
from core.errors import BadInput
from core.i18n import _, called
from core.installation.service import load_installation
from core.web.answers import off_loop
from core.workorders import office
from dashboards.pages.kpi_schemes.draft import DraftLine, SchemeDraft
from dashboards.pages.kpi_schemes.draft_reading import subject_of
from dashboards.session import web
from etl.warehouse import WAREHOUSE
from kpi.judging import Figures, JudgingQuery, figures_for
from kpi.schemes import service
from kpi.schemes.service import NEW, SchemeRecord
from kpi.schemes.values import Judged
from kpi.scoring.curves import Bonus
from kpi.scoring.scheme import Scheme, SchemeLine, SchemeScope, settle
from kpi.scoring.score import TotalScore, scores

# More than that many people are shown by some of them.
MOST_VALUES = 120
# A curve that every value has.
NEUTRAL = Bonus(1.0, 1.0)


@dataclass(frozen=True, slots=True)
class SchemeChoices:
    """Whom a scheme can be for: work groups, sites by id, and people's names by what they sign in with."""

    groups: Sequence[str]
    sites: Mapping[str, str]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SchemeHistory:
    """One version of a scheme, and all that there are of it, the oldest first."""

    record: SchemeRecord
    versions: Sequence[SchemeRecord]
    choices: SchemeChoices


def _choices(session: Session) -> SchemeChoices:
    installation = load_installation(session)
    sites = {one.id: one.name for one in office.load(session).sites.values()}
    people = session.execute(select(UserRow.name, UserRow.display_name)).all()
    groups = sorted({agent.group for agent in installation.agents.values() if agent.group})
    return SchemeChoices(groups, sites, {row.name: row.display_name or row.name for row in people})


async def choices() -> SchemeChoices:
    return await web().in_session(_choices)


async def all_schemes() -> tuple[list[SchemeRecord], SchemeChoices]:
    """The newest version of each."""
    return await web().in_session(lambda session: (service.newest(session), _choices(session)))


async def history(scheme_id: str, number: int | None = None) -> SchemeHistory:
    """``NotFound`` where there is no such scheme or version."""
    return await web().in_session(
        lambda session: SchemeHistory(
            service.version(session, scheme_id, number), service.versions(session, scheme_id), _choices(session)
        )
    )


async def two(one: tuple[str, int | None], other: tuple[str, int | None]) -> tuple[SchemeRecord, SchemeRecord]:
    return await web().in_session(lambda session: (service.version(session, *one), service.version(session, *other)))


# --- a draft against what is kept -------------------------------------------------------------------------------


async def clash(wanted: Scheme, scheme_id: str, replaces: int | None) -> BadInput | None:
    """What is wrong with its days beside those of the other versions, by the form's fields."""
    known = await web().in_session(lambda session: service.versions(session, scheme_id))
    try:
        service.check_days(wanted, known, replaces)
    except BadInput as no:
        no.field = {"from": "begins", "to": "ends"}.get(no.field or "", no.field)
        return no
    return None


async def save(wanted: Scheme, scheme_id: str, by: str, replaces: int | None, about: Mapping[str, Any]) -> SchemeRecord:
    """As a new scheme, or as the next version of one. A new one that is sent twice is one."""

    def work(session: Session) -> SchemeRecord:
        if scheme_id == NEW:
            key = str(about.get("key", ""))[:64]
            return service.add(session, replace(wanted, id=""), by, utc_now(), key=key)
        return service.add_version(session, scheme_id, wanted, by, utc_now(), replaces=replaces)

    return await web().in_session(work)


# --- figures of a past period -----------------------------------------------------------------------------------


def zone() -> ZoneInfo:
    return ZoneInfo(web().settings.timezone)


def needs(draft: SchemeDraft) -> list[str]:
    """What must be measured for it: of whom, and what."""
    return sorted({_need(draft, one) for one in draft.lines if one.indicator})


def _need(draft: SchemeDraft, line: DraftLine) -> str:
    return f"{draft.whom}|{draft.part}|{line.indicator}|{line.of}|{line.threshold}"


def values_of(draft: SchemeDraft, behind: Any) -> dict[int, Sequence[float]]:
    """Of each line, by its key, where the people stood; ``behind`` is what the browser holds."""
    known = behind.get("values", {}) if isinstance(behind, dict) else {}
    return {one.key: known.get(_need(draft, one), ()) for one in draft.lines}


async def behind(draft: SchemeDraft, period: tuple[float, float], known: Any) -> Any:
    """The figures of those whom it judges, for each line that can be measured; sorted, and of many people some."""
    before = known if isinstance(known, dict) and known.get("period") == list(period) else {"values": {}}
    wanted = {need: one for one in draft.lines if one.indicator and (need := _need(draft, one)) not in before["values"]}
    if not wanted and before.get("period"):
        return no_update
    found = await _stood(subject_of(draft), list(wanted.values()), period) if wanted else []
    return {"period": list(period), "values": {**before["values"], **dict(zip(wanted, found, strict=True))}}


async def _stood(
    subject: SchemeScope, lines: Sequence[DraftLine], period: tuple[float, float]
) -> list[Sequence[float]]:
    """Where the people stood in each line, out of one state of the marts; nowhere in what is not measured."""
    wanted = settle(Scheme("-", subject, tuple(_line(one) for one in lines), "-"))
    try:
        people, found = await _figures(wanted, period)
    except BadInput:
        # A draft may judge nobody yet.
        return [()] * len(lines)
    return [
        () if question is None else _some([found.known[one.key][n].value for one in people])
        for n, question in enumerate(found.questions)
    ]


def _line(line: DraftLine) -> SchemeLine:
    threshold = int(line.threshold) if line.threshold.isdigit() and len(line.threshold) < 5 else None
    return SchemeLine(line.indicator, 1.0, NEUTRAL, 0, of=line.of or None, threshold_s=threshold)


def _some(values: Iterable[float | None]) -> list[float]:
    known = sorted(value for value in values if value is not None)
    return [round(value, 6) for value in known[:: max(1, len(known) // MOST_VALUES)]]


async def _figures(scheme: Scheme, period: tuple[float, float]) -> tuple[Sequence[Judged], Figures]:
    parts = web()
    return await figures_for(parts, parts.parts[WAREHOUSE], zone(), JudgingQuery(scheme, *period, utc_now()))


@dataclass(frozen=True, slots=True)
class TriedPeriod:
    """A past period by a scheme, without what the data allow: totals, ranks and grades of everybody."""

    people: Sequence[Judged]
    scores: Sequence[TotalScore]
    demo: bool


async def _tried(scheme: Scheme, period: tuple[float, float]) -> TriedPeriod:
    people, found = await _figures(scheme, period)
    totals = await off_loop(scores, scheme, found.known, {one.key: one.group for one in people})
    return TriedPeriod(people, totals, found.demo)


async def tried(
    wanted: Scheme, scheme_id: str, period: tuple[float, float]
) -> tuple[TriedPeriod | None, TriedPeriod, str]:
    """The period by what holds in it of this scheme, and by the draft; and what the former is called."""
    kept = await web().in_session(lambda session: _holding(session, scheme_id, period))
    then = await _tried(settle(wanted), period)
    if kept is None:
        return None, then, ""
    return await _tried(kept.scheme, period), then, f"{called(kept.scheme)} {_('version {n}', n=kept.version)}"


def _holding(session: Session, scheme_id: str, period: tuple[float, float]) -> SchemeRecord | None:
    """By which the period is judged; where none holds on its days, the newest."""
    if scheme_id == NEW:
        return None
    first, last = (datetime.fromtimestamp(at, zone()).date().isoformat() for at in (period[0], period[1] - 1))
    try:
        return service.holding(session, scheme_id, first, last)
    except BadInput:
        return service.version(session, scheme_id)
