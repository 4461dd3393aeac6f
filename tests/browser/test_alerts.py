"""Alerts as a shift supervisor meets them: raised while somebody waits, heard, acknowledged, looked up, ruled."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from core.clock import from_iso, utc_now
from tests.house.running import until


@pytest.fixture
def rule_of(house):
    """Makes a rule of the queue that raises quickly and in this test only; all others are switched off meanwhile."""
    token = house.token()
    others = [one for one in house.ask("GET", "/api/v1/alert-rules", token=token)["items"] if one["enabled"]]
    for one in others:
        switched(house, token, one, enabled=False)
    made = []

    def make(figure: str, **limits):
        wanted = {"figure": figure, "scope": "queue", "scope_id": "general", "clear_after_s": 0, **limits}
        made.append(house.ask("POST", "/api/v1/alert-rules", wanted, token))
        return made[-1]

    yield make
    for one in made:
        switched(house, token, one, enabled=False)
    for one in others:
        switched(house, token, one, enabled=True)


@pytest.fixture
def rule(rule_of):
    return rule_of("waiting", warn=1, alarm=2)


def switched(house, token, rule, *, enabled):
    body = {name: value for name, value in rule.items() if name not in ("id", "example")}
    house.ask("PUT", f"/api/v1/alert-rules/{rule['id']}", {**body, "enabled": enabled}, token)


def test_an_alert_is_raised_heard_acknowledged_and_stays_in_the_history(visit, phones, rule):
    window = visit("supervisor", 1366, 900)
    page = window.open("/alerts")
    expect(page.locator('[data-live="alerts-sums"]')).to_contain_text("今日", timeout=15_000)
    page.locator("[data-alert-sound]").click()
    expect(page.locator("[data-alert-sound]")).to_have_attribute("aria-pressed", "true")
    heard = page.evaluate("hotlineAlertSound.played")
    caller = phones.citizen("13900000051").dials()
    alert = page.locator(".alert[data-severity=warn]")
    expect(alert.locator(".alert-title")).to_have_text("综合服务 等待人数达到 1", timeout=15_000)
    expect(page.locator("[role=status][aria-live=assertive]")).to_contain_text("预警：综合服务")
    until(lambda: page.evaluate("hotlineAlertSound.played") > heard)
    second = phones.citizen("13900000052").dials()
    expect(page.locator(".alert[data-severity=alarm] .alert-title")).to_have_text(
        "综合服务 等待人数达到 2", timeout=15_000
    )
    # The history below follows without a reload.
    expect(page.locator(".ag-row").first).to_contain_text("未恢复", timeout=15_000)
    window.picture("alerts_open")
    assert window.barriers() == []
    page.keyboard.press("a")
    page.keyboard.type("已加派两席")
    page.keyboard.press("Enter")
    settled = page.locator(".alert:not([data-severity])", has_text="等待人数达到 2").first
    expect(settled.locator(".alert-more")).to_contain_text("“已加派两席”")
    expect(settled.locator(".alert-act")).to_have_text("已确认")
    quiet = page.evaluate("hotlineAlertSound.played")
    caller.hangs_up()
    second.hangs_up()
    expect(settled.locator(".alert-more")).not_to_contain_text("现 ", timeout=15_000)
    assert page.evaluate("hotlineAlertSound.played") == quiet
    page.reload()
    row = page.locator(".ag-row").first
    expect(row).to_contain_text("综合服务 等待人数达到 2", timeout=15_000)
    expect(row).to_contain_text("已缓解")
    window.picture("alerts_history")
    row.get_by_role("link").first.click()
    page.wait_for_url("**/calls?**queue=general**")


def test_what_was_acknowledged_and_what_is_open_survive_a_kill_of_the_web_process(visit, phones, house, rule):
    token = house.token()
    caller = phones.citizen("13900000053").dials()

    def opened():
        return house.ask("GET", "/api/v1/alerts?open=true&figure=waiting", token=token)["items"]

    (alert,) = until(opened, 15)
    house.ask("POST", f"/api/v1/alerts/{alert['id']}/acknowledge", {"words": "看到了"}, token)
    house.kill("web")

    def back():
        try:
            return opened()
        except OSError:
            return None

    (after,) = until(back, 30)
    assert (after["id"], after["acknowledged_words"], after["cleared_at"]) == (alert["id"], "看到了", None)
    caller.hangs_up()
    until(lambda: not opened(), 20)
    assert house.ask("GET", f"/api/v1/alerts/{alert['id']}", token=token)["cleared_why"] == "eased"


def test_an_alert_that_is_over_opens_who_waited_then_and_all_such_are_acknowledged_at_once(visit, phones, house, rule):
    window = visit("supervisor", 1366, 768, language="en")
    page = window.open("/floor")
    token = house.token()
    caller = phones.citizen("13900000054").dials()
    (alert,) = until(lambda: house.ask("GET", "/api/v1/alerts?open=true&figure=waiting", token=token)["items"], 15)
    caller.hangs_up()
    path = f"/api/v1/alerts/{alert['id']}"
    cleared = until(lambda: house.ask("GET", path, token=token)["cleared_at"], 20)
    until(lambda: utc_now() > from_iso(cleared) + 1, 5)
    phones.citizen("13900000055").dials()
    expect(page.locator(".alert[data-severity=warn]")).to_have_count(1, timeout=15_000)
    over = page.locator(f'.alert[data-alert="{alert["id"]}"]')
    expect(over.locator(".alert-more")).to_contain_text("over, not acknowledged")
    page.locator(".alert[data-severity=warn] [data-acknowledge]").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.alert').dataset.severity") is None
    page.keyboard.press("ArrowUp")
    expect(page.locator(".alert[data-severity=warn] [data-acknowledge]")).to_be_focused()
    every = page.locator("[data-acknowledge-over]")
    expect(every).to_have_text(re.compile(r"Acknowledge all over \(\d+\)"))
    window.picture("floor_alerts_over_en")
    assert window.barriers() == []
    head = page.locator(".alerts-head").first
    assert page.locator("[data-alert-sound]").bounding_box()["y"] < head.locator("h2").bounding_box()["y"] + 10
    assert head.bounding_box()["height"] < 36
    href = over.locator(".alert-title").get_attribute("href")
    every.click()
    expect(over.locator(".alert-act")).to_have_text("acknowledged")
    expect(every).to_be_hidden()
    expect(page.locator(".alert[data-severity=warn] [data-acknowledge]")).to_be_visible()
    page.goto(window.home + href)
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(1, timeout=15_000)
    expect(page.locator(".ag-center-cols-container .ag-row")).to_contain_text("139 0000 0054")


def test_one_alert_that_is_over_is_acknowledged_with_words(visit, phones, house, rule):
    page = visit("supervisor", 1366, 768).open("/floor")
    token = house.token()
    caller = phones.citizen("13900000056").dials()
    (alert,) = until(lambda: house.ask("GET", "/api/v1/alerts?open=true&figure=waiting", token=token)["items"], 15)
    caller.hangs_up()
    over = page.locator(f'.alert[data-alert="{alert["id"]}"]:not([data-severity])')
    over.get_by_role("button", name="确认").click(timeout=20_000)
    page.keyboard.type("一过性")
    page.keyboard.press("Enter")
    expect(over.locator(".alert-more")).to_contain_text("“一过性”")
    expect(over.locator(".alert-act")).to_have_text("已确认")


def test_an_alert_of_the_last_quarter_opens_the_very_calls_that_it_counted(visit, phones, house, rule_of):
    window = visit("supervisor", 1366, 768)
    page = window.open("/alerts")
    caller, begun = phones.citizen("13900000057").dials(), time.monotonic()
    # Who gives up within five seconds is not counted.
    until(lambda: time.monotonic() > begun + 8, 12)
    caller.hangs_up()
    rule_of("service_level_15min", comparison="below", warn=1)
    row = page.locator(".alert[data-severity]")
    expect(row.locator(".alert-more")).to_contain_text("次来电", timeout=20_000)
    href, more = row.evaluate("(one) => [one.querySelector('a').href, one.querySelector('.alert-more').textContent]")
    counted = re.search(r"共 (\d+) 次来电", more).group(1)
    page.goto(href)
    expect(page.locator(".totals span", has_text="进线").first.locator("b")).to_have_text(counted, timeout=15_000)
    expect(page.locator(".ag-row").first).to_be_visible()


def test_a_rule_is_made_in_the_form_which_says_what_is_wrong_beside_the_field(visit, house):
    window = visit("supervisor", 1366, 900)
    page = window.open("/alerts?view=rules")
    expect(page.locator(".rule-now").nth(1)).not_to_be_empty(timeout=15_000)
    window.picture("alerts_rules")
    assert window.barriers() == []
    page.locator("[data-rule-new]").click()
    form = page.locator("dialog[data-dialog]")
    expect(form.get_by_label("至少来电数")).to_have_count(0)
    form.get_by_label("指标").select_option("service_level_15min")
    expect(form.get_by_label("至少来电数")).to_be_visible()
    expect(form.get_by_label("何时告警")).to_have_value("below")
    assert window.barriers() == []
    form.get_by_label("指标").select_option("agent_break_s")
    form.get_by_label("对象").select_option("agent:8001")
    form.get_by_label("预警值").fill("20:00")
    form.get_by_label("告警值").fill("10:00")
    form.get_by_role("button", name="保存").click()
    expect(form.locator('[data-error-of="alarm_seconds"]')).to_contain_text("告警值没有比预警值更严重")
    window.picture("alerts_rule_form")
    form.get_by_label("告警值").fill("30:00")
    form.get_by_label("名称").fill("张三休息太久")
    form.get_by_role("button", name="保存").click()
    line = page.locator("tr", has_text="张三休息太久")
    expect(line).to_contain_text("≥ 20:00", timeout=15_000)
    expect(line).to_contain_text("≥ 30:00")
    line.locator("[data-rule-change]").click()
    expect(form.get_by_label("对象")).to_have_value("agent:8001")
    expect(form.get_by_label("预警值")).to_have_value("20:00")
    expect(form.get_by_label("名称")).to_have_value("张三休息太久")
    page.keyboard.press("Escape")
    remove = line.locator("[data-rule-remove]")
    remove.click()
    expect(remove).to_contain_text("再按一次")
    remove.click()
    expect(page.locator("tr", has_text="张三休息太久")).to_have_count(0, timeout=15_000)


def test_the_director_reads_and_does_not_change(visit):
    page = visit("director").open("/alerts?view=rules")
    expect(page.locator(".rules tbody tr").first).to_be_visible(timeout=15_000)
    assert page.locator("[data-rule-new], [data-rule-change]").count() == 0


def test_an_agent_has_no_alerts(visit):
    page = visit("agent8001").open("/alerts")
    expect(page.locator("main").get_by_role("alert").first).to_contain_text("您的角色不能访问此页")
