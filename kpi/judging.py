"""A period judged by a scheme: whom it concerns, everybody's figures and scores, all out of one state of the marts.

What periods keep, what the preview answers and what the pages show is this; nothing here saves or hides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.web.answers import off_loop
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.fairness.bootstrap import Floats, redrawn
from kpi.fairness.ranges import with_ranges
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.schemes.values import Judged, Watermark, figures, judged, question_of, watermark
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import LineValue, TotalScore, scores
from kpi.units import LineUnits, line_units


@dataclass(frozen=True, slots=True)
class Figures:
    """``questions`` has one for each line of the scheme, ``None`` for what is not measured; ``known`` everybody's
    figure for each line. ``demo``: generated data is among them. ``units``: what each line's figures are made of."""

    questions: Sequence[MeasureQuery | None]
    known: Mapping[str, Sequence[LineValue]]
    watermark: Watermark
    demo: bool
    units: Sequence[LineUnits | None] = ()


@dataclass(frozen=True, slots=True)
class JudgedPeriod:
    """Times are epoch seconds, ``until`` is not included. ``questions``, ``known`` and ``demo`` as in ``Figures``;
    ``scores`` are in the order of ``people``, each with what the data allow."""

    scheme: Scheme
    from_at: float
    until: float
    people: Sequence[Judged]
    questions: Sequence[MeasureQuery | None]
    known: Mapping[str, Sequence[LineValue]]
    scores: Sequence[TotalScore]
    watermark: Watermark
    demo: bool


async def judge(
    web: Web, warehouse: Warehouse, zone: ZoneInfo, scheme: Scheme, from_at: float, until: float, now: float
) -> JudgedPeriod:
    """``BadInput`` where the scheme judges nobody."""
    installation = await web.in_session(load_installation)
    people = await web.in_session(lambda session: judged(session, installation, scheme.subject))
    if not people:
        raise BadInput(
            "The scheme judges nobody.", field="for", remedy="Choose a group, post or site that somebody belongs to."
        )
    questions = [question_of(scheme, line, from_at, until, now) for line in scheme.lines]
    one = await figures_of(web, warehouse, zone, installation, people, questions, with_units=True)
    found = await off_loop(_scores, scheme, people, one)
    return JudgedPeriod(scheme, from_at, until, people, one.questions, one.known, found, one.watermark, one.demo)


async def figures_of(
    web: Web,
    warehouse: Warehouse,
    zone: ZoneInfo,
    installation: Installation,
    people: Sequence[Judged],
    questions: Sequence[MeasureQuery | None],
    *,
    with_units: bool = False,
) -> Figures:
    """Everybody's answer to each question, all out of one state of the marts; also once more for a kept period."""
    async with warehouse.snapshot() as snapshot:
        measuring = Measuring(web, snapshot, zone, installation)
        mark = await watermark(measuring)
        known = await figures(measuring, questions, people)
        units = await line_units(measuring, questions, people) if with_units else []
        demo = [await measuring.demo(one) for one in {one.measure.source: one for one in questions if one}.values()]
    return Figures(questions, known, mark, any(demo), units)


def _scores(scheme: Scheme, people: Sequence[Judged], one: Figures) -> list[TotalScore]:
    found = scores(scheme, one.known, {each.key: each.group for each in people})
    made: dict[int, Floats] = {}
    drawn: list[Floats | None] = []
    for line in one.units:
        if line is None:
            drawn.append(None)
            continue
        # Lines of the same units are of the same draws.
        if id(line.units) not in made:
            made[id(line.units)] = redrawn(line.units)
        drawn.append(made[id(line.units)][line.figure][line.whose])
    return with_ranges(scheme, found, drawn)
