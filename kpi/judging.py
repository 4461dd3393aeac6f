"""A period judged by a scheme: whom it concerns, everybody's figures and scores, all out of one state of the marts.

What periods keep, what the preview answers and what the pages show is this; nothing here saves or hides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.installation.service import load_installation
from core.web.answers import off_loop
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.schemes.values import Judged, Watermark, figures, judged, question_of, watermark
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import LineValue, TotalScore, scores


@dataclass(frozen=True, slots=True)
class JudgedPeriod:
    """Times are epoch seconds, ``until`` is not included. ``questions`` has one for each line of the scheme, ``None``
    for what is not measured; ``known`` everybody's figure for each line; ``scores`` are in the order of ``people``.
    ``demo``: generated data is among the figures."""

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
    async with warehouse.snapshot() as snapshot:
        measuring = Measuring(web, snapshot, zone, installation)
        mark = await watermark(measuring)
        known = await figures(measuring, questions, people)
        demo = [await measuring.demo(one) for one in {one.measure.source: one for one in questions if one}.values()]
    found = await off_loop(scores, scheme, known, {one.key: one.group for one in people})
    return JudgedPeriod(scheme, from_at, until, people, questions, known, found, mark, any(demo))
