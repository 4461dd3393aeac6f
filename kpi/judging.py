"""A period judged by a scheme: whom it concerns, everybody's figures and scores, all out of one state of the marts.

What periods keep, what the preview answers and what the pages show is this; nothing here saves or hides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.installation.service import load_installation
from core.web.answers import off_loop
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.fairness.bootstrap import Floats, redrawn
from kpi.fairness.ranges import with_ranges
from kpi.manual.entries import CountedEntry
from kpi.manual.figures import manual_figures
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.schemes.values import Judged, Watermark, figures, judged, questions_of, watermark
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import LineValue, TotalScore, scores
from kpi.units import LineUnits, line_units


@dataclass(frozen=True, slots=True)
class Figures:
    """``questions`` has one for each line of the scheme, ``None`` for what is not measured; ``known`` everybody's
    figure for each line, ``entries`` what people wrote down of it, by who and line. ``demo``: generated data is among
    them. ``units``: what each line's figures are made of."""

    questions: Sequence[MeasureQuery | None]
    known: Mapping[str, Sequence[LineValue]]
    entries: Mapping[str, Mapping[int, Sequence[CountedEntry]]]
    watermark: Watermark
    demo: bool
    units: Sequence[LineUnits | None] = ()


@dataclass(frozen=True, slots=True)
class JudgingQuery:
    """Times are epoch seconds, ``until`` is not included."""

    scheme: Scheme
    from_at: float
    until: float
    now: float

    @property
    def questions(self) -> list[MeasureQuery | None]:
        return questions_of(self.scheme, self.from_at, self.until, self.now)


@dataclass(frozen=True, slots=True)
class JudgedPeriod:
    """Times are epoch seconds, ``until`` is not included; ``judged_at`` is the moment of the figures. ``questions``,
    ``known``, ``entries`` and ``demo`` as in ``Figures``; ``scores`` are in the order of ``people``, each with what the
    data allow."""

    scheme: Scheme
    from_at: float
    until: float
    people: Sequence[Judged]
    questions: Sequence[MeasureQuery | None]
    known: Mapping[str, Sequence[LineValue]]
    scores: Sequence[TotalScore]
    watermark: Watermark
    demo: bool
    judged_at: float
    entries: Mapping[str, Mapping[int, Sequence[CountedEntry]]] = field(default_factory=dict)


async def judge(
    web: Web, warehouse: Warehouse, zone: ZoneInfo, scheme: Scheme, from_at: float, until: float, now: float
) -> JudgedPeriod:
    """``BadInput`` where the scheme judges nobody."""
    asked = JudgingQuery(scheme, from_at, until, now)
    people, one = await figures_for(web, warehouse, zone, asked, with_units=True)
    found = await off_loop(scores_of, scheme, people, one.known, one.units)
    return JudgedPeriod(
        scheme, from_at, until, people, one.questions, one.known, found, one.watermark, one.demo, now, one.entries
    )


async def figures_for(
    web: Web, warehouse: Warehouse, zone: ZoneInfo, asked: JudgingQuery, *, with_units: bool = False
) -> tuple[Sequence[Judged], Figures]:
    """Whom the scheme judges, and their figures; ``BadInput`` where that is nobody."""
    people = await concerned(web, asked.scheme)
    query = FiguresQuery(asked.scheme, asked.from_at, asked.until, people, asked.questions, asked.now)
    return people, await figures_of(web, warehouse, zone, query, with_units=with_units)


async def concerned(web: Web, scheme: Scheme) -> Sequence[Judged]:
    """Whom it judges; ``BadInput`` where that is nobody."""
    installation = await web.in_session(load_installation)
    people = await web.in_session(lambda session: judged(session, installation, scheme.subject))
    if not people:
        raise BadInput(
            "The scheme judges nobody.", field="for", remedy="Choose a group, post or site that somebody belongs to."
        )
    return people


@dataclass(frozen=True, slots=True)
class FiguresQuery:
    """``moment``: what people wrote down up to then counts, in epoch seconds as all times."""

    scheme: Scheme
    from_at: float
    until: float
    people: Sequence[Judged]
    questions: Sequence[MeasureQuery | None]
    moment: float


async def figures_of(
    web: Web, warehouse: Warehouse, zone: ZoneInfo, asked: FiguresQuery, *, with_units: bool = False
) -> Figures:
    """Everybody's answer to each question, all out of one state of the marts; also once more for a kept period."""
    installation = await web.in_session(load_installation)
    people = asked.people
    async with warehouse.snapshot() as snapshot:
        measuring = Measuring(web, snapshot, zone, installation)
        mark = await watermark(measuring)
        known = await figures(measuring, asked.questions, people)
        units = await line_units(measuring, asked.questions, people) if with_units else []
        sources = {one.measure.source: one for one in asked.questions if one}
        demo = [await measuring.demo(one) for one in sources.values()]
    period = asked.from_at, asked.until, asked.moment
    written = await web.in_session(
        lambda session: manual_figures(session, asked.scheme, [one.key for one in people], *period, zone)
    )
    whole = {who: written.filled(who, measured) for who, measured in known.items()}
    return Figures(asked.questions, whole, written.entries, mark, any(demo), units)


def scores_of(
    scheme: Scheme,
    people: Sequence[Judged],
    known: Mapping[str, Sequence[LineValue]],
    units: Sequence[LineUnits | None],
) -> list[TotalScore]:
    """With what the data allow."""
    found = scores(scheme, known, {each.key: each.group for each in people})
    made: dict[int, Floats] = {}
    drawn: list[Floats | None] = []
    for line in units:
        if line is None:
            drawn.append(None)
            continue
        # Lines of the same units are of the same draws.
        if id(line.units) not in made:
            made[id(line.units)] = redrawn(line.units)
        drawn.append(made[id(line.units)][line.figure][line.whose])
    return with_ranges(scheme, found, drawn)
