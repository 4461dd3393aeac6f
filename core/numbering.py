"""Telephone numbers: one form for each, which class it belongs to, and who may dial which class. Pure tables.

``normal`` is the only place that says that +86 139…, 0086 139…, 86139… and 0139… are one number. ``classify`` reads a
table of patterns; the shipped one is Chinese and an example (示例) that the office changes. ``judge`` holds a class
against a right. Knows no call, no database and no clock.

A pattern is digits, with ``X`` for any digit, ``N`` for 2 to 9, ``[3-9]`` for a range, ``?`` for a digit that may be
missing, and at its end ``.`` for any number of further digits. The first pattern that fits counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.errors import BadInput

# What rights are given for. Emergency numbers are everybody's; what fits no pattern leads nowhere.
NumberClass = Literal["internal", "local", "national", "international", "premium"]
DialledClass = Literal["emergency", "local", "national", "international", "premium", ""]
Why = Literal["", "stranger", "class", "hours", "most"]

CLASSES: tuple[NumberClass, ...] = ("internal", "local", "national", "international", "premium")
COSTLY = ("international", "premium")
MOST_AT_ONCE = 1000

# --- one form --------------------------------------------------------------------------------------------------

# RFC 3323, RFC 3325 and what exchanges write for a caller who keeps the number back.
# In lower case, without dashes and blanks: how the words are joined is everybody's own affair.
NOBODY = frozenset(
    {"", "anonymous", "unavailable", "unknown", "restricted", "private", "withheld", "nobody", "id_withheld"}
    | {"idwithheld", "coverageunavailable", "outofarea", "unknownnumber", "privatenumber", "numberwithheld"}
)
_ZEROS = re.compile(r"\+?0+\Z")  # what exchanges put where there is no number
_VISUAL = re.compile(r"[\s().\-/]")
_ABROAD = re.compile(r"(?:\+|00)86")
# Without a sign 86 is the country only where what follows is a whole national number.
_COUNTRY = re.compile(r"86(?=(?:0?1[3-9]\d{9}|0?[1-9]\d{8,10}|[48]00\d{7})\Z)")
_MOBILE = re.compile(r"0?(1[3-9]\d{9})\Z")


def normal(text: str) -> str:
    """The one form of a number: mobiles with 11 digits, other numbers of the country with 0 and area, those of other
    countries with 00. Nobody is ``""``; what is no number stays as it is."""
    plain = _VISUAL.sub("", text.strip().partition(";")[0])
    if plain.lower() in NOBODY or _ZEROS.match(plain):
        return ""
    if not re.fullmatch(r"\+?[0-9]+", plain):
        return plain
    if (abroad := _ABROAD.match(plain)) is not None and len(plain) > abroad.end():
        return _national(plain[abroad.end() :])
    if plain[0] == "+":
        return f"00{plain[1:]}"
    if (country := _COUNTRY.match(plain)) is not None:
        return _national(plain[country.end() :])
    return mobile[1] if (mobile := _MOBILE.match(plain)) is not None else plain


def _national(rest: str) -> str:
    """What stood behind the country's code."""
    if _ZEROS.match(rest):
        return ""
    if (mobile := _MOBILE.match(rest)) is not None:
        return mobile[1]
    # Area and number are 10 or 11 digits; shorter ones, 400 and 800 have no area.
    has_area = rest[0] != "0" and len(rest) in (10, 11) and not rest.startswith(("400", "800"))
    return f"0{rest}" if has_area else rest


# --- classes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Numbers that fit ``pattern`` are of this class. Lower ``rank`` is asked first."""

    pattern: str
    number_class: str
    name: str = ""
    rank: int = 0


def _rules(number_class: str, name: str, *patterns: str) -> list[NumberRule]:
    return [NumberRule(pattern, number_class, name) for pattern in patterns]


# 示例: after the numbering of the Ministry of Industry and Information Technology; the office's own come before these.
SHIPPED: tuple[NumberRule, ...] = (
    *_rules("emergency", "紧急电话", "110", "119", "120", "122", "12110", "12395"),
    # Value-added voice services, also behind an area.
    *_rules("premium", "声讯台", "168.", "160.", "1259.", "1258.", "12530."),
    *_rules("premium", "声讯台", "01016X.", "02X16X.", "0[3-9]XX16X.", "010125.", "02X125.", "0[3-9]XX125."),
    *_rules("premium", "卫星与国际声讯", "00979.", "0087X.", "0088[1-3].", "00808.", "001900.", "001976."),
    *_rules("international", "国际及港澳台", "00."),
    *_rules("national", "手机", "1[3-9]XXXXXXXXX"),
    *_rules("premium", "声讯台", "16X."),
    *_rules("national", "长途固话", "010NXXXXXXX", "02XNXXXXXXX", "0[3-9]XXNXXXXXX?"),
    *_rules("national", "外地服务号码", "0109[56]XXX???", "02X9[56]XXX???", "0[3-9]XX9[56]XXX???"),
    *_rules("national", "外地服务号码", "010123XX", "02X123XX", "0[3-9]XX123XX"),
    *_rules("local", "400/800", "400XXXXXXX", "800XXXXXXX"),
    *_rules("local", "95/96 服务号码", "9[56]XXX???"),
    *_rules("local", "政务与公共服务", "12[0-7]XX", "123XX", "100XX", "11[1-8]", "111XX", "11[4-8]XXX"),
    *_rules("local", "本地固话", "NXXXXXX?"),
)
# Prefixes that choose a carrier: the number behind them is what counts.
CARRIERS = re.compile(r"(?:179\d\d|12593|10193|11808)(?=\d{7,}\Z)")


