"""The wall over a long day: panes take turns, a link signs a screen on, an hour in fast motion leaves no memory behind."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.orders import orders  # noqa: F401 - a fixture
from tests.browser.visits import Visit

MOST_GROWTH_BYTES = 3_000_000


def test_panes_take_turns_in_one_place_and_a_fixed_one_stays(visit):
    wall = visit("wallboard", 1920, 1080)
    page = wall.open("/wall?rotate=2")
    chart, reports = (page.locator(f'[data-panes="left"] [data-pane="{n}"]') for n in (0, 1))
    expect(reports).not_to_have_attribute("data-off", "1", timeout=15_000)
    expect(chart).to_have_attribute("data-off", "1")
    expect(chart).not_to_have_attribute("data-off", "1")
    page.goto(wall.home + "/wall?pane=1")
    expect(page.locator(".map-district")).to_have_count(4, timeout=15_000)
    expect(page.locator('[data-bars="districts"]')).not_to_be_empty()
    wall.picture("wall_reports")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_figures_of_districts_and_categories_add_up_to_the_days_orders(visit, orders):  # noqa: F811
    orders.open("quality")
    page = visit("wallboard", 1920, 1080).open("/wall?pane=1")
    expect(page.locator(".map-count")).to_have_count(4, timeout=15_000)
    answer = page.evaluate("hotlineLive.ask('GET', '/api/v1/wall')")["orders"]
    assert answer["opened"] > 0
    for what in ("categories", "districts"):
        for counted in ("opened", "closed", "overdue"):
            assert sum(one[counted] for one in answer[what]) == answer[counted], (what, counted)
    assert len(answer["points"]) == answer["located"] <= answer["opened"]
    assert page.locator(".wall a[href]").count() == 0, "a wall without rights to orders has nothing to click on"


def test_a_link_signs_a_screen_on_without_a_keyboard_until_it_is_ended(browser, house):
    token = house.token()
    made = house.ask("POST", "/api/v1/wall-links", {}, token)
    # Nobody is signed in in this window.
    wall = Visit(browser, house, "nobody", 1920, 1080, forgiving=True)
    wall.context.clear_cookies()
    page = wall.page
    page.goto(wall.home + made["path"])
    expect(page.locator('[data-live="seats"]')).to_have_text("12", timeout=15_000)
    assert page.evaluate("fetch('/api/v1/calls').then((answer) => answer.status)") == 403
    house.ask("DELETE", "/api/v1/wall-links", None, token)
    page.wait_for_url("**/login**", timeout=20_000)
    page.goto(wall.home + made["path"])
    expect(page.locator('[data-live="seats"]')).to_have_count(0)
    wall.context.close()


def test_a_supervisor_makes_a_link_by_a_button_and_ends_all_of_them_after_a_question(visit, browser, house):
    office = visit("supervisor", 1920, 1080)
    page = office.open("/wall")
    page.get_by_role("button", name="大屏链接").click()
    page.get_by_role("button", name="生成链接").click()
    field = page.locator("[data-link-field] input")
    expect(field).to_have_value(re.compile(r"^http://127\.0\.0\.1:\d+/wall/open/\S+$"), timeout=15_000)
    expect(page.locator("[data-link-said]")).to_have_text(re.compile(r"链接有效期 \d+ (天|小时)。"))
    assert office.barriers() == []
    office.picture("wall_link")
    screen = Visit(browser, house, "nobody", 1920, 1080, forgiving=True)
    screen.page.goto(field.input_value())
    expect(screen.page.locator('[data-live="seats"]')).to_have_text("12", timeout=15_000)
    assert screen.page.locator("[data-wall-link]").count() == 0
    page.get_by_role("button", name="停用全部链接").click()
    expect(page.locator("[data-link-ask]")).to_be_visible()
    assert screen.page.url.endswith("/wall"), "nothing has ended before the answer"
    page.locator("[data-link-sure]").click()
    screen.page.wait_for_url("**/login**", timeout=20_000)
    expect(field).to_have_count(0)
    screen.context.close()


def test_an_hour_in_fast_motion_leaves_no_memory_behind(visit):
    wall = visit("wallboard", 1920, 1080, forgiving=True)
    wall.page.clock.install()
    page = wall.open("/wall?rotate=10")
    expect(page.locator('[data-live="seats"]')).to_have_text("12", timeout=15_000)
    page.clock.run_for(120_000)
    before, nodes = used(page)
    for _ in range(60):
        page.clock.run_for(60_000)
    after, nodes_after = used(page)
    assert after - before < MOST_GROWTH_BYTES
    assert nodes_after <= nodes * 1.2


def used(page) -> tuple[int, int]:
    """Bytes of the heap and elements after the rubbish is out."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("HeapProfiler.enable")
    protocol.send("HeapProfiler.collectGarbage")
    protocol.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in protocol.send("Performance.getMetrics")["metrics"]}
    protocol.detach()
    return int(metrics["JSHeapUsedSize"]), int(metrics["Nodes"])
