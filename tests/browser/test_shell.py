"""Signing in and the frame around the pages: roles, language, light and dark, log-out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import forget


def test_signing_in_leads_back_to_where_one_was_going(visit, house):
    forget("director", house)
    someone = visit("director")
    page = someone.page
    page.goto(f"{someone.home}/calls?outcome=answered")
    expect(page).to_have_url(re.compile("/login"))
    someone.picture("login")
    page.fill("input[name=username]", "director")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码错误")
    expect(page.locator("input[name=username]")).to_have_value("director")
    assert page.evaluate("document.activeElement.name") == "password"
    page.keyboard.type("demo-director")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/calls\?outcome=answered"))
    expect(page).to_have_title("通话 · 服务热线")


def test_the_menu_holds_what_the_role_may_see_and_a_page_beyond_it_says_so(visit):
    agent = visit("agent8002")
    page = agent.open("/wall")
    expect(page.get_by_text("您的角色不能访问此页。")).to_be_visible(timeout=15_000)
    page.goto(f"{agent.home}/")
    expect(page).to_have_url(re.compile("/desk"))
    expect(page.locator(".bar-link", has_text="通话")).to_be_visible()
    assert {"大屏", "现场", "告警"}.isdisjoint(page.locator(".bar-link").all_inner_texts())
    expect(page.locator(".bar-link[aria-current=page]")).to_have_text("坐席台")


def test_a_supervisor_without_a_seat_still_has_a_desk_that_makes_sense(visit):
    desk = visit("supervisor")
    page = desk.open("/desk")
    expect(page.locator('[data-live="desk-call"]')).to_have_text("当前无通话", timeout=15_000)
    expect(page.locator('[data-state-to="ready"]')).to_be_disabled()


def test_the_pages_speak_english_when_asked_and_remember_it(visit):
    calls = visit("supervisor")
    page = calls.open("/calls")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.get_by_role("button", name="Show")).to_be_visible(timeout=15_000)
    assert not re.search("[查询全部导出]", page.locator(".totals").inner_text())
    calls.picture("calls_en")
    page.goto(f"{calls.home}/desk")
    expect(page.get_by_role("button", name="Hang up")).to_be_visible(timeout=15_000)
    expect(page.locator('[data-live="desk-call"]')).to_have_text("No call in hand")
    calls.picture("desk_en")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{calls.home}/wall")
    expect(page.locator('[data-live="seats"]')).to_have_text("12", timeout=15_000)
    page.screenshot(path="test-output/wall_en.png")


def test_dark_is_kept_and_is_there_before_anything_is_drawn(visit):
    calls = visit("supervisor")
    page = calls.open("/calls")
    page.get_by_role("button", name="深色").click()
    expect(page.get_by_role("button", name="浅色")).to_be_visible()
    page.reload(wait_until="commit")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    expect(page.locator(".totals")).to_be_visible(timeout=15_000)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(10, 17, 22)"
    calls.picture("calls_dark")


def test_the_pages_are_in_the_sites_time_wherever_the_browser_is(visit):
    page = visit("supervisor").open("/calls")
    shown = page.locator('.bar [data-live="clock"]')
    expect(shown).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    there = page.evaluate(
        "new Intl.DateTimeFormat('zh-CN', {timeZone: 'Asia/Shanghai', hour: '2-digit', hourCycle: 'h23'}).format(new Date())"
    )
    assert shown.inner_text()[:2] == there[:2]


def test_logging_out_ends_the_session_everywhere_in_this_browser(visit, house):
    forget("qa", house)
    someone = visit("qa")
    page = someone.open("/calls")
    other = someone.context.new_page()
    other.goto(f"{someone.home}/calls")
    expect(other.locator(".totals")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/login"), timeout=15_000)
    expect(other).to_have_url(re.compile("/login"), timeout=15_000)
    forget("qa", house)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("user", "path"), [("supervisor", "/floor"), ("supervisor", "/rosters"), ("admin", "/rights")])
def test_no_page_scrolls_sideways_on_a_phone(visit, user, path, language):
    someone = visit(user, 390, 844, language=language)
    page = someone.open(path)
    expect(page.locator(".page, .rosters, .floor").first).to_be_visible(timeout=15_000)
    expect(page.locator(".bar-link").last).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_typed_and_not_sent_is_gone_from_the_browser_once_one_has_signed_out(visit, house):
    one = visit("director")
    page = one.open("/categories")
    expect(page.locator("[data-category]").first).to_be_visible(timeout=15_000)
    page.evaluate("localStorage.setItem('draft/director/a', '{}'); localStorage.setItem('draft/li/b', '{}')")
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/login"))
    forget("director", house)
    kept = page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('draft/'))")
    assert kept == ["draft/li/b"]
