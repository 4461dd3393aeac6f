"""A floor that is not live says so wherever it stands, lets nothing be done, and comes back by itself."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.floors import floor, seat


def test_with_a_lost_connection_the_whole_page_stands_still_and_says_how_old_it_is(visit, phones):
    window, page = floor(visit, forgiving=True)
    phones.agent("8001")
    phones.citizen("13900000071").dials().talks()
    seat(page, "8001").click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    expect(page.locator('[data-live="aht"]')).not_to_be_empty()
    window.context.set_offline(True)
    root = page.locator('[data-page="floor"]')
    expect(root).to_have_attribute("data-fresh", "lost", timeout=20_000)
    expect(page.locator('[data-live="floor-stale"]')).to_contain_text("连接中断。以下是 ")
    expect(page.locator('[data-live="floor-stale"]')).to_contain_text("不能操作")
    for name in ("mode", "force", "end", "override", "dialog", "mark"):
        for control in page.locator(f"[data-{name}]").all():
            expect(control).to_be_disabled()
    expect(page.locator('[data-box="controls"]')).to_have_attribute("title", "数据不是实时，暂不能操作。")
    for part in (".floor-chosen-panel", ".alerts-panel", ".floor-strip", ".alerts-count"):
        grey = page.locator(part).first.evaluate(
            "(one) => { for (let e = one; e; e = e.parentElement) if (getComputedStyle(e).filter !== 'none') return true; }"
        )
        assert grey, part
    page.keyboard.press("F5")
    expect(page.locator('[data-live="floor-error"]')).to_be_empty()
    window.picture("floor_lost")
    window.context.set_offline(False)
    expect(root).to_have_attribute("data-fresh", "live", timeout=20_000)
    expect(page.locator('[data-live="floor-stale"]')).to_be_empty()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled()


def test_without_the_telephony_core_the_page_says_so_and_waits_for_it(visit, house):
    _window, page = floor(visit, forgiving=True)
    expect(page.locator('[data-page="floor"]')).to_have_attribute("data-fresh", "live", timeout=20_000)
    house.kill("sip")
    expect(page.locator('[data-page="floor"]')).to_have_attribute("data-fresh", "live", timeout=30_000)
    expect(page.locator('[data-dialog="message"]')).to_be_enabled()
