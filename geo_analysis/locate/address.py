"""What an address says: a street or estate, a house number, a crossing of two. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo_analysis.locate.spelling import plain

_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_NUMBER = re.compile(r"(\d{1,5})\s*(?:号|弄|幢|栋|#)")
_SPOKEN = re.compile(r"([零〇一二三四五六七八九十百]{1,5})(?=号|弄)")
# The number before an English street, or after a Chinese one without a word for it.
_LEADING = re.compile(r"^(\d{1,5})(?:-\d+)?(?: 1/2)?(?= [a-z0-9])")
_TRAILING = re.compile(r"(?<=[^\x00-\x7f])(\d{1,5})$")
_CROSSING = re.compile(r"(?:(?<=[路街道巷])口|十字路口|交叉口|交口|交叉|交汇处?|交界处?|转角)")
_BETWEEN = re.compile(r" ?(?:&|/| and | at )\s?|与|和|跟|近(?=.)|靠近")
# What callers say around an address, and where at a landmark they stand.
_AROUND = re.compile(
    r"^(?:你好|喂|那个|就是|我们?|咱们?|这边|这里|地址|家|住|是|在|位于|到)+|(?:这里|这边|这儿|那里|那边|那儿|上面?|了|啊|呢|的)+$"
)
_SIDE = re.compile(r"(?:东|南|西|北|正|后|侧|大)?(?:门口?|侧|面)$|(?:附近|旁边?|对面|门口|楼下|斜对面|边上)$")
_STREET = re.compile(
    r"^.{1,12}?(?:大道|公路|小区|花园|家园|新村|公寓|广场|大厦|路|街|巷|弄|里|苑|村|园|城)(?:东|南|西|北)?(?:[一二三四五六七八九]?(?:段|期|区))?"
)


@dataclass(frozen=True, slots=True)
class SpokenAddress:
    """``names`` are the streets or estates as they were said: two where a crossing is meant. ``said`` is all of it, in
    the form that is compared."""

    said: str
    names: tuple[str, ...]
    number: int | None = None
    crossing: bool = False


def parsed(text: str, districts: tuple[str, ...] = ()) -> SpokenAddress:
    """``districts`` are taken out where they are named whole."""
    said = plain(text)
    rest = said
    for district in districts:
        rest = rest.replace(plain(district), "", 1) if len(district) > 1 else rest
    rest = _SPOKEN.sub(lambda found: str(_counted(found[1])), rest)
    crossing = bool(_CROSSING.search(rest))
    rest = _CROSSING.sub("&" if crossing and not _BETWEEN.search(rest) else "", rest)
    halves = [_core(half) for half in _BETWEEN.split(rest)]
    halves = [half for half in halves if len(half) > 1]
    if len(halves) > 1:
        return SpokenAddress(said, tuple(halves[:2]), None, crossing=True)
    if crossing and (two := _two_roads(rest.replace("&", ""))):
        return SpokenAddress(said, two, None, crossing=True)
    rest = rest.replace("&", "").strip()
    found = _NUMBER.search(rest) or _LEADING.match(rest) or _TRAILING.search(rest)
    if found is None:
        return SpokenAddress(said, (_core(rest),))
    # Behind the number come house, stairs and door.
    name = rest[found.end() :] if _LEADING.match(rest) else rest[: found.start()]
    return SpokenAddress(said, (_core(name),), int(found[1]))


def street_of(address: str, districts: tuple[str, ...] = ()) -> SpokenAddress:
    """Of an address that was written down whole: the street or estate that it is in."""
    found = parsed(address, districts)
    name = found.names[0] if found.names else ""
    if name and not name.isascii() and (street := _STREET.match(name)):
        return SpokenAddress(found.said, (street[0],), found.number, found.crossing)
    return found


def _core(text: str) -> str:
    text = text.strip()
    while True:
        shorter = _SIDE.sub("", _AROUND.sub("", text)).strip()
        if shorter == text or len(shorter) < 2:
            return text
        text = shorter


def _two_roads(text: str) -> tuple[str, str] | None:
    """「A 路 B 路」 without a word between."""
    first = re.match(r"(.{1,10}?(?:大道|公路|路|街|巷))(.{1,10}?(?:大道|公路|路|街|巷))$", _core(text))
    return (first[1], first[2]) if first else None


def _counted(text: str) -> int:
    """二十三, 一百零五, 一二〇."""
    if not re.search(r"[十百]", text):
        return int(text.translate(_DIGITS))
    total, digit = 0, 0
    for one in text:
        if one in "十百":
            total += (digit or 1) * (10 if one == "十" else 100)
            digit = 0
        else:
            digit = int(one.translate(_DIGITS))
    return total + digit
