"""What people are compared by beside their scores: the things behind each line, the group's values, signs of gaming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from core.installation.service import load_installation
from core.web.answers import off_loop
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.fairness.funnel import Funnel, funnel
from kpi.judging import Figures, JudgingQuery, concerned
from kpi.measures.counting import Measuring
from kpi.schemes.values import Judged
from kpi.signs.counting import SignCount, signs


async def funnels_of(figures: Figures, method: str) -> dict[int, Funnel]:
    """By the line's place in the scheme: of those that judge each by the own."""

    def work() -> dict[int, Funnel]:
        found = {}
        for n, (question, line) in enumerate(zip(figures.questions, figures.units, strict=True)):
            if question is None or line is None or not question.by or question.by == ("group",):
                continue
            made = funnel(line.units, line.figure, "normal" if method == "normal" else "exact")
            if made is not None:
                found[n] = made
        return found

    return await off_loop(work)


async def signs_for(
    web: Web, warehouse: Warehouse, zone: ZoneInfo, asked: JudgingQuery
) -> tuple[Sequence[Judged], Mapping[str, Sequence[SignCount]], bool]:
    """Whom the scheme judges, the signs of each, and whether generated data is among them."""
    installation, people = await web.in_session(load_installation), await concerned(web, asked.scheme)
    async with warehouse.snapshot() as snapshot:
        found = await signs(web, snapshot, asked.scheme.subject, people, asked.from_at, asked.until)
        measuring = Measuring(web, snapshot, zone, installation)
        first = next((one for one in asked.questions if one is not None), None)
        demo = first is not None and await measuring.demo(first)
    return people, found, demo
