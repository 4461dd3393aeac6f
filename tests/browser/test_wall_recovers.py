"""Nobody stands at the wall: whatever goes away and comes back, it goes on by itself and never shows old as live."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

BACK_MS = 40_000


def banner(page: Page):
    return page.locator('[data-live="banner"]')


def shows_live(page: Page) -> None:
    expect(banner(page)).to_be_empty(timeout=BACK_MS)
    expect(page.locator('.wall [data-live="freshness"]')).to_have_text(re.compile("实时"), timeout=BACK_MS)


def test_after_the_web_process_was_killed(visit, house):
    wall = visit("wallboard", 1920, 1080, forgiving=True)
    page = wall.open("/wall")
    shows_live(page)
    house.kill("web")
    expect(banner(page)).to_have_text(re.compile(r"连接中断，显示 \d\d:\d\d:\d\d 的数据，正在重连。"))
    expect(page.locator(".wall")).to_have_attribute("data-fresh", "lost")
    wall.picture("wall_lost")
    shows_live(page)


def test_after_the_network_was_away(visit):
    wall = visit("wallboard", 1920, 1080, forgiving=True)
    page = wall.open("/wall")
    shows_live(page)
    wall.context.set_offline(True)
    expect(banner(page)).to_have_text(re.compile("连接中断"), timeout=BACK_MS)
    wall.context.set_offline(False)
    shows_live(page)


def test_after_the_telephony_core_hung(visit, house):
    wall = visit("wallboard", 1920, 1080, forgiving=True)
    page = wall.open("/wall")
    shows_live(page)
    with house_hangs(house):
        expect(banner(page)).to_have_text(re.compile("话务核心没有响应"), timeout=BACK_MS)
        wall.picture("wall_stale")
    shows_live(page)


def test_after_the_whole_house_was_stopped_and_started_and_nobody_signs_on_again(visit, house):
    wall, desk = visit("wallboard", 1920, 1080, forgiving=True), visit("supervisor", forgiving=True)
    page, calls = wall.open("/wall"), desk.open("/calls")
    shows_live(page)
    expect(calls.locator('.bar [data-live="freshness"]')).to_have_text("实时")
    house.stop()
    expect(banner(page)).to_have_text(re.compile("连接中断"))
    house.start()
    shows_live(page)
    expect(calls.locator('.bar [data-live="freshness"]')).to_have_text("实时", timeout=BACK_MS)
    assert page.url.endswith("/wall")


class house_hangs:  # noqa: N801 - reads as a sentence where it is used
    """The sip process is frozen, as by a disk that does not answer."""

    def __init__(self, house) -> None:
        self.pid = house.pid("sip")

    def __enter__(self) -> None:
        import os
        import signal

        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_error: object) -> None:
        import os
        import signal

        os.kill(self.pid, signal.SIGCONT)
