"""A scheme: whom it judges, by which lines, with which weights and curves, and how totals become grades. Pure.

The records are the form of requests, of files and of the database at once; ``check`` says what is wrong with one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from core.errors import HotlineError
from core.i18n import N_
from core.wrong_input import validated
from kpi.measures.catalogue import BY, NOT_MEASURED, Measure, lower_is_better, measure
from kpi.scoring.curves import STRICT, Rule, settled
from kpi.scoring.grades import GradeBands, Grades

DAY = r"^\d{4}-\d\d-\d\d$"
# No control characters but line ends and tabs: not every database keeps them.
WORDS = r"^[^\x00-\x08\x0b-\x1f]*$"
ID = r"^[a-z0-9_-]{1,40}$"
# What a missing figure does: its weight is spread over the others, it scores as expected, or it scores nothing.
Missing = Literal["renormalise", "neutral", "nought"]
# Whose figure a line judges by: the person's (or unit's) own, the work group's, or the whole house's.
Whose = Literal["own", "group", "house"]
# As it is, or compared with what the same cases make for everybody together (``kpi.fairness.case_mix``).
Adjust = Literal["none", "case_mix"]
# What people write down (``kpi.manual``).
MANUAL: Mapping[str, str] = {
    "manual.attendance": N_("Attendance"),
    "manual.commendations": N_("Commendations"),
    "manual.complaints": N_("Justified complaints"),
    "manual.training": N_("Training result"),
}
AGENT = "agent"
ValueUnit = Literal["share", "seconds", "number"]
# Of what people write down, where it is no plain number.
MANUAL_UNITS: Mapping[str, ValueUnit] = {"manual.attendance": "share"}


@dataclass(frozen=True, slots=True)
class SchemeScope:
    """Either a ``post`` (of one work ``group``, or of all, each ranked apart), or a ``site`` (``*``: every one), or a
    ``department``."""

    __pydantic_config__ = STRICT
    group: Annotated[str, Field(max_length=64, pattern=WORDS)] = ""
    post: Annotated[str, Field(max_length=20, pattern=WORDS)] = ""
    site: Annotated[str, Field(max_length=40, pattern=WORDS)] = ""
    department: Annotated[str, Field(max_length=64, pattern=WORDS)] = ""

    @property
    def own_by(self) -> str | None:
        """By what an indicator must be known to be everybody's own."""
        if self.site:
            return "site"
        return "agent" if self.post == AGENT else None


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """``minimum``: a smaller sample is not judged (unsaid, the indicator's). ``threshold_s`` takes the place of the
    queues' T in service levels. ``adjust``: the value is observed / expected for the same cases × the value of all.
    ``consent``: what people write down counts once a second person has agreed."""

    __pydantic_config__ = STRICT
    indicator: Annotated[str, Field(max_length=64)]
    weight: float
    curve: Annotated[Rule, Field(discriminator="kind")]
    minimum: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    missing: Missing = "renormalise"
    of: Whose | None = None
    threshold_s: Annotated[int | None, Field(ge=1, le=3600)] = None
    adjust: Adjust = "none"
    consent: bool = False


FIVE = GradeBands((("A", 110.0), ("B", 95.0), ("C", 80.0), ("D", 60.0), ("E", 0.0)))


@dataclass(frozen=True, slots=True)
class Scheme:
    """``begins`` and ``ends`` are local days, both included; without an end it holds until another version begins.
    ``id`` empty: it is given one."""

    __pydantic_config__ = STRICT
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=WORDS)]
    subject: Annotated[SchemeScope, Field(alias="for")]
    lines: Annotated[tuple[SchemeLine, ...], Field(min_length=1, max_length=40)]
    begins: Annotated[str, Field(alias="from", pattern=DAY)]
    ends: Annotated[str | None, Field(alias="to", pattern=DAY)] = None
    grades: Annotated[Grades, Field(discriminator="kind")] = FIVE
    name_en: Annotated[str, Field(max_length=64, pattern=WORDS)] = ""
    note: Annotated[str, Field(max_length=1000, pattern=WORDS)] = ""
    id: Annotated[str, Field(pattern=f"{ID}|^$")] = ""


SCHEME: TypeAdapter[Scheme] = TypeAdapter(Scheme)


def scheme_of(raw: Mapping[str, Any]) -> Scheme:
    """From JSON; ``BadInput`` names the field and what it must be."""
    return validated(SCHEME, raw)


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    """As ``scheme_of`` reads it, also that of a program that does not know ``consent`` where none is asked for."""
    written: dict[str, Any] = SCHEME.dump_python(scheme, mode="json", by_alias=True)
    for line in written["lines"]:
        if not line["consent"]:
            del line["consent"]
    return written


def measured(line: SchemeLine) -> Measure | None:
    """The indicator of the catalogue; ``None`` for what people write down, and for what cannot be measured yet."""
    return None if line.indicator in MANUAL or line.indicator in NOT_MEASURED else measure(line.indicator)


def unit_of(indicator: str) -> ValueUnit:
    """Of what nobody knows: a plain number."""
    if indicator in NOT_MEASURED:
        return "share"
    try:
        return MANUAL_UNITS.get(indicator, "number") if indicator in MANUAL else measure(indicator).unit
    except HotlineError:
        return "number"


def possible(subject: SchemeScope, line: SchemeLine) -> tuple[Whose, ...]:
    """Whose figure of this indicator there is, the nearest first."""
    found = measured(line)
    if found is None:
        return ("own",)
    near: list[Whose] = ["own"] if subject.own_by in BY[found.source] else []
    if (subject.group or subject.post == AGENT) and "group" in BY[found.source]:
        near.append("group")
    return (*near, "house")


def settle(scheme: Scheme) -> Scheme:
    """With everything written down that it left to the catalogue: directions, minimums, whose figure."""
    return replace(scheme, lines=tuple(_settled(scheme.subject, line) for line in scheme.lines))


def _settled(subject: SchemeScope, line: SchemeLine) -> SchemeLine:
    found = measured(line)
    least = line.minimum if line.minimum is not None else found.minimum if found else 1
    curve = settled(line.curve, less_is_better=lower_is_better(line.indicator))
    return replace(line, curve=curve, minimum=least, of=line.of or possible(subject, line)[0])
