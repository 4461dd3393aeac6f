"""The wall: legible, live, every figure explained and openable, the same picture on any screen."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from core.clock import iso, utc_now
from dashboards.pages.wallboard.figures import arrivals_json
from dashboards.pages.wallboard.queries import QUARTER_S
from tests.browser.orders import orders  # noqa: F401 - a fixture
from tests.house.running import until

# The chart is drawn for one size and scaled.
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.wall *')]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
    && !e.closest('.unseen'))
  .map((e) => { const chart = e.closest('.wall-chart > div'), scale = chart ? chart.getBoundingClientRect().width / chart.offsetWidth : 1;
    return parseFloat(getComputedStyle(e).fontSize) * scale; }))"""
# Also what an ellipsis hides by less than a pixel, and what runs out of the box that holds it.
CUT_OFF = """() => [...document.querySelectorAll('.wall-heroes *, .wall-row > *, .wall-facts *, .wall-last-hour *, .wall-bar-row > *, .wall-order-box *, .wall-kept-list *, .wall-title *')]
  .filter((e) => { if (e.childElementCount || !e.textContent.trim() || !e.getClientRects().length) return false;
    const text = document.createRange(); text.selectNodeContents(e);
    const holder = getComputedStyle(e).display === 'inline' ? e.parentElement : e;
    const right = text.getBoundingClientRect().right;
    return right > holder.getBoundingClientRect().right + 0.3 || right > e.parentElement.getBoundingClientRect().right + 0.3; })
  .map((e) => e.textContent)"""


def live(page, key: str):
    return page.locator(f'.wall [data-live="{key}"]')


def test_the_first_page_after_a_start_may_be_a_deep_link_to_the_wall(visit):
    wall = visit("wallboard", 1920, 1080)
    page = wall.open("/wall")
    expect(live(page, "seats")).to_have_text("12")
    expect(live(page, "freshness")).to_have_text(re.compile(r"实时 · 今日数据 \d+ 秒前"))
    expect(live(page, "demo")).to_have_text("演示数据")
    expect(live(page, "arrivals-note")).to_have_text(re.compile(r"今日 [\d,]+ 通 · 上周.同刻 [\d,]+ 通"))
    expect(live(page, "hour-then")).to_have_text(re.compile(r"上周.同时段 [\d,]+ 通"))
    for key in ("calls", "waiting", "longest", "service", "abandon"):
        assert live(page, key).bounding_box()["height"] >= 0.08 * 1080
    assert page.evaluate(SMALLEST) >= 20
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator(".wall a[href]").count() == 0, "a wall without rights to calls has nothing to click on"
    wall.picture("wall")


def test_the_wall_is_the_same_picture_on_a_screen_twice_as_large(visit):
    wall = visit("wallboard", 3840, 2160)
    page = wall.open("/wall")
    expect(live(page, "seats")).to_have_text("12")
    assert live(page, "calls").bounding_box()["height"] >= 0.08 * 2160
    assert page.evaluate(SMALLEST) >= 40
    wall.picture("wall_4k")
    page = wall.open("/wall?pane=1")
    expect(page.locator(".map-district")).to_have_count(4, timeout=15_000)
    assert page.evaluate(SMALLEST) >= 40
    wall.picture("wall_4k_orders")


@pytest.mark.parametrize("pane", [0, 1])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1440, 900), (1366, 768)])
def test_english_words_are_not_cut(visit, pane, width, height):
    wall = visit("wallboard", width, height, language="en")
    page = wall.open(f"/wall?pane={pane}")
    expect(live(page, "service-period")).to_have_text(re.compile("today"), timeout=15_000)
    expect(live(page, "orders-opened")).to_have_text(re.compile(r"\d"), timeout=15_000)
    # Also with its reasons, which take the most room.
    page.route("**/api/v1/wall", lambda route: route.fulfill(json=_missed(route.fetch().json())))
    expect(live(page, "abandon-target")).to_have_text(re.compile("above"), timeout=15_000)
    assert page.evaluate(CUT_OFF) == []
    wall.picture(f"wall_en_{width}_{pane}")


def test_the_wall_shows_a_call_while_it_lasts(visit, phones):
    wall = visit("wallboard", 1920, 1080)
    page = wall.open("/wall")
    expect(live(page, "calls")).to_have_text("0")
    phones.agent("8001")
    citizen = phones.citizen().dials().talks()
    expect(live(page, "calls")).to_have_text("1")
    expect(live(page, "seats-talking")).to_have_text("1")
    expect(page.locator('[data-blocks="talking"] i')).to_have_count(1)
    wall.picture("wall_call")
    citizen.hangs_up()
    expect(live(page, "calls")).to_have_text("0")
    expect(live(page, "seats-wrap_up")).to_have_text("1")


