"""Breaks in turn and leave of hours in a real browser: moved by hand, spread, asked for, and seen in the roster."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.test_rosters import LONG, opened
from tests.clock import today

# Weeks that nobody has rostered yet: no rule is in the way.
EMPTY = today() + timedelta(days=56)
MONDAY = EMPTY - timedelta(days=EMPTY.weekday())


def put(page, extension: str, day: date) -> str:
    """A first-template shift by key; the cell's key."""
    key = f"{extension}|{day.isoformat()}"
    page.locator(f'[data-cell="{key}"]').evaluate("one => { one.tabIndex = 0; one.focus(); }")
    page.keyboard.press("1")
    expect(page.locator(f'[data-cell="{key}"] .rosters-shift')).to_contain_text("甲班", timeout=LONG)
    return key


def test_a_break_is_moved_by_hand_within_its_window_and_refused_beyond_it(visit):
    made, page = opened(visit, path=f"/rosters?from={MONDAY}")
    key = put(page, "8001", MONDAY)
    page.locator(f'[data-cell="{key}"]').click()
    box = page.locator("dialog input[name=breaks]")
    expect(box).to_be_visible()
    expect(page.locator("dialog")).to_contain_text("10:30–13:00")
    box.fill("8:00-8:30")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .form-wrong", has_text="10:30 到 13:00")).to_be_visible()
    made.picture("rosters_break_refused")
    assert made.barriers() == []
    box.fill("12:15-12:45")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(f'[data-cell="{key}"] .rosters-shift')).to_have_attribute("title", re.compile("12:15-12:45"))


@pytest.mark.flickered
def test_breaks_of_a_day_are_spread_and_it_says_what_that_brought(visit):
    _made, page = opened(visit, path=f"/rosters?from={MONDAY + timedelta(days=14)}")
    day = MONDAY + timedelta(days=15)
    keys = [put(page, extension, day) for extension in ("8001", "8002", "8003")]
    page.get_by_role("button", name="轮流休息").click()
    page.get_by_role("button", name=re.compile("再按一次")).click()
    expect(page.locator("[data-live=rosters-said]")).to_contain_text(re.compile("已调整 . 个班的休息"), timeout=LONG)
    rests = {
        re.search(r"\d\d:\d\d-\d\d:\d\d", page.locator(f'[data-cell="{key}"] .rosters-shift').get_attribute("title"))[0]
        for key in keys
    }
    assert len(rests) == 3


def test_leave_of_hours_stands_beside_the_shift_that_is_worked_the_rest_of_the_time(visit):
    made, page = opened(visit, path=f"/rosters?from={MONDAY}")
    key = put(page, "8004", MONDAY + timedelta(days=2))
    page.locator(f'[data-cell="{key}"]').click()
    page.locator("dialog").get_by_role("button", name="休假…").click()
    expect(page.locator("dialog input[name=start]")).to_be_hidden()
    page.locator("dialog input[name=part]").check()
    page.fill("dialog input[name=start]", "14:00")
    page.fill("dialog input[name=end]", "13:00")
    page.get_by_role("button", name="批准并登记").click()
    expect(page.locator("dialog .form-wrong", has_text="早于开始")).to_be_visible()
    page.fill("dialog input[name=end]", "16:00")
    page.get_by_role("button", name="批准并登记").click()
    expect(page.locator("[data-live=rosters-said]")).to_contain_text("其余时间照常上班", timeout=LONG)
    cell = page.locator(f'[data-cell="{key}"]')
    expect(cell.locator(".rosters-leave")).to_contain_text("14:00–16:00")
    expect(cell.locator(".rosters-shift")).to_contain_text("甲班")
    made.picture("rosters_leave_hours")
    assert made.barriers() == []
    agent = visit("agent8004")
    own = agent.open(f"/rosters?from={MONDAY}")
    row = own.locator(".rosters-own tr", has=own.locator(".rosters-leave"))
    expect(row).to_contain_text("14:00–16:00", timeout=LONG)
    expect(row).to_contain_text("甲班")


def test_a_day_shows_the_errors_of_forecast_and_baseline_and_how_they_were_measured(visit):
    _made, page = opened(visit)
    page.locator(".rosters-cover-day").last.click()
    errors = page.locator(".rosters-day-errors")
    expect(errors.locator(".rosters-figure")).to_have_count(2, timeout=LONG)
    expect(errors).to_contain_text("WAPE")
    expect(errors).to_contain_text("7 天前已知")


def test_an_agent_reads_the_own_moment_and_not_a_count_of_one(visit, house):
    live = house.ask("GET", "/api/v1/rosters/adherence/now", token=house.token())
    on_shift = next(one["extension"] for one in live["agents"] if one["plan"] != "off")
    made, page = opened(visit, f"agent{on_shift}", "/rosters?view=adherence", "[data-open-agent]")
    now = page.locator(".rosters-now")
    expect(now).to_contain_text("下次变动")
    expect(now).not_to_contain_text("应在岗")
    expect(now.locator(".rosters-state")).to_have_count(1)
    made.picture("rosters_own_adherence")
    assert made.barriers() == []
