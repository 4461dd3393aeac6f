"""Why and by which way a supervisor listens: chosen, never guessed, and what a reload has cut off is said."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.floors import audited, by_browser, floor, seat
from tests.house.running import until


def test_nobody_listens_without_a_reason_and_each_call_wants_its_own(visit, phones, house):
    window, page = floor(visit, width=1366, height=768)
    phones.agent("8001")
    phones.agent("8002")
    first = phones.citizen("13900000071").dials().talks().call_id()
    before = len(audited(house, "supervision"))
    talking = page.locator('.seat[data-state="talking"]')
    talking.first.click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    page.locator("[data-by]").select_option("browser")
    reason, error = page.locator("[data-reason]"), page.locator('[data-live="reason-error"]')
    expect(reason).to_have_value("")
    expect(reason.locator("option:checked")).to_have_text("请选择")
    page.keyboard.press("F5")
    expect(error).to_have_text("请选择理由。")
    expect(reason).to_be_focused()
    window.picture("floor_no_reason")
    assert window.barriers() == []
    reason.select_option(label="其他，自行填写…")
    expect(error).to_be_empty()
    words = page.locator("[data-own-words]")
    expect(words).to_be_focused()
    page.keyboard.press("F5")
    expect(error).to_have_text("请填写理由。")
    assert len(audited(house, "supervision")) == before
    words.fill("新规定抽听")
    page.keyboard.press("F5")
    expect(page.locator('[data-mode="listen"]')).to_have_attribute("aria-pressed", "true", timeout=10_000)
    window.picture("floor_own_reason")
    subject, detail = audited(house, "supervision")[-1]
    assert (subject, detail["reason"]) == (first, "新规定抽听")
    page.keyboard.press("Escape")
    expect(page.locator('[data-mode="listen"]')).to_have_attribute("aria-pressed", "false")
    listened = talking.first.get_attribute("data-seat")
    phones.citizen("13900000072").dials().talks()
    expect(talking).to_have_count(2)
    other = page.locator(f'.seat[data-state="talking"]:not([data-seat="{listened}"])')
    other.click()
    expect(reason).to_have_value("")
    expect(words).to_be_hidden()
    seat(page, str(listened)).click()
    expect(words).to_have_value("新规定抽听")


def test_after_a_reload_seat_and_way_are_as_before_and_the_listening_goes_on_at_a_click(visit, phones):
    window, page = floor(visit, width=1366, height=768)
    phones.agent("8001")
    citizen = phones.citizen("13900000073").dials().talks()
    seat(page, "8001").click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    by_browser(page)
    page.keyboard.press("F5")
    listen = page.locator('[data-mode="listen"]')
    expect(listen).to_have_attribute("aria-pressed", "true", timeout=10_000)
    page.reload()
    expect(seat(page, "8001")).to_have_attribute("aria-pressed", "true", timeout=15_000)
    expect(page.locator("[data-by]")).to_have_value("browser")
    ended = page.locator('[data-box="ended"]')
    expect(ended).to_contain_text("对 139 0000 0073 的监听已中断", timeout=10_000)
    window.picture("floor_reloaded")
    assert window.barriers() == []
    page.locator("[data-go-on]").click()
    expect(listen).to_have_attribute("aria-pressed", "true", timeout=10_000)
    expect(ended).to_be_hidden()
    until(lambda: page.evaluate("hotlineListen.on()"))
    page.keyboard.press("Escape")
    expect(listen).to_have_attribute("aria-pressed", "false")
    # What was stopped by hand is not missed.
    page.reload()
    expect(seat(page, "8001")).to_have_attribute("aria-pressed", "true", timeout=15_000)
    expect(listen).to_be_enabled(timeout=10_000)
    expect(ended).to_be_hidden()
    citizen.hangs_up()