def test_a_caller_nobody_serves_turns_amber_then_red_with_the_reason(visit):
    wall = visit("supervisor", 1920, 1080)
    page = wall.open("/wall")
    expect(live(page, "seats")).to_have_text("12")
    expect(page.locator('[data-hero="longest"]')).not_to_have_attribute("data-level", re.compile("."))
    wait = "const queue = floor.queues.get('repair'); Object.assign(queue, {waiting: 3, staffed: 2, longest_wait_since: value});"
    wall.put(wait, iso(utc_now() - 75))
    expect(page.locator('[data-hero="longest"]')).to_have_attribute("data-level", "warn")
    expect(live(page, "longest-target")).to_have_text("超过 1:00")
    expect(live(page, "longest-note")).to_contain_text("报修抢修")
    wall.put(wait, iso(utc_now() - 180))
    expect(page.locator('[data-hero="longest"]')).to_have_attribute("data-level", "bad")
    expect(live(page, "longest-target")).to_have_text("超过 2:00")
    wall.put(wait, iso(utc_now() - 3700))
    expect(live(page, "longest")).to_have_text(re.compile(r"1:01:\d\d"))
    figure = page.locator('[data-live="longest"]').bounding_box()
    panel = page.locator('[data-hero="longest"]').bounding_box()
    assert figure["x"] + figure["width"] <= panel["x"] + panel["width"]
    assert figure["height"] >= 0.08 * 1080
    wall.put("floor.queues.get('repair').staffed = 0;")
    expect(live(page, "waiting-target")).to_have_text("无人在岗")
    expect(live(page, "waiting-note")).to_have_text("报修抢修 3")
    assert page.evaluate(CUT_OFF) == []
    wall.picture("wall_alarm")


def test_a_ratio_shows_its_expression_with_its_own_numbers(visit):
    page = visit("supervisor", 1920, 1080).open("/wall")
    expect(live(page, "service")).to_have_text(re.compile(r"^(—|[\d.]+)$"))
    expect(live(page, "service-note")).to_have_text(re.compile("÷|今日暂无进线"))
    for key in ("service", "abandon"):
        note = live(page, f"{key}-note").inner_text()
        if live(page, key).inner_text() == "—":
            assert note == "今日暂无进线"
            continue
        expression = note.replace(",", "").replace("÷", "/").replace("−", "-")
        shown = live(page, key).inner_text()
        assert shown == f"{eval(expression) * 100:.1f}", note
        assert f"= {shown}%" in page.locator(f'[data-hover="{key}"]').get_attribute("title")


def test_a_queue_under_its_target_is_marked_with_a_word_and_not_by_colour_alone(visit):
    wall = visit("supervisor", 1920, 1080)
    page = wall.open("/wall")
    expect(page.locator(".wall-row").nth(4)).to_be_visible()
    page.route("**/api/v1/wall", lambda route: route.fulfill(json=_under_target(route.fetch().json())))
    row = page.locator('.wall-rows .wall-row:has-text("报修抢修")')
    expect(row).to_contain_text("72.0%", timeout=10_000)
    expect(row).to_contain_text("低")
    expect(row.locator('[data-level="warn"]').first).to_have_text("72.0%")
    expect(page.locator('[data-hero="service"]')).to_have_attribute("data-level", "bad")
    expect(live(page, "service-target")).to_have_text("低于 60%")


def _missed(answer: dict) -> dict:
    total = {**answer["today"]["total"], "service_level": 0.5, "abandon_rate": 0.2}
    # A busy day's orders: two digits of two digits, all in time.
    kept = [{**one, "share": 1.0, "kept": 88, "due": 88} for one in answer["orders"]["timeliness"]]
    return {**answer, "today": {**answer["today"], "total": total}, "orders": {**answer["orders"], "timeliness": kept}}


def _under_target(answer: dict) -> dict:
    total = {**answer["today"]["total"], "service_level": 0.5}
    repair = {**total, "service_level": 0.72}
    return {**answer, "today": {**answer["today"], "total": total, "queues": {"repair": repair}}}


def test_a_figure_opens_exactly_the_calls_that_it_counts(visit):
    wall = visit("supervisor", 1920, 1080)
    page = wall.open("/wall?rotate=0")
    expect(live(page, "hour")).to_have_text(re.compile(r"\d"), timeout=15_000)
    figures = (
        "today-offered",
        "today-answered",
        "today-abandoned",
        "today-redirected",
        "today-ivr_only",
        "arrivals-note",
        "hour",
    )
    shown = {key: number(live(page, key).inner_text()) for key in figures}
    links = {key: page.locator(f'a:has([data-live="{key}"])').get_attribute("href") for key in figures}
    total = live(page, "service-note").inner_text()
    assert live(page, "abandon-note").count() == 1
    for key, href in links.items():
        page.goto(wall.home + href)
        totals = page.locator(".totals")
        expect(totals).to_be_visible(timeout=15_000)
        # Entries into queues are counted as such: a call may enter twice.
        said = totals.inner_text()
        listed = number(said.split("进线")[-1])
        assert listed == shown[key], (key, href)
    page.goto(f"{wall.home}/calls?day=today&visit=counted")
    expect(page.locator(".totals")).to_be_visible(timeout=15_000)
    in_time = number(re.search(r"目标时间内接起\s*([\d,]+)", page.locator(".totals").inner_text()).group(1))
    assert in_time == number(total.split("÷")[0])


