"""English readers choose and read the office's names in English: the desk's wrap-up and breaks, then the list of calls."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.desks import state
from tests.house.running import until


def test_a_wrap_up_in_english_is_read_in_english_and_in_chinese(visit, phones):
    page = visit("agent8001", language="en").open("/desk")
    agent = phones.agent("8001")
    expect(page.locator("[data-break-reason] option")).to_have_text(
        ["Short break", "Meal", "Training", "Meeting", "Return visits"]
    )
    citizen = phones.citizen("13900000088").dials().talks()
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("General")
    page.locator('label.desk-category:has-text("Visible leak")').click()
    page.locator(".desk-note").fill("at the valve")
    citizen.hangs_up()
    until(lambda: agent.state() == "wrap_up", 10)
    page.keyboard.press("F10")
    expect(page.locator('[data-live="desk-draft"]')).to_contain_text("Saved")

    def newest():
        return phones.house.ask("GET", "/api/v1/calls?limit=1&caller=13900000088", token=phones.token)["items"][0]

    until(lambda: newest()["note"], 10)
    assert (newest()["category"], newest()["category_name"]) == ("repair.leak_visible", "报修/明漏")
    for language, category, queue in (
        ("en", "Repair/Visible leak", "General"),
        ("zh_CN", "报修/明漏", "综合服务"),
    ):
        listed = visit("supervisor", 1920, 1080, language=language).open("/calls?caller=13900000088")
        row = listed.locator(".ag-center-cols-container .ag-row").first
        expect(row.locator('[col-id="category"]')).to_have_text(category, timeout=15_000)
        expect(row.locator('[col-id="queue"]')).to_have_text(queue)
    page.select_option("[data-break-reason]", "meal")
    page.keyboard.press("Alt+2")
    expect(state(page)).to_have_text("Break")
    expect(page.locator('[data-live="desk-note"]')).to_have_text("Meal")
    phones.house.ask("POST", "/api/v1/agents/8001/state", {"state": "ready", "reason": ""}, phones.token)
