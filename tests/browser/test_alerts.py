"""Alerts as a shift supervisor meets them: raised while somebody waits, heard, acknowledged, looked up, ruled."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.house.running import until


@pytest.fixture
def rule(house):
    """Raises quickly and in this test only; everything else is switched off meanwhile."""
    token = house.token()
    others = [one for one in house.ask("GET", "/api/v1/alert-rules", token=token)["rules"] if one["enabled"]]
    for one in others:
        switched(house, token, one, enabled=False)
    wanted = {"figure": "waiting", "scope": "queue", "scope_id": "general", "warn": 1, "alarm": 2, "clear_after_s": 0}
    made = house.ask("POST", "/api/v1/alert-rules", wanted, token)
    yield made
    switched(house, token, made, enabled=False)
    for one in others:
        switched(house, token, one, enabled=True)


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
    page.wait_for_function(f"hotlineAlertSound.played > {heard}")
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
    settled = page.locator(".alert:not([data-severity])").first
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
        return house.ask("GET", "/api/v1/alerts?open=true", token=token)["alerts"]

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


def test_a_rule_is_made_in_the_form_which_says_what_is_wrong_beside_the_field(visit, house):
    window = visit("supervisor", 1366, 900)
    page = window.open("/alerts?view=rules")
    expect(page.locator("[data-live^=rule-now]").nth(1)).not_to_be_empty(timeout=15_000)
    window.picture("alerts_rules")
    assert window.barriers() == []
    page.locator("[data-rule-new]").click()
    form = page.locator(".rule-dialog")
    form.get_by_label("指标").select_option("agent_break_s")
    form.get_by_label("对象").select_option("agent:8001")
    form.get_by_label("预警值").fill("20:00")
    form.get_by_label("告警值").fill("10:00")
    form.get_by_role("button", name="保存").click()
    expect(form.locator('[data-wrong="alarm"]')).to_contain_text("告警值没有比预警值更严重")
    window.picture("alerts_rule_form")
    form.get_by_label("告警值").fill("30:00")
    form.get_by_label("名称").fill("张三休息太久")
    form.get_by_role("button", name="保存").click()
    line = page.locator("tr", has_text="张三休息太久")
    expect(line).to_contain_text("≥ 20:00", timeout=15_000)
    expect(line).to_contain_text("≥ 30:00")
    page.once("dialog", lambda dialog: dialog.accept())
    line.locator("[data-rule-remove]").click()
    expect(page.locator("tr", has_text="张三休息太久")).to_have_count(0, timeout=15_000)


def test_the_director_reads_and_does_not_change(visit):
    page = visit("director").open("/alerts?view=rules")
    expect(page.locator(".rules tbody tr").first).to_be_visible(timeout=15_000)
    assert page.locator("[data-rule-new], [data-rule-change]").count() == 0


def test_an_agent_has_no_alerts(visit):
    page = visit("agent8001").open("/alerts")
    expect(page.get_by_role("alert").first).to_contain_text("您的角色不能访问此页")