def test_every_figure_of_orders_opens_exactly_the_orders_that_it_counts(visit, orders):  # noqa: F811
    late = orders.open("repair.burst")
    orders.house.ask("POST", "/api/v1/work-orders", CLOSED_AT_ONCE, orders.tokens["agent8001"])
    until(lambda: late in orders.file(), 15)
    wall = visit("supervisor", 1920, 1080)
    # An order may become late between a look at the wall and one at the list: then both are looked at once more.
    wrong = not_as_counted(wall, counted(wall))
    again = {href: shown for href, shown in counted(wall).items() if href in wrong}
    assert not_as_counted(wall, again) == {}


def counted(wall) -> dict[str, str]:
    """What the wall says of orders, by the list that it opens."""
    page = wall.open("/wall?pane=1")
    expect(live(page, "orders-closed")).to_have_text(re.compile("[1-9]"), timeout=15_000)
    # What nobody changes meanwhile: the page stands still while it is compared.
    links = page.evaluate(
        """() => [...document.querySelectorAll('.wall a[href^="/orders"]')].map((e) =>
          [e.getAttribute('href'), (e.querySelector('.wall-order-count, .map-count, small') || e).textContent])"""
    )
    assert len(links) > 6
    return dict(links)


def not_as_counted(wall, links: dict[str, str]) -> dict[str, tuple[int, int]]:
    """The lists that hold another number of orders than the wall says: what it says, and theirs."""
    wrong = {}
    for href, shown in links.items():
        wall.page.goto(wall.home + href)
        totals = wall.page.locator(".totals")
        expect(totals).to_be_visible(timeout=15_000)
        said, listed = number(shown.split("/")[-1]), number(totals.locator("b").first.inner_text())
        if said != listed:
            wrong[href] = (said, listed)
    return wrong


def test_what_the_day_brought_most_comes_first_and_the_rest_opens_as_one_list(visit):
    page = visit("supervisor", 1920, 1080).open("/wall?pane=1")
    expect(live(page, "orders-opened")).to_have_text(re.compile(r"\d"), timeout=15_000)
    given = [
        ("repair", 9, 0),
        ("quality", 5, 1),
        ("complaint", 3, 0),
        ("billing", 2, 2),
        ("suggestion", 0, 4),
        ("none", 1, 0),
    ]
    many = [{"id": key, "name": key, "opened": opened, "closed": 0, "overdue": late} for key, opened, late in given]

    def told(route):
        answer = route.fetch().json()
        route.fulfill(json={**answer, "orders": {**answer["orders"], "categories": many}})

    page.route("**/api/v1/wall", told)
    rows = page.locator('[data-bars="categories"] .wall-bar-row')
    expect(rows.first).to_contain_text("repair", timeout=15_000)
    names = rows.locator(":scope > :first-child").all_inner_texts()
    assert names == ["repair", "quality", "complaint", "billing", "其他"]
    opened, _closed, late = (rows.last.locator(f":scope > :nth-child({n})") for n in (3, 4, 5))
    assert (opened.inner_text(), late.inner_text()) == ("1", "4")
    assert opened.get_attribute("href") == "/orders?day=today&category=none%2Csuggestion"
    assert late.get_attribute("href") == "/orders?now=overdue&category=none%2Csuggestion"


def test_seats_and_queues_lead_to_the_floor(visit):
    page = visit("supervisor", 1920, 1080).open("/wall?rotate=0")
    expect(page.locator(".wall-row").nth(4)).to_be_visible(timeout=15_000)
    for state in ("ready", "wrap_up", "break", "offline", "trouble"):
        assert page.locator(f'a[data-hover="seats-{state}"]').get_attribute("href") == f"/floor?state={state}"
    duty = page.locator('.wall-rows .wall-row:has-text("报修抢修") > :nth-child(4)')
    assert duty.get_attribute("href") == "/floor?queue=repair"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_three_digits_against_three_digits_are_not_cut(visit, language):
    wall = visit("wallboard", 1920, 1080, language=language)
    page = wall.open("/wall?pane=0")
    expect(live(page, "hour")).to_have_text(re.compile(r"\d"), timeout=15_000)

    def told(route):
        answer = route.fetch().json()
        route.fulfill(json={**answer, "today": {**answer["today"], "last_hour": 888, "last_hour_week_ago": 188}})

    page.route("**/api/v1/wall", told)
    expect(live(page, "hour-change")).to_have_text("↑ +372%", timeout=15_000)
    panel = page.locator(".wall-last-hour").bounding_box()
    for key in ("hour", "hour-change", "hour-then"):
        box = live(page, key).bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
        assert box["y"] + box["height"] <= panel["y"] + panel["height"]
    assert page.evaluate(CUT_OFF) == []
    wall.picture(f"wall_hour_{language}")


