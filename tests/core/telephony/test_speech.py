"""Values as words."""

import pytest

from core.errors import BadInput
from core.telephony.speech import spoken


@pytest.mark.parametrize(
    ("value", "slot", "chinese", "english"),
    [
        ("3", "count", "三", "3"),
        ("10", "count", "十", "10"),
        ("110", "count", "一百一十", "110"),
        ("12", "digits", "一二", "1 2"),
        ("13810", "digits", "幺三八幺零", "1 3 8 1 0"),
        ("0", "money", "零元", "0 yuan"),
        ("2", "money", "两元", "2 yuan"),
        ("128.50", "money", "一百二十八元五角", "128 yuan 50"),
        ("128.05", "money", "一百二十八元零五分", "128 yuan 05"),
        ("0.35", "money", "三角五分", "0 yuan 35"),
        ("-3.2", "money", "负三元二角", "minus 3 yuan 20"),
        ("2026-11-23", "date", "二零二六年十一月二十三日", "23 November 2026"),
        ("2026-10", "date", "二零二六年十月", "October 2026"),
        ("120", "duration", "两分钟", "2 minutes"),
        ("95", "duration", "一分三十五秒", "1 minute 35 seconds"),
        ("3600", "duration", "一小时", "1 hour"),
        ("0", "duration", "零秒", "0 seconds"),
    ],
)
def test_a_value_is_said_in_both_languages(value, slot, chinese, english):
    assert spoken(value, slot, "zh_CN") == chinese
    assert spoken(value, slot, "en") == english


@pytest.mark.parametrize(
    ("value", "slot"), [("x", "count"), ("inf", "money"), ("2026-13-01", "date"), ("-5", "duration"), ("1", "no")]
)
def test_what_a_slot_cannot_take_is_refused(value, slot):
    for language in ("zh_CN", "en"):
        with pytest.raises(BadInput):
            spoken(value, slot, language)
