import pytest

from core.events import Fact
from core.i18n import set_language
from core.installation.definition import Agent, Did, Installation, Queue
from dashboards.components.names import Names
from dashboards.components.words import CODES, KINDS
from dashboards.pages.calls import story

NAMES = Names(
    Installation(
        1,
        "演示",
        queues={"repair": Queue("repair", "报修抢修")},
        agents={"8001": Agent("8001", "王芳")},
        dids={"96000": Did("96000", "flow:main"), "96001": Did("96001", "queue:repair")},
    ),
    {"2": "控江路停水"},
    {"zhou": "周敏"},
)


@pytest.fixture(autouse=True)
def chinese():
    set_language("zh_CN")


def told(kind, **facts):
    return story.details({"kind": kind, "facts": facts}, NAMES)


def test_events_are_told_in_words_of_the_office():
    assert told("call_queued", queue="repair", position=2, expected_wait_s=95.0) == "报修抢修 · 第 2 位 · 预计等待 1:35"
    assert (
        told("call_transferred", extension="8001", method="blind", target="queue:repair")
        == "8001 王芳 · 盲转 → 报修抢修"
    )
    assert told("menu_chosen", digits="1", outcome="chosen") == "按键 1 · 已选"
    assert (
        told("wrap_up_ended", extension="8001", category="complaint", category_name="投诉", note="水压低")
        == "8001 王芳 · 投诉 · 水压低"
    )


def test_an_announcement_is_told_by_its_words_and_a_voice_menu_by_its_number():
    assert told("announcement_heard", announcement="2") == "“控江路停水”"
    assert told("announcement_heard", announcement="3") == "公告 3"
    assert told("flow_entered", flow="main", version=4) == "96000 的语音菜单"
    assert told("flow_entered", flow="night") == "语音菜单 night"
    assert told("queue_left", queue="repair", outcome="overflow", to="flow:main").endswith("→ 96000 的语音菜单")


def test_every_kind_of_event_about_a_call_has_a_word():
    about_calls = {kind.KIND for kind in Fact.__subclasses__() if "call_id" in kind.__dataclass_fields__}
    assert about_calls - KINDS.keys() == set()


def test_every_reason_and_outcome_in_events_has_a_word():
    from typing import get_args

    from core import events

    codes = {*get_args(events.RingOutcome), *get_args(events.QueueOutcome), *get_args(events.EndReason)}
    assert codes - CODES.keys() == set()


def test_that_a_supervisor_listened_is_told_with_mode_and_reason():
    assert (
        told("supervision_started", by="supervisor", mode="listen", reason="新人带教") == "supervisor · 监听 · 新人带教"
    )
    assert told("supervision_started", by="zhou", mode="barge", reason="x").startswith("周敏 · 插话")
    assert told("supervision_ended", by="supervisor", reason="stopped") == "supervisor · 已停止"
