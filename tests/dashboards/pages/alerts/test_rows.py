from dataclasses import replace

import pytest

from core.i18n import set_language
from core.notify.figures import DISK, FLOOR, HEALTH, Figure, FigureCatalogue
from core.notify.rules import Rule, Subject
from core.notify.service import Alert
from dashboards.pages.alerts import rules
from dashboards.pages.alerts.rows import in_language, lines, link, row

ZONE = "Asia/Shanghai"
NOON = 1795406400.0
LEVEL = Figure("service_level_15min", "Service level of the last 15 minutes", "share", ("queue", "site"), "below")
CATALOGUE = FigureCatalogue((*FLOOR, *HEALTH, DISK, LEVEL))
WAIT = Alert(
    7,
    Rule(1, "longest_wait_s", "queue", warn=60, recipients=("supervisor",)),
    Subject("queue", "repair", "报修抢修"),
    "warn",
    60,
    75,
    84.4,
    NOON,
)
SEAT = Alert(
    8,
    Rule(2, "agent_hold_s", "agent", warn=120),
    Subject("agent", "8002", "何涛"),
    "warn",
    120,
    130,
    190,
    NOON,
    call_id="c/1",
)


@pytest.fixture(autouse=True)
def chinese():
    set_language("zh_CN")


def test_an_open_alert_lasts_until_now():
    shown = row(WAIT, CATALOGUE, NOON + 90, ZONE)
    assert (shown["title"], shown["worst"], shown["lasted"], shown["severity"]) == (
        "报修抢修 最长等待达到 1:00",
        "1:24",
        90,
        "预警",
    )
    assert (shown["open"], shown["by"], shown["notice"]) == (True, "", "")


def test_what_became_of_it_is_said():
    done = replace(
        WAIT,
        cleared_at=NOON + 30,
        cleared_why="eased",
        acknowledged_at=NOON + 10,
        acknowledged_by="周敏",
        acknowledged_words="已加派",
        receipts=({"sent": True},),
    )
    shown = row(done, CATALOGUE, NOON + 90, ZONE)
    assert (shown["end"], shown["by"], shown["words"], shown["lasted"], shown["notice"]) == (
        "已缓解",
        "周敏 12:00",
        "已加派",
        30,
        "已送达",
    )
    assert row(replace(done, receipts=({"sent": True}, {"sent": False})), CATALOGUE, NOON, ZONE)["notice"] == "未送达"


@pytest.mark.parametrize(
    ("alert", "leads_to"),
    [
        (SEAT, "/calls/c%2F1"),
        (replace(SEAT, call_id=None), "/calls?from=2026-11-23+11%3A45&to=2026-11-23+12%3A01&agent=8002"),
        (WAIT, "/calls?from=2026-11-23+12%3A00&to=2026-11-23+12%3A01&queue=repair&visit=waited"),
        (
            replace(WAIT, rule=Rule(3, LEVEL.id, "site"), subject=Subject("site")),
            "/calls?from=2026-11-23+11%3A45&to=2026-11-23+12%3A01&visit=ended",
        ),
        (
            replace(WAIT, rule=Rule(3, "recording_failed", "site"), subject=Subject("site")),
            "/calls?from=2026-11-23+11%3A45&to=2026-11-23+12%3A01",
        ),
        (
            replace(WAIT, raised_at=NOON + 3.7, cleared_at=NOON + 41.2),
            "/calls?from=2026-11-23+12%3A00%3A03&to=2026-11-23+12%3A00%3A42&queue=repair&visit=waited",
        ),
        (replace(WAIT, rule=Rule(3, "disk_free_gb", "site"), subject=Subject("site")), ""),
    ],
)
def test_each_alert_leads_to_the_calls_behind_it(alert, leads_to):
    assert link(alert, ZONE, NOON + 60) == leads_to


@pytest.mark.parametrize(
    ("figure", "limit", "said"),
    [
        ("disk_free_gb", 10, "磁盘剩余空间低于 10 GB"),
        (LEVEL.id, 0.8, "近 15 分钟服务水平低于 80 %"),
        ("media_down", 1, "语音进程停止"),
        ("waiting", 5, "等待人数达到 5"),
        ("a_figure_that_is_no_more", 5, ""),
    ],
)
def test_the_house_s_alerts_say_figure_and_limit(figure, limit, said):
    comparison = "below" if figure in ("disk_free_gb", LEVEL.id) else "above"
    alert = replace(WAIT, rule=Rule(3, figure, "site", comparison=comparison), subject=Subject("site"), threshold=limit)
    assert row(alert, CATALOGUE, NOON, ZONE)["title"] == said


def test_a_rule_s_own_name_is_said_instead():
    assert (
        row(replace(SEAT, rule=replace(SEAT.rule, name="保持太久")), CATALOGUE, NOON, ZONE)["title"]
        == "8002 何涛 保持太久"
    )


def test_a_file_holds_nothing_that_a_spreadsheet_would_run():
    evil = replace(WAIT, acknowledged_at=NOON, acknowledged_by="=cmd", acknowledged_words="@sum(1)")
    head, line = lines([evil], CATALOGUE, NOON, ZONE)
    assert len(head) == len(line)
    assert line[0] == "2026-11-23 12:00:00"
    assert [cell for cell in line if str(cell).startswith(("=", "@"))] == []


def test_a_rule_s_limits_are_written_with_their_sides():
    level = Rule(1, LEVEL.id, "queue", comparison="below", warn=0.8, clear=0.82)
    assert rules.limits(level, LEVEL) == ["< 80 %", "—", "≥ 82 %"]
    assert rules.limits(Rule(1, "waiting", "queue", alarm=5, clear=3), CATALOGUE.get("waiting")) == ["—", "≥ 5", "≤ 3"]
    assert rules.limits(Rule(1, "media_down", "site", alarm=1), CATALOGUE.get("media_down")) == ["—", "发生即告", "—"]
    assert rules.limits(Rule(1, "longest_wait_s", "queue", queue_limits=True), None) == ["队列自定", "队列自定", "—"]


@pytest.mark.parametrize(
    ("scope", "scope_id", "said"),
    [
        ("site", "", "全中心"),
        ("queue", "", "每个队列"),
        ("queue", "repair", "队列 报修抢修"),
        ("agent", "9999", "坐席 9999"),
    ],
)
def test_a_rule_says_what_it_watches(scope, scope_id, said):
    assert rules.watched(Rule(1, "x", scope, scope_id), {"queue": {"repair": "报修抢修"}}) == said


def test_a_queue_is_called_as_whoever_reads_knows_it_and_one_that_is_no_more_as_it_was():
    raised = replace(WAIT, subject=Subject("queue", "repair", "报修抢修"))
    assert in_language(raised, {"repair": "Repairs"}).subject.name == "Repairs"
    assert in_language(raised, {}).subject.name == "报修抢修"
    seat = replace(WAIT, subject=Subject("agent", "8001", "王芳"))
    assert in_language(seat, {"8001": "Repairs"}) == seat
