"""Which of the known places a caller means: candidates with a confidence and what was matched. Pure.

A confidence says how sure the name is, ``radius_m`` how far from the point the house may be. Names that are as good as
each other share the confidence: four streets of one name, and nothing said of the district, are four quarters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from core.workorders.places import distance_m
from geo_analysis.locate.address import SpokenAddress, parsed
from geo_analysis.locate.gazetteer import Gazetteer, Street
from geo_analysis.locate.spelling import is_latin, plain, sounds

How = Literal["address", "house", "between", "near_number", "street", "crossing"]
By = Literal["written", "heard", "pinyin", "initials"]

LOOKED_AT = 40
# Below this a name is another one.
LEAST = 0.55
# What sounds the same is a little less sure than what is written the same.
HEARD, PINYIN, SWAPPED, INITIALS, DISTRICT_SAID, OTHER_DISTRICT = 0.95, 0.93, 0.9, 0.75, 1.08, 0.7
# How much worse a name may be and still share the confidence.
SHARING = 0.03
HOUSE_M, NUMBER_M, STREET_M = 25.0, 60.0, 400.0
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """``how``: what the point is (the house itself, between two known houses, the middle of the street); ``by``: how
    the name was recognised. ``matched`` is the part of the gazetteer that was."""

    text: str
    district: str
    longitude: float
    latitude: float
    confidence: float
    matched: str
    how: How
    by: By
    radius_m: float


@dataclass(frozen=True, slots=True)
class _Named:
    street: Street
    score: float
    by: By


def locate(known: Gazetteer, text: str, most: int = 8) -> list[Candidate]:
    """The best first; none where nothing is like it."""
    text = text[:LONGEST_TEXT]
    said = parsed(text, known.districts)
    whole = known.addresses.get(said.said)
    if whole is not None:
        name = said.names[0] if said.names else whole.address
        return [
            Candidate(
                whole.address, whole.district, whole.longitude, whole.latitude, 1.0, name, "address", "written", HOUSE_M
            )
        ]
    if said.crossing and len(said.names) == 2 and (found := _crossing(known, said)):
        return found[:most]
    spoken = next((name for name in said.names if name), said.said)
    return [_placed(one, said.number) for one in _shared(_named(known, spoken, said.said))[:most]]


def _named(known: Gazetteer, name: str, said: str) -> list[_Named]:
    """Streets by how like their names are; each once."""
    best: dict[int, _Named] = {}
    there = {one for one in known.districts if plain(one) in said}
    for found, by, n in _likeness(known, name):
        street = known.streets[n]
        score = min(1.0, found * _district(street, there))
        if score >= LEAST and (n not in best or score > best[n].score):
            best[n] = _Named(street, score, by)
    return sorted(best.values(), key=lambda one: (-one.score, len(one.street.name), one.street.name))


def _likeness(known: Gazetteer, name: str) -> Iterator[tuple[float, By, int]]:
    if name in known.exact:
        yield from ((1.0, "written", street) for street in known.exact[name])
        return
    heard = sounds(name)
    for n in known.likely(heard, LOOKED_AT).tolist():
        form, form_heard, street = known.forms[n]
        written = _alike(form, name)
        by_ear = 0.0 if written > HEARD or form_heard == form else HEARD * _alike(form_heard, heard)
        yield (written, "written", street) if written >= by_ear else (by_ear, "heard", street)
    if is_latin(name) and len(typed := name.replace(" ", "")) > 1:
        yield from _spelt(known, typed)


def _spelt(known: Gazetteer, typed: str) -> Iterator[tuple[float, By, int]]:
    """Chinese names by their pinyin and by its first letters."""
    for short, street in known.initials:
        if typed in short:
            yield INITIALS * (0.85 + 0.15 * len(typed) / len(short)), "initials", street
    if len(typed) > 3:
        like = process.extract(
            typed, known.readings, scorer=fuzz.partial_ratio, processor=None, score_cutoff=100 * LEAST, limit=LOOKED_AT
        )
        for reading, _, n in like:
            yield PINYIN * _alike(reading, typed), "pinyin", known.read_as[n]


def _alike(form: str, said: str) -> float:
    """1 for the same; a name within a sentence counts by how much of what was said it explains, and the beginning of a
    name by how much of it was said."""
    if form == said:
        return 1.0
    # The same characters in another order: typed too fast.
    swapped = SWAPPED if len(form) == len(said) and sorted(form) == sorted(said) else 0.0
    whole = max(swapped, fuzz.ratio(form, said) / 100)
    share = min(len(form), len(said)) / max(len(form), len(said))
    return float(max(whole, fuzz.partial_ratio(form, said) / 100 * (0.7 + 0.28 * share)))


def _district(street: Street, said: set[str]) -> float:
    """A district that is named speaks for its streets and against all others."""
    if not said or not street.district:
        return 1.0
    return DISTRICT_SAID if street.district in said else OTHER_DISTRICT


def _shared(found: list[_Named]) -> list[_Named]:
    if not found:
        return []
    weights = [math.exp((one.score - found[0].score) / SHARING) for one in found]
    total = sum(weights)
    return [_Named(one.street, one.score * weight / total, one.by) for one, weight in zip(found, weights, strict=True)]


def _placed(named: _Named, number: int | None) -> Candidate:
    street = named.street
    x, y, how, radius = _house(street, number)
    chinese = not street.name.isascii()
    text = street.name if number is None else f"{street.name}{number}号" if chinese else f"{number} {street.name}"
    if street.district and not street.name.startswith(street.district):
        text = f"{street.district}{text}" if chinese else f"{text}, {street.district}"
    confidence = round(named.score, 3)
    return Candidate(text, street.district, x, y, confidence, street.name, how, named.by, round(radius, 1))


def _house(street: Street, number: int | None) -> tuple[float, float, How, float]:
    """Degrees, what the point is, and how far off it may be."""
    if number is None or not street.houses:
        return street.longitude, street.latitude, "street", max(STREET_M, _reach(street))
    low, high = street.nearest_numbers(number)
    if high is not None and high[0] == number:
        return high[1], high[2], "house", HOUSE_M
    if low is not None and high is not None:
        share = (number - low[0]) / (high[0] - low[0])
        x, y = low[1] + share * (high[1] - low[1]), low[2] + share * (high[2] - low[2])
        return x, y, "between", HOUSE_M + distance_m(low[1], low[2], high[1], high[2]) / 2
    last = low or high
    assert last is not None
    return last[1], last[2], "near_number", NUMBER_M + 5.0 * abs(last[0] - number)


def _reach(street: Street) -> float:
    return max((distance_m(street.longitude, street.latitude, x, y) for x, y in street.points), default=0.0)


def _crossing(known: Gazetteer, said: SpokenAddress) -> list[Candidate]:
    """Where the known points of both roads come closest."""
    first, second = (_named(known, name, said.said)[:5] for name in said.names)
    found = []
    for a in first:
        for b in second:
            if a.street is b.street:
                continue
            away, x, y = min(
                (distance_m(*p, *q), (p[0] + q[0]) / 2, (p[1] + q[1]) / 2)
                for p in _some(a.street.points)
                for q in _some(b.street.points)
            )
            # Roads that come near each other are meant rather than others of those names.
            score = a.score * b.score * (1.0 if a.street.district == b.street.district else 0.9)
            name = f"{a.street.name} / {b.street.name}"
            by: By = a.by if a.by != "written" else b.by
            candidate = Candidate(
                name, a.street.district, x, y, round(score, 3), name, "crossing", by, round(away / 2 + HOUSE_M, 1)
            )
            found.append((score - min(0.3, away / 20_000), candidate))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]


def _some(points: list[tuple[float, float]], most: int = 40) -> list[tuple[float, float]]:
    return points[:: max(1, len(points) // most)]
