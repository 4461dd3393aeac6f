"""Chinese texts have Chinese signs: a new one of half width beside a Chinese character is found."""

import pytest

from tests.check_translations import narrow, narrow_ones


@pytest.mark.parametrize(
    "text", ["请求有误:见日志", "先看,再做", "(示例)", "确定?", "好;再来", "{n} 秒,上限 {most} 秒", "快!"]
)
def test_half_width_signs_beside_chinese_are_found(text):
    assert narrow(text)


@pytest.mark.parametrize(
    "text", ["请求有误：见日志", "{host}:{port}，UDP", "8:30 至 17:30", "1,000 件", "queue:编号", "分:秒", "{a}:{b}"]
)
def test_times_numbers_places_and_code_may_stay(text):
    assert not narrow(text)


def test_no_text_of_ours_has_any():
    assert narrow_ones() == []
