"""What a draft says: the scheme, or everything that is wrong, each by the form's field in the office's words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import BadInput
from core.i18n import N_
from dashboards.pages.kpi_schemes.draft import NUMBERS, DraftLine, SchemeDraft
from dashboards.pages.kpi_schemes.typed import Unit, read
from dashboards.pages.kpi_schemes.words import indicator_name
from kpi.scoring.check import problems
from kpi.scoring.scheme import Scheme, SchemeScope, scheme_of

# Stands in for a curve that cannot be read yet, so that the rest of the scheme is checked all the same.
FITS = {"kind": "deduction", "each": 1.0, "most": 1.0}
MOST_SHARE = 2.0
# What is said of the scheme as a file, in the words of the form.
REMEDIES: Mapping[str, str] = {
    "base must be more than 0, and cap not less than base.": N_(
        "The points at the target must be more than 0, those at the stretch not less."
    ),
    "They must rise: zero_below, low, high, zero_above; only low and high may be equal.": N_(
        "Let the four values rise from left to right; only the two in the middle may be equal."
    ),
    "Choose one that GET /api/v1/indicators names.": N_("Choose one from the list."),
}


@dataclass(frozen=True, slots=True)
class DraftReading:
    """``scheme`` is there when nothing is wrong. ``lines``: of each line's key its curve as far as it could be read, so
    that it can be drawn. ``weight`` is the sum of the weights that can be read."""

    scheme: Scheme | None
    wrong: tuple[BadInput, ...]
    weight: float
    curves: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    wrong: list[BadInput] = field(default_factory=list)

    def number(self, text: str, unit: Unit, at: str) -> float | None:
        try:
            return read(text, unit, at)
        except BadInput as no:
            self.wrong.append(no)
            return None

    def needed(self, text: str, unit: Unit, at: str) -> float | None:
        """A value of the indicator or points, which must be there."""
        before = len(self.wrong)
        value = self.number(text, unit, at)
        if value is None and len(self.wrong) == before:
            self.wrong.append(BadInput("Not filled in.", field=at))
        if value is not None and unit == "share" and abs(value) > MOST_SHARE:
            self.wrong.append(BadInput("A share lies between 0 and 100 %.", field=at, remedy="Correct the figure."))
            return None
        return value


def reading_of(draft: SchemeDraft) -> DraftReading:
    reader = _Reader()
    curves: dict[int, Mapping[str, Any]] = {}
    lines = []
    for line in draft.lines:
        # Without an indicator nobody knows what its numbers are.
        curve = _curve(line, reader) if line.indicator else None
        if curve is not None:
            curves[line.key] = curve
        lines.append(_line(line, curve, reader))
    weight = round(sum(one["weight"] for one in lines), 6)
    raw = {
        "name": draft.name.strip() or "-",
        "name_en": draft.name_en.strip(),
        "note": draft.note,
        "for": _subject(draft),
        "from": draft.begins.strip(),
        "to": draft.ends.strip() or None,
        "grades": _grades(draft, reader),
        "lines": lines,
    }
    if not draft.lines:
        reader.wrong.append(BadInput("A scheme needs at least one line.", field="lines", remedy="Add a line."))
        return DraftReading(None, tuple(_named(draft, reader.wrong)), weight)
    return _checked(draft, raw, reader, weight, curves)


def _checked(
    draft: SchemeDraft,
    raw: Mapping[str, Any],
    reader: _Reader,
    weight: float,
    curves: Mapping[int, Mapping[str, Any]],
) -> DraftReading:
    unread = {one.field or "" for one in reader.wrong}
    try:
        scheme = scheme_of(raw)
    except BadInput as no:
        found = [*getattr(no, "parts", (no,))]
        # Fields of the file's form are those of ours, but for the lines' keys.
        mine = [_moved(one, draft) for one in found]
        return DraftReading(None, tuple(_named(draft, [*reader.wrong, *mine])), weight, curves)
    wrong = [_moved(one, draft) for one in problems(scheme)]
    wrong = [one for one in wrong if not _told_already(one.field or "", unread)]
    everything = _named(draft, [*reader.wrong, *wrong])
    return DraftReading(scheme if not everything else None, tuple(everything), weight, curves)


def _told_already(at: str, unread: set[str]) -> bool:
    """What hangs on a field that cannot be read; of the sum, which such a weight falsifies, too."""
    if at == "lines":
        return any(one.endswith(".weight") for one in unread)
    return any(one == at or one.startswith(f"{at}.") for one in unread)


def _named(draft: SchemeDraft, wrong: list[BadInput]) -> list[BadInput]:
    """In the order of the form, with the form's own words."""
    if not draft.name.strip():
        wrong = [BadInput("A scheme needs a name.", field="name", remedy="Say whom it judges."), *wrong]
    for one in wrong:
        one.remedy = REMEDIES.get(one.remedy or "", one.remedy)
        if "indicator" in one.values:
            one.values["indicator"] = indicator_name(str(one.values["indicator"]))
    return wrong


