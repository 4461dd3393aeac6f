"""Rosters in a real browser: the grid by mouse and keys, figures that open, proposals, swaps, an agent's own page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.clock import today
from tests.house.running import until

LONG = 20_000


def opened(visit, who="supervisor", path="/rosters", waits=".rosters-cover-day"):
    made = visit(who)
    page = made.open(path)
    expect(page.locator(waits).first).to_be_visible(timeout=LONG)
    return made, page


def free_cell(page, extension: str) -> str:
    """The key of an empty cell, in the second week, whose neighbours are empty too if there is such a one."""
    cells = page.locator(f'[data-cell^="{extension}|"]')
    expect(cells).to_have_count(14)
    keys = cells.evaluate_all("all => all.map(one => [one.dataset.cell, one.childElementCount])")
    for (_b, before), (key, here), (_a, after) in zip(keys[7:], keys[8:], keys[9:], strict=False):
        if not (before or here or after):
            return key
    return next(key for key, count in keys[7:] if not count)


def shift_of(page, key: str) -> str:
    return page.locator(f'[data-cell="{key}"]').inner_text()


def test_a_fortnight_stands_on_one_screen_with_its_coverage(visit):
    made, page = opened(visit)
    expect(page.locator(".rosters-grid tbody tr")).to_have_count(12)
    expect(page.locator(".rosters-cover-day")).to_have_count(14)
    expect(page.locator(".rosters-short").filter(has_text=re.compile("缺|足够"))).not_to_have_count(0)
    assert page.locator(".rosters-cover").bounding_box()["y"] + 90 < 768
    made.picture("rosters")
    assert made.barriers() == []


def test_it_reads_in_the_dark_and_in_english(visit):
    made = visit("supervisor", scheme="dark", language="en")
    page = made.open("/rosters")
    expect(page.locator(".rosters-cover-day").first).to_be_visible(timeout=LONG)
    expect(page.get_by_role("link", name="Forecast", exact=True)).to_be_visible()
    made.picture("rosters_dark_english")
    assert made.barriers() == []


def test_keys_walk_put_change_and_remove_a_shift(visit):
    # Weeks that nobody has rostered yet: no rule is in the way.
    empty = today() + timedelta(days=42)
    _made, page = opened(visit, path=f"/rosters?from={empty - timedelta(days=empty.weekday())}")
    key = free_cell(page, "8003")
    page.locator(f'[data-cell="{key}"]').evaluate("one => { one.tabIndex = 0; one.focus(); }")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.cell") == key
    block = page.locator(f'[data-cell="{key}"] .rosters-shift')
    page.keyboard.press("1")
    expect(block).to_contain_text("甲班")
    page.keyboard.press("3")
    expect(block).to_contain_text("丙班")
    assert page.evaluate("document.activeElement.dataset.cell") == key
    # The early shift of the next day would be too soon after it: said in words above the grid, and the cell stays empty.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    expect(page.locator("[data-live=act-error]")).to_contain_text("小时休息")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name=re.compile("再按一次"))).to_be_visible()
    page.get_by_role("button", name=re.compile("再按一次")).click()
    expect(block).to_have_count(0)


def test_a_refused_shift_says_why_beside_the_field_and_changes_nothing(visit):
    made, page = opened(visit)
    taken = page.locator("[data-cell]:has(.rosters-shift)").last
    key = taken.get_attribute("data-cell")
    extension, day = key.split("|")
    other = next(e for e in ("8001", "8002") if e != extension)
    busy = page.locator(f'[data-cell^="{other}|"]:has(.rosters-shift)').last.get_attribute("data-cell")
    before = shift_of(page, key)
    taken.click()
    page.select_option("dialog select[name=extension]", other)
    page.fill("dialog input[name=day]", busy.split("|")[1])
    page.get_by_role("button", name="保存").click()
    # Whether the two overlap or are only too near hangs on the week's shifts.
    expect(page.locator("dialog .form-wrong", has_text=re.compile("已有班次|小时休息"))).to_be_visible()
    made.picture("rosters_refused")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert shift_of(page, key) == before
    assert day in key


@pytest.mark.flickered
def test_own_times_are_asked_for_only_when_chosen(visit):
    _made, page = opened(visit)
    page.locator(f'[data-cell="{free_cell(page, "8005")}"]').click()
    expect(page.locator("dialog input[name=start]")).to_be_hidden()
    page.select_option("dialog select[name=template]", "")
    page.fill("dialog input[name=start]", "9:00")
    page.fill("dialog input[name=end]", "9:20")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .form-wrong", has_text="班次时长")).to_be_visible()


def test_a_day_opens_quarter_by_quarter_and_each_figure_opens_its_calls(visit):
    made, page = opened(visit)
    page.locator(".rosters-cover-day").nth(10).click()
    expect(page.locator(".rosters-numbers tbody tr")).to_have_count(48, timeout=LONG)
    made.picture("rosters_day")
    assert made.barriers() == []
    row = page.locator(".rosters-numbers tbody tr").nth(20)
    baseline = row.locator("td").nth(1).locator("a")
    count = int(baseline.inner_text())
    row.locator("[data-why]").click()
    expect(page.locator("dialog h3").first).to_be_visible(timeout=LONG)
    page.keyboard.press("Escape")
    row.locator("[data-who]").click()
    expect(page.locator("dialog")).to_be_visible(timeout=LONG)
    people = page.locator("dialog tbody tr").count()
    assert people >= int(float(row.locator("[data-who]").inner_text()))
    page.keyboard.press("Escape")
    baseline.click()
    expect(page.locator(".totals b").first).to_be_visible(timeout=LONG)
    shown = int(page.locator(".totals b").first.inner_text().split()[0].replace(",", ""))
    # A call that was moved on entered two queues: one call, two entries.
    assert count - 2 <= shown <= count


def test_the_forecast_stands_beside_its_baseline_with_both_errors(visit):
    made, page = opened(visit, path="/rosters?view=forecast", waits=".rosters-numbers")
    expect(page.get_by_text("上周同日误差")).to_be_visible()
    expect(page.locator(".rosters-figure")).to_have_count(2)
    # Forecast, the same day last week, and the calls that came.
    expect(page.locator("[data-figure=forecast] .scatterlayer .trace")).to_have_count(3, timeout=LONG)
    made.picture("rosters_forecast")
    assert made.barriers() == []
    page.select_option("[data-query=queue]", "repair")
    expect(page).to_have_url(re.compile("queue=repair"))
    page.reload()
    expect(page.locator("[data-query=queue]")).to_have_value("repair", timeout=LONG)


def test_a_swap_is_approved_and_the_shifts_change_hands(visit):
    made, page = opened(visit, path="/rosters?view=tasks", waits=".rosters-tasks")
    made.picture("rosters_tasks")
    assert made.barriers() == []
    page.locator("[data-swap-decide='1']").first.click()
    expect(page.get_by_text("已批准，班次已互换。")).to_be_visible(timeout=LONG)
    expect(page.locator(".rosters-tasks .tag", has_text="已批准")).to_be_visible()


def test_adherence_of_now_and_of_the_past_down_to_a_shift(visit):
    made, page = opened(visit, path="/rosters?view=adherence", waits="[data-open-agent]")
    expect(page.locator(".rosters-now h2")).to_have_text("此刻")
    page.locator("[data-open-agent='8002'] a").click()
    page.locator(".rosters-sub [data-open-shift] a").last.click()
    expect(page.locator("[data-figure=adherence] .bars .point").first).to_be_attached(timeout=LONG)
    made.picture("rosters_adherence")
    assert made.barriers() == []
    page.get_by_role("link", name="本班通话").click()
    expect(page).to_have_url(re.compile(r"/calls\?agent=8002&from="))
    expect(page.locator(".totals b").first).to_be_visible(timeout=LONG)


def test_who_comes_and_goes_shows_live(visit, phones):
    _made, page = opened(visit, path="/rosters?view=adherence", waits="[data-open-agent]")
    phones.agent("8006")
    # With a shift or without one, a person who is on is counted within seconds.
    seat = page.locator("[data-off='8006']")
    until(lambda: all("空闲" in text for text in seat.all_inner_texts()), 20)


def test_rules_are_set_and_an_impossible_figure_is_refused_beside_it(visit):
    made, page = opened(visit, path="/rosters?view=rules", waits="[data-settings] form")
    made.picture("rosters_rules")
    assert made.barriers() == []
    page.fill("input[name=least_rest_h]", "30")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-error-of=least_rest_h]")).to_contain_text("0 到 24")
    page.fill("input[name=least_rest_h]", "11")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()


@pytest.mark.flickered
@pytest.mark.timeout(200)
def test_a_proposal_is_worked_out_watched_compared_and_taken_over(visit):
    made, page = opened(visit, path="/rosters?view=proposal", waits="[data-propose] form")
    page.select_option("select[name=limit_s]", "20")
    page.get_by_role("button", name="生成方案").click()
    expect(page.locator("[data-progress]")).to_be_visible(timeout=LONG)
    expect(page.locator(".rosters-compared")).to_be_visible(timeout=120_000)
    expect(page.locator("[data-new]").first).to_be_visible(timeout=LONG)
    made.picture("rosters_proposal")
    assert made.barriers() == []
    page.get_by_role("button", name="采用").click()
    page.get_by_role("button", name=re.compile("再按一次")).click()
    expect(page.get_by_text(re.compile("已采用：新增"))).to_be_visible(timeout=LONG)
    expect(page.locator(".rosters-grid tbody tr").first).to_be_visible(timeout=LONG)


@pytest.mark.flickered
def test_an_agent_sees_the_own_fortnight_asks_for_leave_and_takes_the_calendar(visit):
    made, page = opened(visit, "agent8008", waits=".rosters-own")
    expect(page.locator(".rosters-grid")).to_have_count(0)
    expect(page.locator(".rosters-tab")).to_have_count(2)
    page.get_by_role("button", name="申请休假").click()
    page.fill("dialog input[name=first_day]", "2030-01-07")
    page.fill("dialog input[name=last_day]", "2030-01-08")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("已提交，待值班长批复。")).to_be_visible()
    page.get_by_role("button", name="生成链接").click()
    link = page.locator(".rosters-code")
    expect(link).to_contain_text("/api/v1/roster.ics?token=")
    made.picture("rosters_own")
    assert made.barriers() == []
    answer = page.request.get(link.inner_text())
    assert answer.text().startswith("BEGIN:VCALENDAR")


def test_on_a_phone_the_own_roster_needs_no_sideways_scrolling(visit):
    made = visit("agent8009", 390, 844)
    page = made.open("/rosters")
    expect(page.locator(".rosters-own")).to_be_visible(timeout=LONG)
    made.picture("rosters_phone")
