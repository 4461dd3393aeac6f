"""``hotline bench locate``: how often the right street and house are found, by kind of slip, and how fast.

On a file of real addresses a fifth is held out; the others are the gazetteer. The Chinese part is invented and labelled
so: names put together from usual characters, houses along each road.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from pypinyin import Style, lazy_pinyin

from core.workorders.places import distance_m
from geo_analysis.locate.address import street_of
from geo_analysis.locate.gazetteer import Gazetteer, NamedPlace, PlacedAddress, gazetteer
from geo_analysis.locate.matcher import Candidate, locate

HELD_OUT = 5
NEAR_M = 250.0
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST = "清净涌碧甘源润长晴水东西南北中新华建人民解放和平胜利光明文化体育科技工业朝阳向红星金银龙凤虎"
SECOND = "泉水流波霖头泽江川厂山河湖海园林桥门塔城府井坊台岭岗坡湾滩港岛洲浦泾浜塘荡溪沟渠堰"
ENDS = ("路", "街", "巷", "大道", "小区", "花园")
AREAS = ("演示东区", "演示西区", "演示南区", "演示北区")
HOMOPHONES = dict(zip("清泉净水波江川山河园林桥城东中新华民", "青全静谁玻疆穿衫和元临瞧成冬终心花岷", strict=True))
Typo = Callable[[str, random.Random], str]


def run(file: Path | None, seed: int, roads: int = 2000, asked: int = 2000) -> dict[str, Any]:
    found: dict[str, Any] = {"invented": _invented(roads, asked, seed), "seed": seed}
    if file is not None:
        found["file"] = _of_file(file, seed)
    return found


# --- real addresses ----------------------------------------------------------------------------------------------


def _of_file(file: Path, seed: int) -> dict[str, Any]:
    """A street that no other row knows cannot be found: such rows are counted, and not asked."""
    from etl.importers.tables import numbers, read_table, texts

    table = read_table(file, ["ADDRESS", "LON", "LAT"])
    rows = [
        PlacedAddress(address, "", x, y)
        for address, x, y in zip(
            texts(table["ADDRESS"]), numbers(table["LON"]), numbers(table["LAT"]), strict=True
        )
        if address and x == x and y == y  # noqa: PLR0124 - nan
    ]  # fmt: skip
    chance = random.Random(seed)
    chance.shuffle(rows)
    asked, given = rows[::HELD_OUT], [row for n, row in enumerate(rows) if n % HELD_OUT]
    known = gazetteer([], given)
    names = {street.forms[0] for street in known.streets}
    answerable = [row for row in asked if _street(row) in names and not street_of(row.address).crossing]
    kinds: Mapping[str, Typo] = {
        "as_written": lambda text, _: text,
        "letter_left_out": _left_out,
        "letters_swapped": _swapped,
        "letter_wrong": _wrong_letter,
        "letter_twice": _twice,
    }
    tried = {
        name: _tried(known, [(_in_name(row.address, typo, chance), row) for row in answerable], _street)
        for name, typo in kinds.items()
    }
    return {"addresses": len(rows), "streets": len(known), "held_out": len(asked), "answerable": len(answerable),
            "kinds": tried}  # fmt: skip


def _street(row: PlacedAddress) -> str:
    return street_of(row.address).names[0]


def _in_name(address: str, typo: Typo, chance: random.Random) -> str:
    """The slip falls into the street's name, not its number."""
    number, space, name = address.partition(" ")
    return f"{number}{space}{typo(name, chance)}" if name and number[:1].isdigit() else typo(address, chance)


# --- invented Chinese ones ---------------------------------------------------------------------------------------


