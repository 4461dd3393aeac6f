"""What a calibration round shows: how far its scorers agree, item by item, in pairs, and who is lenient. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from qa.agreement.alpha import Level, alpha
from qa.agreement.kappa import kappa
from qa.agreement.leniency import Leniency, leniency
from qa.forms.form import ItemAnswer, QaForm, YesNo
from qa.scoring.score import score, worth

# Of each scorer, the answers by call.
Ratings = Mapping[str, Mapping[str, Mapping[str, ItemAnswer]]]


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """``gap``: mean distance of the scorers' worth from the master's, ``None`` without one. ``judged``: how often the
    item was held to apply."""

    item: str
    text: str
    level: Level
    alpha: float | None
    gap: float | None
    judged: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Of all items that both held to apply; ``None`` where undefined."""

    first: str
    second: str
    kappa: float | None
    linear: float | None
    quadratic: float | None
    judged: int


@dataclass(frozen=True, slots=True)
class RoundAgreement:
    """``alpha`` is of the scores (without fatal items), as an interval scale."""

    alpha: float | None
    items: tuple[ItemAgreement, ...]
    pairs: tuple[PairAgreement, ...]
    leniency: tuple[Leniency, ...]
    calls: int
    scorers: int


def agreement(
    form: QaForm, calls: Sequence[str], ratings: Ratings, masters: Mapping[str, Mapping[str, ItemAnswer]]
) -> RoundAgreement:
    who = sorted(ratings)
    totals = {
        name: {call: found for call, given in own.items() if (found := _total(form, given)) is not None}
        for name, own in ratings.items()
    }
    measure = {call: found for call, given in masters.items() if (found := _total(form, given)) is not None}
    return RoundAgreement(
        alpha([[totals[name].get(call) for call in calls] for name in who], "interval"),
        tuple(_of_item(form, n, calls, ratings, masters) for n in range(len(list(form.items)))),
        tuple(_of_pair(form, calls, ratings, *two) for two in combinations(who, 2)),
        tuple(leniency(totals, measure)),
        len(calls),
        len(who),
    )


def _total(form: QaForm, answers: Mapping[str, ItemAnswer]) -> float | None:
    return score(form, answers).score_without_fatal


def _worth(form: QaForm, n: int, answers: Mapping[str, ItemAnswer] | None) -> float | None:
    item = list(form.items)[n]
    return None if answers is None or item.id not in answers else worth(item, answers[item.id])


def _of_item(
    form: QaForm,
    n: int,
    calls: Sequence[str],
    ratings: Ratings,
    masters: Mapping[str, Mapping[str, ItemAnswer]],
) -> ItemAgreement:
    item = list(form.items)[n]
    plain = isinstance(item.answer, YesNo) and item.answer.partial is None
    level: Level = "nominal" if plain else "ordinal"
    table = [[_worth(form, n, ratings[name].get(call)) for call in calls] for name in sorted(ratings)]
    gaps = [
        abs(given - due)
        for row in table
        for call, given in zip(calls, row, strict=True)
        if given is not None and (due := _worth(form, n, masters.get(call))) is not None
    ]
    judged = sum(one is not None for row in table for one in row)
    return ItemAgreement(item.id, item.text, level, alpha(table, level), fmean(gaps) if gaps else None, judged)


def _of_pair(form: QaForm, calls: Sequence[str], ratings: Ratings, first: str, second: str) -> PairAgreement:
    both = [
        (one, other)
        for n in range(len(list(form.items)))
        for call in calls
        if (one := _worth(form, n, ratings[first].get(call))) is not None
        and (other := _worth(form, n, ratings[second].get(call))) is not None
    ]
    ones, others = [one for one, _ in both], [other for _, other in both]
    levels = sorted({*ones, *others})
    return PairAgreement(
        first,
        second,
        kappa(ones, others, levels),
        kappa(ones, others, levels, "linear"),
        kappa(ones, others, levels, "quadratic"),
        len(both),
    )
