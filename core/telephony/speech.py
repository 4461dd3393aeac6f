"""Values as words: counts, digit strings, money, dates and durations as they are said, in Chinese and English.

Pure text; knows no voice. Chinese numbers are cn2an's, with the two rules of speech that writing lacks:
两 before a measure word, and 幺 for 1 in a string of digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import cn2an

from core.errors import BadInput

_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def spoken(value: str, slot: str, language: str) -> str:
    """What to say for ``value``; ``BadInput`` when the slot cannot take it."""
    chinese = language.startswith("zh")
    speak = (_CHINESE if chinese else _ENGLISH).get(slot)
    if speak is None:
        raise BadInput("There is no slot {slot}.", field="slot", slot=slot)
    try:
        return speak(value.strip())
    except (ValueError, InvalidOperation, OverflowError) as problem:
        raise BadInput("{value} cannot be said as {slot}.", field="value", value=value, slot=slot) from problem


def _number(value: Decimal) -> str:
    return str(cn2an.an2cn(f"{value.normalize():f}", "low"))


def _measured(whole: int) -> str:
    return "两" if whole == 2 else _number(Decimal(whole))


def _decimal(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError(value)
    return number


def _fen(value: str) -> tuple[str, int, int]:
    """Sign, whole yuan and fen of an amount, rounded to the fen."""
    fen = round(_decimal(value) * 100)
    return ("-" if fen < 0 else "", *divmod(abs(fen), 100))


def _parts_of_date(value: str) -> tuple[int, int, int | None]:
    """``YYYY-MM-DD`` or, for a billing month, ``YYYY-MM``."""
    if re.fullmatch(r"\d{4}-\d{2}", value):
        day = date.fromisoformat(f"{value}-01")
        return day.year, day.month, None
    day = date.fromisoformat(value[:10])
    return day.year, day.month, day.day


def _parts_of_time(value: str) -> tuple[int, int, int]:
    seconds = round(_decimal(value))
    if seconds < 0:
        raise ValueError(value)
    return seconds // 3600, seconds // 60 % 60, seconds % 60


# --- Chinese -------------------------------------------------------------------------------------------------


def _zh_count(value: str) -> str:
    return _number(_decimal(value))


def _zh_digits(value: str) -> str:
    one = "幺" if len(value) > 2 else "一"
    return "".join(one if c == "1" else _DIGITS.get(c, c) for c in value)


def _zh_money(value: str) -> str:
    sign, yuan, fen = _fen(value)
    jiao, fen = divmod(fen, 10)
    text = f"{_measured(yuan)}元" if yuan or not (jiao or fen) else ""
    if jiao:
        text += f"{_DIGITS[str(jiao)]}角"
    elif fen and yuan:
        text += "零"
    return ("负" if sign else "") + text + (f"{_DIGITS[str(fen)]}分" if fen else "")


def _zh_date(value: str) -> str:
    year, month, day = _parts_of_date(value)
    text = "".join(_DIGITS[c] for c in str(year)) + f"年{_number(Decimal(month))}月"
    return text + (f"{_number(Decimal(day))}日" if day else "")


def _zh_duration(value: str) -> str:
    hours, minutes, seconds = _parts_of_time(value)
    text = f"{_measured(hours)}小时" if hours else ""
    if minutes:
        text += f"{_measured(minutes)}分" + ("" if seconds else "钟")
    return text + (f"{_measured(seconds)}秒" if seconds or not text else "")


# --- English -------------------------------------------------------------------------------------------------


def _en_count(value: str) -> str:
    return f"{_decimal(value).normalize():f}"


def _en_digits(value: str) -> str:
    return " ".join(value)


def _en_money(value: str) -> str:
    sign, yuan, fen = _fen(value)
    return ("minus " if sign else "") + f"{yuan} yuan" + (f" {fen:02d}" if fen else "")


def _en_date(value: str) -> str:
    year, month, day = _parts_of_date(value)
    return (f"{day} " if day else "") + f"{_MONTHS[month - 1]} {year}"


def _en_duration(value: str) -> str:
    named = zip(_parts_of_time(value), ("hour", "minute", "second"), strict=True)
    said = [f"{n} {word}" + ("" if n == 1 else "s") for n, word in named if n]
    return " ".join(said) or "0 seconds"


_CHINESE: Mapping[str, Callable[[str], str]] = {
    "count": _zh_count,
    "digits": _zh_digits,
    "money": _zh_money,
    "date": _zh_date,
    "duration": _zh_duration,
}
_ENGLISH: Mapping[str, Callable[[str], str]] = {
    "count": _en_count,
    "digits": _en_digits,
    "money": _en_money,
    "date": _en_date,
    "duration": _en_duration,
}
