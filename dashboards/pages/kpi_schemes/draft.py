"""A scheme while it is being written: everything as it was typed, also what cannot be read yet. Pure.

``draft_of`` makes one of a scheme, ``draft_reading`` reads it back and says what is wrong, by the form's own fields. A
line is known by its ``key``, which stays when lines are moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import BadInput
from dashboards.pages.kpi_schemes.typed import Unit, typed
from kpi.measures.catalogue import lower_is_better
from kpi.scoring.curves import Linear, Points, Steps, Veto
from kpi.scoring.grades import GradeBands
from kpi.scoring.scheme import FIVE, Scheme, SchemeLine, SchemeScope, scheme_json, unit_of

Kind = Literal["linear", "band", "steps", "points", "deduction", "bonus", "veto"]
# Of each kind the numbers that are typed, and whether they are values of the indicator or points.
NUMBERS: Mapping[Kind, tuple[tuple[str, bool], ...]] = {
    "linear": (("floor", True), ("target", True), ("stretch", True), ("base", False), ("cap", False)),
    "band": (("zero_below", True), ("low", True), ("high", True), ("zero_above", True), ("full", False)),
    "steps": (("otherwise", False),),
    "points": (),
    "deduction": (("each", False), ("most", False)),
    "bonus": (("each", False), ("most", False)),
    "veto": (("limit", True),),
}
USUAL = {"base": "100", "cap": "120", "full": "100", "otherwise": "0"}
# What of a line the form shows; the rest goes through as it is.
SHOWN = ("indicator", "weight", "curve", "minimum", "missing", "of", "threshold_s", "adjust", "consent")
MOST_LINES, MOST_ROWS = 40, 20
STRICT = ConfigDict(extra="forbid")
Said = Annotated[str, Field(max_length=64)]
Pair = tuple[Said, Said]
Numbers = Annotated[Mapping[Said, Said], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """``pairs`` are steps or points: value and score. ``reverse``: ``more``, ``less``, or as the indicator is."""

    __pydantic_config__ = STRICT
    key: int
    indicator: Said = ""
    weight: Said = ""
    kind: Kind = "linear"
    numbers: Numbers = field(default_factory=lambda: dict(USUAL))
    pairs: Annotated[tuple[Pair, ...], Field(max_length=MOST_ROWS)] = ()
    reverse: Literal["", "more", "less"] = ""
    effect: Literal["nought", "cap_grade"] = "nought"
    grade: Said = ""
    minimum: Said = ""
    missing: Literal["renormalise", "neutral", "nought"] = "renormalise"
    of: Literal["", "own", "group", "house"] = ""
    threshold: Said = ""
    adjust: Literal["none", "case_mix"] = "none"
    consent: Literal["no", "yes"] = "no"
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        return unit_of(self.indicator) if self.indicator else "number"


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """``whom`` is ``post:agent``, ``site:*`` or ``department``; ``part`` its group, or the department's name. ``base``
    is the version that it was made of, 0 for a new scheme; ``at`` when it was last changed, in epoch seconds."""

    __pydantic_config__ = STRICT
    name: Annotated[str, Field(max_length=200)] = ""
    name_en: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    whom: Annotated[str, Field(max_length=80)] = "post:agent"
    part: Annotated[str, Field(max_length=80)] = ""
    begins: Said = ""
    ends: Said = ""
    lines: Annotated[tuple[DraftLine, ...], Field(max_length=MOST_LINES)] = ()
    graded: Literal["bands", "forced"] = "bands"
    grades: Annotated[tuple[Pair, ...], Field(max_length=MOST_ROWS)] = ()
    base: int = 0
    at: float = 0.0

    def line(self, key: int) -> DraftLine | None:
        return next((one for one in self.lines if one.key == key), None)


DRAFT: TypeAdapter[SchemeDraft] = TypeAdapter(SchemeDraft)


def draft_json(draft: SchemeDraft) -> dict[str, Any]:
    written: dict[str, Any] = DRAFT.dump_python(draft, mode="json")
    return written


def draft_from(raw: Any) -> SchemeDraft:
    """What a browser kept; ``BadInput`` for what is no draft of ours."""
    try:
        return DRAFT.validate_python(raw)
    except ValidationError as wrong:
        raise BadInput("What was typed here cannot be read.", remedy="Reload the page.") from wrong


def draft_of(scheme: Scheme, base: int = 0) -> SchemeDraft:
    bands = scheme.grades.bands if isinstance(scheme.grades, GradeBands) else scheme.grades.shares
    whom, part = _whom(scheme.subject)
    return SchemeDraft(
        scheme.name,
        scheme.name_en,
        scheme.note,
        whom,
        part,
        scheme.begins,
        scheme.ends or "",
        tuple(_line_of(key, line) for key, line in enumerate(scheme.lines)),
        scheme.grades.kind,
        tuple((name, typed(limit, "points")) for name, limit in bands),
        base,
    )


def empty(begins: str) -> SchemeDraft:
    """A new one: agents, a line to begin with, the usual grades."""
    grades = tuple((name, typed(limit, "points")) for name, limit in FIVE.bands)
    return SchemeDraft(begins=begins, lines=(DraftLine(0),), grades=grades)


def _whom(subject: SchemeScope) -> tuple[str, str]:
    if subject.site:
        return f"site:{subject.site}", ""
    if subject.department:
        return "department", subject.department
    return f"post:{subject.post}", subject.group


def _line_of(key: int, line: SchemeLine) -> DraftLine:
    curve, unit = line.curve, unit_of(line.indicator)
    numbers = {
        **USUAL,
        **{name: typed(getattr(curve, name), unit if value else "points") for name, value in NUMBERS[curve.kind]},
    }
    pairs: Sequence[tuple[float, float]] = ()
    if isinstance(curve, Steps | Points):
        pairs = curve.steps if isinstance(curve, Steps) else curve.points
    whole = scheme_json(Scheme("-", SchemeScope(), (line,), ""))["lines"][0]
    return DraftLine(
        key,
        line.indicator,
        typed(line.weight, "points"),
        curve.kind,
        numbers,
        tuple((typed(value, unit), typed(score, "points")) for value, score in pairs),
        _direction(line),
        curve.effect if isinstance(curve, Veto) else "nought",
        curve.grade if isinstance(curve, Veto) else "",
        typed(line.minimum, "count"),
        line.missing,
        line.of or "",
        typed(line.threshold_s, "count"),
        line.adjust,
        "yes" if line.consent else "no",
        {name: value for name, value in whole.items() if name not in SHOWN},
    )


def _direction(line: SchemeLine) -> Literal["", "more", "less"]:
    """Nothing where it is the indicator's own; a veto says from which side on it counts."""
    if isinstance(line.curve, Veto):
        return "less" if line.curve.reverse else "more"
    if not isinstance(line.curve, Linear | Steps) or line.curve.reverse in (None, lower_is_better(line.indicator)):
        return ""
    return "less" if line.curve.reverse else "more"


