"""What stands in place of a recording, or beside one that is not whole."""

import pytest

from core.i18n import set_language
from dashboards.components.player import recording

BROKE = {"kind": "recording_failed", "facts": {"reason": "disk_full"}}
CALL = {"id": "c1", "direction": "inbound", "outcome": "answered", "ended_at": "x", "recording": None, "events": []}


@pytest.fixture(autouse=True)
def chinese():
    set_language("zh_CN")


@pytest.mark.parametrize("more", [{}, {"ended_at": None}, {"recording": "2026/11/25/c1.wav"}])
def test_a_recording_that_broke_says_so_and_why_whatever_there_is_of_it(more):
    assert "录音未完成：磁盘已满。" in str(recording({**CALL, **more, "events": [BROKE]}))


def test_a_call_that_goes_on_and_one_without_a_recording_say_why_there_is_none():
    assert "通话进行中" in str(recording({**CALL, "ended_at": None}))
    assert "只有接通的通话" in str(recording({**CALL, "outcome": "abandoned"}))
