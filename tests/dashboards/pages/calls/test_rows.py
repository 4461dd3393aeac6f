import pytest

from core.i18n import set_language
from core.installation.definition import Agent, Installation, Queue
from dashboards.components.csv_file import defused, text_of
from dashboards.components.names import Names
from dashboards.pages.calls.rows import lines, row

NOW = 1795406400.0
SITE = Installation(
    1,
    "演示",
    queues={"repair": Queue("repair", "报修抢修")},
    agents={"8001": Agent("8001", "王芳")},
)
NAMES = Names(SITE)
CALL = {
    "id": "a1",
    "arrived_at": "2026-11-23T03:58:00.000Z",
    "queued_at": "2026-11-23T03:58:10.000Z",
    "answered_at": None,
    "talking_since": None,
    "ended_at": None,
    "direction": "inbound",
    "caller": "13900000042",
    "did": "96000",
    "queue": "repair",
    "agent": None,
    "outcome": "in_progress",
    "ivr_seconds": 10.0,
    "wait_seconds": None,
    "talk_seconds": None,
    "caller_talk_seconds": None,
    "handling_seconds": None,
    "hold_seconds": None,
    "wrap_up_seconds": None,
    "category": None,
    "category_name": None,
    "note": None,
    "recording": False,
    "demo": True,
}


@pytest.fixture(autouse=True)
def chinese():
    set_language("zh_CN")


def test_a_call_that_waits_is_shown_waiting_until_now():
    shown = row(CALL, NAMES, NOW)
    assert (shown["outcome"], shown["wait"], shown["talk"]) == ("进行中", 110.0, None)
    assert (shown["queue"], shown["agent"], shown["caller"]) == ("报修抢修", "—", "139 0000 0042")


def test_a_call_that_is_talked_in_counts_its_talk_up_to_now():
    talking = {**CALL, "answered_at": "2026-11-23T03:59:00.000Z", "wait_seconds": 50.0, "hold_seconds": 15.0}
    talking |= {"agent": "8001", "caller_talk_seconds": 20.0, "talking_since": "2026-11-23T03:59:35.000Z"}
    shown = row(talking, NAMES, NOW)
    assert (shown["wait"], shown["talk"], shown["agent"]) == (50.0, 45.0, "8001 王芳")
    # Its agents' handling is known when it has ended.
    assert shown["handling"] is None
    # On hold it stands still.
    assert row({**talking, "talking_since": None}, NAMES, NOW)["talk"] == 20.0


def test_a_file_has_words_local_times_and_numbers_as_numbers():
    ended = {**CALL, "ended_at": "2026-11-23T04:00:00.000Z", "outcome": "abandoned", "wait_seconds": 12.5}
    heads, cells = list(lines([ended], NAMES, "Asia/Shanghai"))
    line = dict(zip(heads, cells, strict=True))
    assert line["时间"] == "2026-11-23 11:58:00"
    assert (line["结果"], line["等待（秒）"], line["演示数据"]) == ("放弃", 12.5, "是")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "＝1", "\n=1"])
@pytest.mark.parametrize(
    "before", ["", "\ufeff", "\ufeff\ufeff ", "\u200b", "\u00a0", "\u3000", "\u2060", "\x00", "\u3164", "\u202e"]
)
def test_nothing_typed_becomes_a_formula_in_a_spreadsheet(text, before):
    assert defused(before + text) == f"'{before}{text}"
    assert text_of([[before + text, -1, "漏水"]]).decode() == f"\ufeff{written(before + text)},-1,漏水\r\n"


def written(text):
    """As the writer quotes it."""
    return f'"\'{text}"' if "\n" in text or "\r" in text else f"'{text}"


@pytest.mark.parametrize("value", ["漏水", "139", "", None, 3.5, -2.0])
def test_what_is_no_formula_stays_as_it_is(value):
    assert defused(value) == value