def _moved(one: BadInput, draft: SchemeDraft) -> BadInput:
    """A field of the scheme as the form has it: ``lines.0.curve.floor`` is ``lines.7.numbers.floor`` there."""
    at = {"for": "whom", "from": "begins", "to": "ends"}.get(one.field or "", one.field or "")
    found = re.match(r"lines\.(\d+)(.*)", at)
    if found and int(found[1]) < len(draft.lines):
        line, rest = draft.lines[int(found[1])], found[2]
        if rest == ".curve.grade":
            rest = ".grade"
        elif rest.startswith(".curve."):
            last = rest.rsplit(".", 1)[-1]
            rest = f".numbers.{last}" if last in dict(NUMBERS[line.kind]) else ".curve"
        at = f"lines.{line.key}{rest.replace('threshold_s', 'threshold')}"
    one.field = at
    return one


def subject_of(draft: SchemeDraft) -> SchemeScope:
    return SchemeScope(**_subject(draft))


def _subject(draft: SchemeDraft) -> dict[str, str]:
    kind, _colon, name = draft.whom.partition(":")
    if kind == "department":
        return {"department": draft.part.strip()}
    return {kind: name, **({"group": draft.part} if kind == "post" and draft.part else {})}


def _grades(draft: SchemeDraft, reader: _Reader) -> dict[str, Any]:
    found = [
        (name.strip(), reader.needed(number, "points", f"grades.{n}.1") or 0.0)
        for n, (name, number) in enumerate(draft.grades)
    ]
    return {"kind": draft.graded, "bands" if draft.graded == "bands" else "shares": found}


def _line(line: DraftLine, curve: Mapping[str, Any] | None, reader: _Reader) -> dict[str, Any]:
    at = f"lines.{line.key}"
    if not line.indicator:
        reader.wrong.append(
            BadInput("No indicator is chosen.", field=f"{at}.indicator", remedy="Choose one from the list.")
        )
    minimum, threshold = (
        reader.number(text, "count", f"{at}.{name}")
        for name, text in (("minimum", line.minimum), ("threshold", line.threshold))
    )
    weight = reader.needed(line.weight, "points", f"{at}.weight")
    return {
        **line.more,
        # A line that nobody has chosen an indicator for is told of once.
        "indicator": line.indicator or "aht",
        "weight": weight or 0.0,
        "curve": FITS if curve is None else curve,
        "missing": line.missing,
        "adjust": line.adjust,
        "consent": line.consent == "yes",
        **({"minimum": int(minimum)} if minimum is not None else {}),
        **({"of": line.of} if line.of else {}),
        **({"threshold_s": int(threshold)} if threshold is not None else {}),
    }


def _curve(line: DraftLine, reader: _Reader) -> dict[str, Any] | None:
    """``None`` where a number of it is missing or none."""
    at, unit = f"lines.{line.key}", line.unit
    numbers = {
        name: reader.needed(line.numbers.get(name, ""), unit if is_value else "points", f"{at}.numbers.{name}")
        for name, is_value in NUMBERS[line.kind]
    }
    curve: dict[str, Any] = {"kind": line.kind, **numbers}
    if line.kind in ("steps", "points"):
        pairs = [
            (
                reader.needed(value, unit, f"{at}.pairs.{n}.0"),
                reader.needed(score, "points", f"{at}.pairs.{n}.1"),
            )
            for n, (value, score) in enumerate(line.pairs)
        ]
        curve[line.kind] = pairs
        if any(None in pair for pair in pairs):
            return None
    if None in numbers.values():
        return None
    if line.kind in ("linear", "steps", "veto") and line.reverse:
        curve["reverse"] = line.reverse == "less"
    if line.kind == "veto":
        curve |= {"effect": line.effect, **({"grade": line.grade} if line.effect == "cap_grade" else {})}
    return curve
