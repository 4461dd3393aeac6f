"""What is kept of a judged period: one text for all of it and one for each person, and the hash of them together. Pure.

The texts are canonical JSON (keys in order, no spaces, UTF-8): the same judgement gives the same bytes. What a later
version of the program adds to a score has a default there, so that older texts can be read for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from typing import Any

import orjson
from pydantic import TypeAdapter

from core.clock import naive_utc
from core.errors import HotlineError
from kpi.judging import JudgedPeriod
from kpi.manual.entries import CountedEntry
from kpi.measures.counting import MeasureQuery
from kpi.schemes.values import Judged, Watermark, question_of
from kpi.scoring.scheme import Scheme, SchemeLine, scheme_json, scheme_of
from kpi.scoring.score import TotalScore

FORM = 1
TOTAL: TypeAdapter[TotalScore] = TypeAdapter(TotalScore)


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """``head`` and ``scores`` (by whom) are what the database keeps, to the byte."""

    head: str
    scores: Mapping[str, str]

    @property
    def text(self) -> str:
        """All of it as one canonical text, the people in the order of their keys."""
        people = ",".join(self.scores[who] for who in sorted(self.scores))
        return f'{{"head":{self.head},"people":[{people}]}}'

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PeriodHead:
    """``judged_at`` is the moment of the figures, ``version`` and ``example`` of the scheme."""

    scheme: Scheme
    version: int
    example: bool
    from_at: float
    until: float
    judged_at: float
    watermark: Watermark
    demo: bool


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Who was judged, as they were called and grouped then, and the score with the figure of each line in it.
    ``ranked`` is how many have a rank in the group; ``entries`` what people wrote down of it, by the line's place."""

    judged: Judged
    score: TotalScore
    ranked: int = 0
    entries: Mapping[int, Sequence[CountedEntry]] = field(default_factory=dict)


def record_of(judged: JudgedPeriod, version: int, *, example: bool) -> PeriodRecord:
    head = PeriodHead(
        judged.scheme, version, example, judged.from_at, judged.until, judged.judged_at, judged.watermark, judged.demo
    )
    people = {one.key: one for one in judged.people}
    ranked = ranked_of(judged.scores)
    persons = [
        PersonRecord(people[one.who], one, ranked[one.group], judged.entries.get(one.who, {})) for one in judged.scores
    ]
    return PeriodRecord(head_text(head), {one.judged.key: person_text(one) for one in persons})


def ranked_of(scores: Iterable[TotalScore]) -> Counter[str]:
    """How many have a rank, by group."""
    return Counter(one.group for one in scores if one.rank is not None)


def head_text(head: PeriodHead) -> str:
    fed_at = head.watermark.fed_at
    return canonical(
        {
            "form": FORM,
            "scheme": scheme_json(head.scheme),
            "version": head.version,
            "example": head.example,
            "from": head.from_at,
            "until": head.until,
            "judged_at": head.judged_at,
            "watermark": head.watermark.id,
            "fed_at": None if fed_at is None else fed_at.replace(tzinfo=UTC).timestamp(),
            "demo": head.demo,
        }
    )


def head_of(text: str) -> PeriodHead:
    raw = json.loads(text)
    fed_at = raw["fed_at"]
    return PeriodHead(
        scheme_of(raw["scheme"]),
        raw["version"],
        raw["example"],
        raw["from"],
        raw["until"],
        raw["judged_at"],
        Watermark(raw["watermark"], None if fed_at is None else naive_utc(fed_at)),
        raw["demo"],
    )


def person_text(person: PersonRecord) -> str:
    one = person.judged
    score = TOTAL.dump_python(person.score, mode="json")
    if not person.score.appeals:
        # As texts were before it was told: another edition changes those alone whom it concerns.
        del score["appeals"]
    return canonical(
        {
            "who": one.key,
            "name": one.name,
            "group": one.group,
            "ranked": person.ranked,
            "score": score,
            "entries": {str(n): [asdict(entry) for entry in found] for n, found in person.entries.items() if found},
        }
    )


def person_of(text: str) -> PersonRecord:
    raw = orjson.loads(text)
    judged = Judged(raw["who"], raw["name"], raw["group"])
    entries = {int(n): [CountedEntry(**entry) for entry in found] for n, found in raw["entries"].items()}
    return PersonRecord(judged, TOTAL.validate_python(raw["score"]), raw["ranked"], entries)


def questions_of(head: PeriodHead) -> list[MeasureQuery | None]:
    """What each line asked, at the moment of the judgement."""
    return [_question(head, line) for line in head.scheme.lines]


def _question(head: PeriodHead, line: SchemeLine) -> MeasureQuery | None:
    try:
        return question_of(head.scheme, line, head.from_at, head.until, head.judged_at)
    except HotlineError:
        # An indicator that this version of the program does not have any more.
        return None


def judged_of(head: PeriodHead, people: Iterable[PersonRecord]) -> JudgedPeriod:
    """A kept period as one that has just been judged: whatever shows the one shows the other."""
    found = list(people)
    return JudgedPeriod(
        head.scheme,
        head.from_at,
        head.until,
        [one.judged for one in found],
        questions_of(head),
        {one.judged.key: tuple(line.figure for line in one.score.lines) for one in found},
        [one.score for one in found],
        head.watermark,
        head.demo,
        head.judged_at,
        {one.judged.key: one.entries for one in found},
    )


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