_ONE = r"\d|X|N|\[(?:\d-\d|\d)+\]"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """``BadInput`` for what is no pattern. Only classes of single digits come out: nothing can backtrack."""
    if not re.fullmatch(rf"(?:{_ONE})(?:{_ONE}|\?)*\.?", pattern) or len(pattern) > 40:
        raise BadInput(
            "{pattern} is no pattern of numbers.",
            field="pattern",
            remedy="Write digits, X, N, [3-9], ? and at the end a dot, such as 0571X. or 168.",
            pattern=pattern,
        )
    parts = re.findall(rf"{_ONE}|.", pattern)
    said = {"X": r"\d", "N": "[2-9]", "?": r"\d?", ".": r"\d*"}
    try:
        return re.compile("".join(said.get(part, part) for part in parts), re.ASCII)
    except re.error as backwards:
        raise BadInput(
            "{pattern} is no pattern of numbers.", field="pattern", remedy="Write [3-9].", pattern=pattern
        ) from backwards


def check_rule(rule: NumberRule) -> None:
    """``BadInput`` naming the field."""
    _compiled(rule.pattern)
    if rule.number_class not in ("emergency", *CLASSES[1:]):
        raise BadInput(
            "{number_class} is no class of numbers.",
            field="number_class",
            remedy="Use one of: {allowed}.",
            number_class=rule.number_class,
            allowed=", ".join(("emergency", *CLASSES[1:])),
        )


def dialable(text: str) -> str:
    """What goes to the exchange: digits alone, or ``""`` for what is no number."""
    plain = _VISUAL.sub("", text.strip())
    if not re.fullmatch(r"\+?[0-9]{2,24}", plain):
        return ""
    return f"00{plain[1:]}" if plain[0] == "+" and not plain.startswith("+86") else plain


def classify(text: str, own: Iterable[NumberRule] = (), area: str = "") -> DialledClass:
    """The class of a number outside; ``""`` for what no pattern knows. ``area`` is the house's own, such as 0571."""
    if not dialable(text):
        return ""
    number = normal(text)
    if (carrier := CARRIERS.match(number)) is not None:
        number = normal(number[carrier.end() :])
    rules = (*sorted(own, key=lambda rule: rule.rank), *SHIPPED)
    found = next((rule.number_class for rule in rules if _compiled(rule.pattern).fullmatch(number)), "")
    if found == "national" and area and number.startswith(area):
        return "local"
    return found  # type: ignore[return-value]


# --- rights ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DialRight:
    """What ``subject`` may dial: ``role:agent``, ``extension:8001``, or ``installation`` for menus that lead outside.

    ``hours`` is the calendar within which calls to the outside may begin, None is always; ``most_at_once`` limits them.
    """

    subject: str
    classes: tuple[str, ...] = ()
    hours: str | None = None
    most_at_once: int | None = None


_HOUSE: tuple[NumberClass, ...] = ("internal", "local", "national")
# 示例. Nobody has premium numbers; a phone without a person stays in town.
SHIPPED_RIGHTS: Mapping[str, DialRight] = {
    right.subject: right
    for right in (
        DialRight("role:agent", _HOUSE, most_at_once=3),
        DialRight("role:supervisor", (*_HOUSE, "international"), most_at_once=5),
        DialRight("role:admin", _HOUSE, most_at_once=3),
        DialRight("role:director", (*_HOUSE, "international"), most_at_once=3),
        DialRight("role:qa", ("internal", "local"), most_at_once=1),
        DialRight("role:site_manager", _HOUSE, most_at_once=3),
        DialRight("role:worker", _HOUSE, most_at_once=1),
        DialRight("role:wallboard", ("internal",)),
        DialRight("role:phone", ("internal", "local"), most_at_once=1),
        DialRight("site", ("local", "national"), most_at_once=20),
    )
}
_SUBJECT = re.compile(r"site|role:[a-z_]{1,20}|extension:\d{2,10}")


def right_of(own: Mapping[str, DialRight], extension: str | None, role: str) -> DialRight:
    """The right that counts: the extension's own, else its role's. ``extension`` None asks for the site's."""
    if extension is None:
        return own.get("site") or SHIPPED_RIGHTS["site"]
    subject = f"role:{role}"
    return (
        own.get(f"extension:{extension}") or own.get(subject) or SHIPPED_RIGHTS.get(subject) or DialRight(subject, ())
    )


def check_right(right: DialRight) -> None:
    """``BadInput`` naming the field."""
    if _SUBJECT.fullmatch(right.subject) is None or (
        right.subject.startswith("role:") and right.subject not in SHIPPED_RIGHTS
    ):
        raise BadInput(
            "{subject} cannot have a right to dial.",
            field="subject",
            remedy="Use role:agent, extension:8001 or site.",
            subject=right.subject,
        )
    for one in right.classes:
        if one not in CLASSES:
            raise BadInput(
                "{number_class} is no class of numbers.",
                field="classes",
                remedy="Use one of: {allowed}.",
                number_class=one,
                allowed=", ".join(CLASSES),
            )
    if right.most_at_once is not None and not 0 <= right.most_at_once <= MOST_AT_ONCE:
        raise BadInput("So many calls at once are not possible.", field="most_at_once", remedy="Use 0 to 1000.")


def judge(number_class: str, right: DialRight | None, *, in_hours: bool, at_once: int) -> Why:
    """Why this may not be dialled, or ``""``. ``right`` None is a party outside, who never makes us dial anything."""
    if right is None:
        return "stranger"
    if number_class == "emergency":
        return ""
    if number_class not in right.classes:
        return "class"
    if number_class == "internal":
        return ""
    if not in_hours:
        return "hours"
    if right.most_at_once is not None and at_once >= right.most_at_once:
        return "most"
    return ""