@pytest.mark.flickered
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_window_that_is_made_larger_is_drawn_anew_as_a_whole(visit, orders, language):  # noqa: F811
    orders.open()
    wall = visit("wallboard", 1366, 768, language=language)
    page = wall.open("/wall?pane=1")
    expect(page.locator(".map-district")).to_have_count(4, timeout=15_000)
    page.set_viewport_size({"width": 1920, "height": 1080})
    filled = "(() => { const box = document.querySelector('.wall-map'), svg = box.querySelector('svg'); return svg.getAttribute('width') == box.clientWidth && svg.getAttribute('height') == box.clientHeight; })()"
    until(lambda: page.evaluate(filled))
    bar = page.locator('[data-bars="categories"] .wall-bar-row i b').first
    expect(bar).to_be_visible()
    assert bar.bounding_box()["width"] > 20
    over = """(() => { const those = [...document.querySelectorAll('.map-name, .map-count')].map((e) => e.getBoundingClientRect());
      return those.some((p, n) => those.slice(n + 1).some((q) => p.left < q.right && q.left < p.right && p.top < q.bottom - 0.45 * q.height && q.top < p.bottom - 0.45 * p.height)); })()"""
    assert not page.evaluate(over)
    assert page.evaluate(CUT_OFF) == []
    wall.width = 1920
    wall.picture(f"wall_resized_{language}")


CLOSED_AT_ONCE = {
    "category": "consultation",
    "summary": "咨询水价",
    "caller": "13911110000",
    "then": "answer",
    "note": "已答",
}


def number(text: str) -> int:
    assert re.search(r"\d", text), repr(text)
    return int(re.search(r"\d+", text.replace(",", "")).group())


def test_two_hundred_seats_and_a_dozen_queues_find_room(visit):
    wall = visit("supervisor", 1920, 1080)
    page = wall.open("/wall")
    expect(live(page, "seats")).to_have_text("12")
    wall.put(
        """const states = ['ready', 'talking', 'talking', 'talking', 'hold', 'wrap_up', 'break', 'offline', 'ringing', 'trouble'];
        const now = new Date().toISOString();
        for (let n = 0; n < 188; n += 1) floor.agents.set('9' + n, {extension: '9' + n, name: '坐席', state: states[n % 10], since: now});
        for (let n = 0; n < 9; n += 1) floor.queues.set('q' + n, {...floor.queues.get('general'), id: 'q' + n, name: '水司' + n});"""
    )
    expect(live(page, "seats")).to_have_text("200")
    expect(page.locator(".wall-row.more")).to_be_visible()
    assert page.evaluate(
        "(() => { const e = document.querySelector('.wall-seats'); return e.scrollWidth <= e.clientWidth; })()"
    )
    blocks = "[...document.querySelectorAll('.wall-blocks')].every((e) => e.scrollHeight <= e.clientHeight + 1)"
    assert page.evaluate(blocks), "every seat has its block"
    wall.picture("wall_200_seats")


def bars_of(day):
    """An answer of the wall's in which five calls came in each quarter of the day."""
    today = {**day["today"], "arrivals": [5] * len(day["today"]["arrivals"])}
    end = len(today["arrivals"]) * QUARTER_S
    return {**day, "chart": arrivals_json(today, datetime.fromisoformat(today["first_quarter"]).timestamp() + end)}


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768)])
def test_a_bar_says_its_quarter_and_opens_its_calls(visit, width, height):
    wall = visit("supervisor", width, height)
    answers = []

    def answer(route):
        answers.append(bars_of(route.fetch().json()))
        route.fulfill(json=answers[-1])

    wall.page.route("**/api/v1/wall", answer)
    page = wall.open("/wall?pane=0")
    bars = page.locator(".wall-chart .trace.bars").first.locator(".point path")
    expect(bars).to_have_count(96, timeout=60_000)
    assert wall.barriers() == []
    wall.picture(f"wall_bars_{width}")
    box = bars.nth(40).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    start, end = (quarter.split(" ")[1] for quarter in answers[0]["today"]["quarters"][40:42])
    expect(page.locator(".wall-chart .hoverlayer")).to_contain_text(f"{start}–{end}")
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/calls\?from=\d{4}-\d\d-\d\d\+10%3A00&to=.*&direction=inbound"))
