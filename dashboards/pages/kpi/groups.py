"""Those who are ranked together, and what is worked out of their totals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from kpi.judging import JudgedPeriod
from kpi.scoring.score import TotalScore


@dataclass(frozen=True, slots=True)
class GroupScores:
    """The best first, those without a total at the end."""

    name: str
    scores: Sequence[TotalScore]

    @property
    def totals(self) -> list[float]:
        return [one.total for one in self.scores if one.total is not None]

    @property
    def median(self) -> float | None:
        return median(self.totals) if self.totals else None

    @property
    def mean(self) -> float | None:
        return fmean(self.totals) if self.totals else None

    def grades(self, names: Sequence[str]) -> dict[str, int]:
        """How many have each; those that nobody has are among them."""
        return {name: sum(one.grade == name for one in self.scores) for name in names}

    def of(self, who: str) -> TotalScore | None:
        return next((one for one in self.scores if one.who == who), None)


def groups_of(judged: JudgedPeriod) -> list[str]:
    return sorted({one.group for one in judged.scores})


def group_of(judged: JudgedPeriod, group: str) -> GroupScores:
    members = [one for one in judged.scores if one.group == group]
    return GroupScores(group, sorted(members, key=lambda one: (one.rank is None, one.rank or 0, one.who)))