# --- what is typed and pressed ----------------------------------------------------------------------------------


def with_values(draft: SchemeDraft, values: Mapping[str, Any]) -> SchemeDraft:
    """``values`` by place: ``name``, ``grades.0.1``, ``lines.3.numbers.floor`` (3 is the line's key); places that are
    not there any more are passed over. ``BadInput`` for what no form sends."""
    raw = draft_json(draft)
    for name in OWN:
        _put(raw, name, values.get(name))
    for n, pair in enumerate(raw["grades"]):
        _put_pair(pair, values, f"grades.{n}")
    for line in raw["lines"]:
        at = f"lines.{line['key']}"
        for name in OF_LINE:
            _put(line, name, values.get(f"{at}.{name}"))
        for name in _all_numbers():
            _put(line["numbers"], name, values.get(f"{at}.numbers.{name}"))
        for n, pair in enumerate(line["pairs"]):
            _put_pair(pair, values, f"{at}.pairs.{n}")
    changed = draft_from(raw)
    if changed.whom != draft.whom:
        changed = replace(changed, part="")
    return replace(changed, lines=tuple(map(_fitted, draft.lines, changed.lines)))


def _put(at: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        at[name] = value


def _put_pair(pair: list[Any], values: Mapping[str, Any], at: str) -> None:
    for n in range(2):
        pair[n] = values.get(f"{at}.{n}", pair[n])


OWN = ("name", "name_en", "note", "whom", "part", "begins", "ends", "graded")
OF_LINE = (
    "indicator",
    "weight",
    "kind",
    "reverse",
    "effect",
    "grade",
    "minimum",
    "missing",
    "of",
    "threshold",
    "adjust",
    "consent",
)


def _all_numbers() -> Iterator[str]:
    return (name for numbers in NUMBERS.values() for name, _is_value in numbers)


def _fitted(before: DraftLine, now: DraftLine) -> DraftLine:
    """What another kind or another indicator brings with it: rows to type in; values of another unit are not values of
    this one."""
    if now.unit != before.unit or (now.indicator != before.indicator and not before.indicator):
        values = {name for numbers in NUMBERS.values() for name, is_value in numbers if is_value}
        now = replace(
            now,
            numbers={name: said for name, said in now.numbers.items() if name not in values},
            pairs=tuple(("", score) for _value, score in now.pairs),
        )
    if now.indicator != before.indicator:
        now = replace(now, reverse="", of="", minimum="", threshold="", adjust="none", consent="no")
    if now.kind != before.kind:
        now = replace(now, numbers={**USUAL, **now.numbers}, reverse="" if now.kind != "veto" else "more")
        if now.kind in ("steps", "points") and not now.pairs:
            now = replace(now, pairs=(("", "0" if now.kind == "points" else "60"), ("", "100")))
        if now.kind == "veto":
            now = replace(now, weight="0")
    return now


def acted(draft: SchemeDraft, act: str, place: int = -1, row: int = -1) -> SchemeDraft:
    """After a button: of lines ``add``, ``up``, ``down``, ``remove``; of rows ``row_add`` and ``row_remove``, of grades
    ``grade_add`` and ``grade_remove``. ``place`` is a line's key. What cannot be done changes nothing."""
    keys = [line.key for line in draft.lines]
    if act == "add" and len(keys) < MOST_LINES:
        return replace(draft, lines=(*draft.lines, DraftLine(max(keys, default=-1) + 1)))
    if act == "grade_add" and len(draft.grades) < MOST_ROWS:
        return replace(draft, grades=(*draft.grades, ("", "0")))
    if act == "grade_remove" and 0 <= row < len(draft.grades) and len(draft.grades) > 1:
        return replace(draft, grades=(*draft.grades[:row], *draft.grades[row + 1 :]))
    line = draft.line(place)
    if line is None:
        return draft
    at, lines = keys.index(place), list(draft.lines)
    if act == "remove":
        del lines[at]
    elif act in ("up", "down") and 0 <= (other := at + (1 if act == "down" else -1)) < len(lines):
        lines[at], lines[other] = lines[other], lines[at]
    elif act == "row_add" and len(line.pairs) < MOST_ROWS:
        lines[at] = replace(line, pairs=(*line.pairs, ("", "")))
    elif act == "row_remove" and 0 <= row < len(line.pairs):
        lines[at] = replace(line, pairs=(*line.pairs[:row], *line.pairs[row + 1 :]))
    return replace(draft, lines=tuple(lines))


def shape_of(line: DraftLine) -> object:
    """What decides which fields a line has."""
    return line.indicator, line.kind, len(line.pairs), line.effect


def same(one: SchemeDraft, other: SchemeDraft) -> bool:
    """But for the moment."""
    return replace(one, at=0.0) == replace(other, at=0.0)
