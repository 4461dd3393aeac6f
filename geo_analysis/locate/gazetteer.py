"""The names that a site knows, with the houses on them, laid out to be searched. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from geo_analysis.locate.address import street_of
from geo_analysis.locate.spelling import initials, plain, readings, sounds

# Further apart than this, two pieces of road of one name are two roads.
APART_DEGREES = 0.1


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A street, an estate, anything with a name. WGS 84 degrees."""

    name: str
    district: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class PlacedAddress:
    """An address whose place is known: of a customer, or set by hand in an order."""

    address: str
    district: str
    longitude: float
    latitude: float


@dataclass(slots=True)
class Street:
    """A named place with the houses that are known on it, by number. ``forms`` are the spellings it is found by."""

    name: str
    district: str
    longitude: float
    latitude: float
    forms: tuple[str, ...] = ()
    houses: list[tuple[int, float, float]] = field(default_factory=list)

    def nearest_numbers(self, number: int) -> tuple[tuple[int, float, float] | None, tuple[int, float, float] | None]:
        """The known houses below and above, of the same side of the street where there are such."""
        same = [one for one in self.houses if one[0] % 2 == number % 2] or self.houses
        at = bisect_left(same, (number, -math.inf, -math.inf))
        return (same[at - 1] if at else None), (same[at] if at < len(same) else None)

    @property
    def points(self) -> list[tuple[float, float]]:
        return [(x, y) for _, x, y in self.houses] or [(self.longitude, self.latitude)]


class Gazetteer:
    """Searched by pairs of neighbouring sounds, with one left out: a pair survives most slips of the pen."""

    def __init__(self, streets: Sequence[Street], addresses: dict[str, PlacedAddress]) -> None:
        self.streets = streets
        self.addresses = addresses
        self.districts = tuple(sorted({one.district for one in streets if one.district}, key=len, reverse=True))
        self.forms: list[tuple[str, str, int]] = [
            (form, sounds(form), n) for n, street in enumerate(streets) for form in street.forms
        ]
        self.exact: dict[str, list[int]] = defaultdict(list)
        for form, _, n in self.forms:
            self.exact[form].append(n)
        postings: dict[str, list[int]] = defaultdict(list)
        for n, (_, heard, _) in enumerate(self.forms):
            for pair in pairs(heard):
                postings[pair].append(n)
        self._postings = {pair: np.array(found, np.int64) for pair, found in postings.items()}
        self._weights = {pair: math.log(1 + len(self.forms) / len(found)) for pair, found in postings.items()}

    def __len__(self) -> int:
        return len(self.streets)

    @cached_property
    def initials(self) -> list[tuple[str, int]]:
        """Of the Chinese forms the first letters, and which street it is."""
        return [(initials(form), n) for form, _, n in self.forms if not form.isascii()]

    @cached_property
    def _read(self) -> list[tuple[str, int]]:
        return [(one, n) for form, _, n in self.forms if not form.isascii() for one in readings(form)]

    @cached_property
    def readings(self) -> list[str]:
        """The pinyin of the Chinese forms; ``read_as`` says which streets they are."""
        return [one for one, _ in self._read]

    @cached_property
    def read_as(self) -> list[int]:
        return [n for _, n in self._read]

    def learn(self, address: PlacedAddress) -> None:
        """What became known since: the address itself, and a house where its street is there already."""
        spoken = street_of(address.address, self.districts)
        self.addresses[spoken.said] = address
        if spoken.crossing or spoken.number is None:
            return
        there = [self.streets[n] for n in self.exact.get(spoken.names[0], ())]
        street = _of_its_district(there, address.district)
        if street is not None:
            _add_house(street, address, spoken.number)
            street.houses = _in_order(street.houses)

    def likely(self, heard: str, most: int) -> npt.NDArray[np.int64]:
        """Forms that share most with what was heard, of their rare pairs above all."""
        score = np.zeros(len(self.forms))
        for pair in pairs(heard):
            if (found := self._postings.get(pair)) is not None:
                score[found] += self._weights[pair]
        some = np.flatnonzero(score)
        if len(some) <= most:
            return some
        return some[np.argpartition(-score[some], most)[:most]]


def pairs(heard: str) -> set[str]:
    """Neighbours, and those next to them; the first sound by itself, for names of two."""
    return (
        {a + b for a, b in pairwise(heard)}
        | {a + b for a, b in zip(heard, heard[2:], strict=False)}
        | ({f"^{heard[0]}"} if heard else set())
    )


def gazetteer(places: Iterable[NamedPlace], known: Iterable[PlacedAddress]) -> Gazetteer:
    """Of the names given, and of the streets that known addresses lie in. Later addresses replace earlier ones."""
    streets: dict[tuple[str, str], Street] = {}
    for one in places:
        name = plain(one.name)
        if name:
            street = Street(one.name, one.district, one.longitude, one.latitude, _forms(name, one.district))
            streets.setdefault((name, one.district), street)
    districts = tuple(sorted({d for _, d in streets if d}, key=len, reverse=True))
    by_name: dict[str, list[Street]] = defaultdict(list)
    for (name, _), street in streets.items():
        by_name[name].append(street)
    addresses: dict[str, PlacedAddress] = {}
    loose: dict[tuple[str, str], list[tuple[PlacedAddress, int | None]]] = defaultdict(list)
    for address in known:
        spoken = street_of(address.address, districts)
        addresses[spoken.said] = address
        if spoken.crossing or not spoken.names[0]:
            continue
        street_there = _of_its_district(by_name.get(spoken.names[0], ()), address.district)
        if street_there is not None:
            _add_house(street_there, address, spoken.number)
        else:
            loose[spoken.names[0], address.district].append((address, spoken.number))
    for (name, district), found in loose.items():
        middle = median(one.longitude for one, _ in found), median(one.latitude for one, _ in found)
        street = Street(name, district, *middle, _forms(name, district))
        for address, number in found:
            _add_house(street, address, number)
        streets[name, f"{district}\0known"] = street
    made = list(streets.values())
    for street in made:
        street.houses = _in_order(street.houses)
    return Gazetteer(made, addresses)


def _of_its_district(streets: Sequence[Street], district: str) -> Street | None:
    return next((one for one in streets if not district or one.district == district), None)


def _add_house(street: Street, address: PlacedAddress, number: int | None) -> None:
    away = max(abs(address.longitude - street.longitude), abs(address.latitude - street.latitude))
    if number is not None and away < APART_DEGREES:
        street.houses.append((number, address.longitude, address.latitude))


def _in_order(houses: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """One point a number, the last that became known."""
    return sorted({number: (number, x, y) for number, x, y in houses}.values())


def _forms(name: str, district: str) -> tuple[str, ...]:
    """The name, and the name without what it has of its district's (城东清泉路 of 演示城东区: 清泉路)."""
    found = [name]
    for size in (4, 3, 2):
        if len(name) - size >= 2 and not name.isascii() and name[:size] in plain(district):
            found.append(name[size:])
            break
    return tuple(found)