def _invented(roads: int, asked: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    places = _city(roads, chance)
    houses = [
        PlacedAddress(f"{one.district}{one.name}{n}号", one.district, one.longitude + n / 2e5, one.latitude)
        for one in places
        for n in range(1, 60, 6)
    ]
    known = gazetteer(places, houses)
    kinds: Mapping[str, Typo] = {
        "as_written": lambda text, _: text,
        "same_sound": _same_sound,
        "character_wrong": lambda text, by: _put(text, by.randrange(len(text) - 1), by.choice(FIRST)),
        "character_left_out": lambda text, by: _cut(text, by.randrange(len(text) - 1)),
        "characters_swapped": _swapped,
        "pinyin": lambda text, _: "".join(lazy_pinyin(text)),
        "initials": lambda text, _: "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)),
        "in_a_sentence": lambda text, _: f"你好我家住在{text}这边",
    }
    tried = {}
    for name, typo in kinds.items():
        pairs = []
        for place in chance.choices(places, k=asked // (8 if name in ("pinyin", "initials") else 1)):
            number = chance.randrange(1, 55)
            there = PlacedAddress(place.name, place.district, place.longitude + number / 2e5, place.latitude)
            spoken = typo(place.name, chance)
            pairs.append((spoken if spoken.isascii() else f"{place.district}{spoken}{number}号", there))
        tried[name] = _tried(known, pairs, lambda row: row.address, with_place=name not in ("pinyin", "initials"))
    return {"roads": len(places), "houses": len(houses), "kinds": tried}


def _city(roads: int, chance: random.Random) -> list[NamedPlace]:
    names: dict[tuple[str, str], NamedPlace] = {}
    while len(names) < roads:
        # Longer names are as usual as short ones.
        middle = chance.choice(FIRST) if chance.random() < 0.5 else ""
        name = f"{chance.choice(FIRST)}{middle}{chance.choice(SECOND)}{chance.choice(ENDS)}"
        area = chance.choice(AREAS)
        place = NamedPlace(name, area, round(120 + chance.random() / 3, 5), round(30 + chance.random() / 3, 5))
        names.setdefault((name, area), place)
    return list(names.values())


# --- slips -------------------------------------------------------------------------------------------------------


def _put(text: str, at: int, one: str) -> str:
    return text[:at] + one + text[at + 1 :]


def _cut(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


def _left_out(text: str, chance: random.Random) -> str:
    return _cut(text, chance.randrange(len(text))) if len(text) > 3 else text


def _twice(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at] + text[at:]


def _wrong_letter(text: str, chance: random.Random) -> str:
    return _put(text, chance.randrange(len(text)), chance.choice(LETTERS))


def _swapped(text: str, chance: random.Random) -> str:
    at = chance.randrange(max(1, len(text) - 2))
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def _same_sound(text: str, _chance: random.Random) -> str:
    return "".join(HOMOPHONES.get(one, one) for one in text)


# --- asking ------------------------------------------------------------------------------------------------------


def _tried(
    known: Gazetteer, asked: Sequence[tuple[str, PlacedAddress]], name: Callable[[PlacedAddress], str], *,
    with_place: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """``first``: the right street stands first; ``among``: among the candidates; ``metres`` of those that are first."""
    first = among = near = 0
    metres: list[float] = []
    seconds: list[float] = []
    for text, there in asked:
        begin = time.perf_counter()
        found = locate(known, text)
        seconds.append(time.perf_counter() - begin)
        right = [_is(one, there, name) for one in found]
        first += bool(right and right[0])
        among += any(right)
        if right and right[0]:
            away = distance_m(found[0].longitude, found[0].latitude, there.longitude, there.latitude)
            metres.append(away)
            near += away <= NEAR_M
    n = max(1, len(asked))
    seconds.sort()
    told = {"asked": len(asked), "first": round(first / n, 4), "among": round(among / n, 4),
            "ms_p50": round(1e3 * median(seconds), 2), "ms_p95": round(1e3 * seconds[int(0.95 * n)], 2),
            "per_second": round(n / sum(seconds))}  # fmt: skip
    if with_place and metres:
        told |= {"median_m": round(median(metres), 1), "within_250_m": round(near / n, 4)}
    return told


def _is(one: Candidate, there: PlacedAddress, name: Callable[[PlacedAddress], str]) -> bool:
    matched = street_of(one.matched).names[0]
    return matched == street_of(name(there)).names[0] and (not there.district or one.district == there.district)
