"""The score of a call: 100 · Σ weight · worth / Σ weight, without the items that do not apply. Pure.

A fatal item that failed makes it 0; what it would be without that stands beside it. Sums are exact (``math.fsum``), so
that the order of items does not matter, and the score is rounded once, at the end, half up to two digits: what is
judged by the pass mark is what everybody reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qa.forms.form import NOT_APPLICABLE, FormItem, ItemAnswer, QaForm, YesNo
from qa.scoring.answers import Answers

FULL = 100.0
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ItemScore:
    """``worth`` from 0 to 1, ``None`` where it does not apply (or is not answered yet); ``points`` of the 100 that
    it brings, and ``possible`` that it could have brought; ``failed``: fatal, and worth nothing."""

    item: str
    worth: float | None
    points: float
    possible: float
    failed: bool


@dataclass(frozen=True, slots=True)
class CallScore:
    """``score_without_fatal`` is ``None`` where nothing that counts applies. ``fatal``: the items that failed."""

    score: float | None
    score_without_fatal: float | None
    passed: bool | None
    fatal: tuple[str, ...]
    items: tuple[ItemScore, ...]


def score(form: QaForm, answers: Answers) -> CallScore:
    """Also of a form that is half filled in: what is not answered counts as what does not apply."""
    weights = form.weights
    worths = {item.id: worth(item, answers[item.id]) for item in form.items if item.id in answers}
    whole = math.fsum(weights[item] for item, found in worths.items() if found is not None)
    items = tuple(_of_item(item, worths.get(item.id), weights[item.id], whole) for item in form.items)
    without = _rounded(FULL * _part(worths, weights) / whole) if whole else None
    fatal = tuple(one.item for one in items if one.failed)
    total = 0.0 if fatal else without
    return CallScore(total, without, None if total is None else not fatal and total >= form.pass_mark, fatal, items)


def worth(item: FormItem, answer: ItemAnswer) -> float | None:
    """From 0 to 1; ``None`` where the item does not apply."""
    if answer == NOT_APPLICABLE:
        return None
    if isinstance(item.answer, YesNo):
        return {"yes": 1.0, "partial": item.answer.partial or 0.0, "no": 0.0}[str(answer)]
    return (int(answer) - item.answer.least) / (item.answer.most - item.answer.least)


def _part(worths: dict[str, float | None], weights: dict[str, float]) -> float:
    return math.fsum(weights[item] * found for item, found in worths.items() if found is not None)


def _of_item(item: FormItem, found: float | None, weight: float, whole: float) -> ItemScore:
    possible = FULL * weight / whole if found is not None and whole else 0.0
    return ItemScore(item.id, found, possible * (found or 0.0), possible, item.fatal is not None and found == 0.0)


def _rounded(value: float) -> float:
    # Through the shortest decimal that means the float, so that 84.125 is what it looks like.
    return float(Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP))
