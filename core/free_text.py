"""Telephone numbers inside of what people write: notes, descriptions, remarks. Pure.

Only what can hardly be anything else is a number: a mobile, a landline with its area, either with the country before,
an international one with its plus. Seven or eight digits alone are a meter, an order, an amount or a day as often as
a telephone, and need a word before them that says so; after a word such as 表号 nothing is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Full-width signs, as a Chinese keyboard writes them: one for one, so that places stay.
_PLAIN = str.maketrans("０１２３４５６７８９＋－（）．　：—–·‐", "0123456789+-(). :----")
_GAP = r"[ -]{0,2}"
_COUNTRY = r"(?:(?:\+|00)86|\(\+?86\)|86(?=[ -]|1[3-9]))[ -]?"
# Groups as people write them; 138.1234.5678 has two dots, a co-ordinate one.
_MOBILE = (
    r"1[3-9](?:\d(?P<gap>[ .-]{1,2})\d{4}(?P=gap)\d{4}|\d{9}|\d[ -]\d{8}|\d{5}[ -]\d{4}|\d{2}[ -]\d{3}[ -]\d{4}"
    r"|\d[ -]\d{3}[ -]\d{5}|\d(?:[ -]\d\d){4})"
)
_LOCAL = r"[2-9]\d{2,3}[ -]?\d{4}"
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_FOREIGN = r"\+[1-9]\d{0,3}(?:[ -]?\(\d{1,5}\))?(?:[ -]?\d{2,5}){2,4}"
_SAID = (
    r"(?:电话|手机|座机|固话|号码|联系方式|致电|回电|回拨|拨打|来电|tel|phone|mobile|call)"
    r"(?:号码|号|是|为|number|no|[:. #]){0,6}"
)
# Behind these words a number is of something else.
_OTHER = re.compile(
    r"(?:表号|户号|单号|编号|卡号|账号|帐号|合同号|序列号|流水号|证号|条码|坐标|经度|纬度|meter|order|account|serial)"
    r"(?:码|是|为|number|no|[:. #]){0,6}$",
    re.IGNORECASE,
)
_LONGEST_WORD = 24
_UNITS = r"[ ]?(?:元|块|万|亿|吨|方|立方|度|米|公里|m3|m³|kg|rmb|cny)"
# Not within words, longer numbers and fractions; what is masked already has stars.
_BEFORE = r"(?<![\d*])(?<!\d\.)(?:(?<![A-Za-z])|(?<=tel)|(?<=phone)|(?<=mobile)|(?<=call)|(?<=wx)|(?<=vx))"
# An extension or another way to reach somebody may follow at once.
_AFTER = r"(?![\d*])(?!(?!x|ext|wx|vx)[A-Za-z])"
# 方, 万 and 米 are surnames, too: only a fraction makes so many digits an amount, or a unit with no person behind it
# makes one of the few.
_NO_AMOUNT = rf"(?!\.\d+{_UNITS})"
_NO_UNIT = rf"(?!(?:\.\d+)?{_UNITS}(?!.{{0,2}}(?:先生|女士|小姐|师傅|老师|阿姨|大爷|大妈|经理|主任)))"
_DAY = r"20\d\d(?:0[1-9]|1[0-2])[0-3]\d"
_NUMBER = re.compile(
    rf"{_BEFORE}(?P<whole>(?:{_COUNTRY})?(?:0?{_MOBILE}|(?:\(0{_AREA}\)|0{_AREA}){_GAP}{_LOCAL})"
    rf"|{_COUNTRY}(?:\({_AREA}\)|{_AREA}){_GAP}{_LOCAL}|{_FOREIGN}(?!\.\d)){_AFTER}{_NO_AMOUNT}"
    rf"|{_SAID}(?!{_DAY})(?P<local>{_LOCAL})(?!\.\d){_AFTER}{_NO_UNIT}",
    re.IGNORECASE,
)


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where each telephone number of the text begins and ends."""
    plain = text.translate(_PLAIN)
    for found in _NUMBER.finditer(plain):
        start, end = found.span("whole" if found["whole"] else "local")
        if _OTHER.search(plain[max(0, start - _LONGEST_WORD) : start]) is None:
            yield start, end


def is_order(text: str) -> bool:
    """An order's own number, ``261130-0001``."""
    return re.fullmatch(r"\d{6}-\d{1,6}", text.strip()) is not None


def asks_for_number(text: str) -> bool:
    """Whether words to look for would find a number by its digits: four in a row tell one from the others."""
    return re.search(r"\d{4}", re.sub(r"[\s-]", "", text.translate(_PLAIN))) is not None and not is_order(text)


def plain_number(number: str) -> str:
    """``（0571）8765-4321`` without what is only for the eye."""
    return re.sub(r"[^\d+]", "", number.translate(_PLAIN))
