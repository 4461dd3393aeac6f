"""Whom a scheme judges, and each one's figures of a period, all out of one state of the marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.installation.definition import Installation
from core.people.users import list_users
from core.web.answers import off_loop
from core.workorders import office
from kpi.cases import cases_of
from kpi.fairness.case_mix import Standardised, standardised
from kpi.measures.counting import Groups, MeasureQuery, Measuring
from kpi.measures.each import place_name
from kpi.measures.ratios import Row
from kpi.scoring.scheme import AGENT, Scheme, SchemeLine, SchemeScope, measured
from kpi.scoring.score import NOTHING, LineValue
from kpi.sql_files import sql_of

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Judged:
    """``key``: an extension, a user's name, a site's id, or the department."""

    key: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Watermark:
    """The last fact that the figures know; ``fed_at`` naive UTC, ``None`` before the first."""

    id: int
    fed_at: datetime | None


def judged(session: Session, installation: Installation, subject: SchemeScope) -> list[Judged]:
    if subject.department:
        return [Judged(subject.department, subject.department)]
    if subject.site:
        sites = office.load(session).sites.values()
        return [Judged(one.id, one.name) for one in sites if subject.site in (EVERY, one.id)]
    if subject.post == AGENT:
        agents = [one for one in installation.agents.values() if subject.group in ("", one.group)]
        return sorted((Judged(one.extension, one.name, one.group) for one in agents), key=lambda one: one.key)
    people = [one for one in list_users(session) if one.role == subject.post]
    return [Judged(one.name, one.display_name or one.name, subject.group) for one in people]


def question_of(scheme: Scheme, line: SchemeLine, from_at: float, until: float, now: float) -> MeasureQuery | None:
    """What is asked for a line; ``None`` where there is nothing to measure."""
    found = measured(line)
    if found is None:
        return None
    by = {"own": (scheme.subject.own_by,), "group": ("group",)}.get(line.of or "house", ())
    return MeasureQuery(
        found,
        from_at,
        until,
        tuple(one for one in by if one),
        now,
        threshold_s=line.threshold_s,
        case_mix=line.adjust == "case_mix",
    )


def questions_of(scheme: Scheme, from_at: float, until: float, now: float) -> list[MeasureQuery | None]:
    return [question_of(scheme, line, from_at, until, now) for line in scheme.lines]


def place_of(question: MeasureQuery, one: Judged) -> dict[str, str]:
    """The group of the question that is this one's figure."""
    return {name: one.group if name == "group" else one.key for name in question.by}


Known = Mapping[tuple[tuple[str, str], ...], LineValue]


async def figures(
    measuring: Measuring, questions: Sequence[MeasureQuery | None], people: Sequence[Judged]
) -> dict[str, tuple[LineValue, ...]]:
    """Of everybody, a figure for each question."""
    rows: dict[object, Groups] = {}
    answers: dict[int, Known] = {}
    for n, asked in enumerate(questions):
        if asked is None:
            continue
        if counted_once(asked) not in rows:
            rows[counted_once(asked)] = await measuring.answer(asked)
        found = rows[counted_once(asked)]
        answers[n] = {tuple(sorted(group.items())): _figure(asked, row) for group, row in found}
        if asked.case_mix:
            same = await off_loop(standardised, await cases_of(measuring, asked))
            answers[n] = {
                key: _compared(one, same.get(place_name(asked, dict(key)))) for key, one in answers[n].items()
            }
    return {one.key: tuple(_of(answers.get(n), asked, one) for n, asked in enumerate(questions)) for one in people}


def counted_once(asked: MeasureQuery) -> object:
    """What makes two questions of one period rest on the same counts."""
    of = asked.measure
    return of.source, asked.by, asked.threshold_s, of.number, of.milestone, asked.case_mix and of.id


async def watermark(measuring: Measuring) -> Watermark:
    (row,) = await measuring.warehouse.fetch(sql_of("schemes/watermark"))
    return Watermark(row["id"], row["fed_at"])


def _of(answers: Known | None, asked: MeasureQuery | None, one: Judged) -> LineValue:
    if answers is None or asked is None:
        return NOTHING
    return answers.get(tuple(sorted(place_of(asked, one).items())), NOTHING)


def _figure(asked: MeasureQuery, row: Row) -> LineValue:
    of = asked.measure.of
    return LineValue(of.numerator(row), of.denominator(row), of(row), asked.measure.sample_of(row))


def _compared(one: LineValue, same: Standardised | None) -> LineValue:
    """With what the same cases make for everybody."""
    if one.value is None or same is None:
        return one
    return replace(one, value=same.value, expected=same.expected, reference=same.reference)
