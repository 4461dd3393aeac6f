"""Every page in a real browser against a running demo site: what a person sees, and a picture of it."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from core.demo.phone import Phone
from core.demo.rtp_stream import tone
from tests.house.running import House, until

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(__file__).parents[2] / "test-output"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(150),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("browser") / "site", rtp_from=32000)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def browser():
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """A person's browser window; anything the page complains about or fetches from elsewhere fails the test."""

    def __init__(self, browser, house: House, user: str, width: int, height: int) -> None:
        self.house = house
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.context.add_cookies([{"name": "lang", "value": "zh_CN", "url": f"http://127.0.0.1:{house.http}"}])
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        self.page.on("request", self._stays_home)
        self.user = user

    def _stays_home(self, request) -> None:
        if not request.url.startswith((f"http://127.0.0.1:{self.house.http}/", "data:", "blob:")):
            self.complaints.append(f"left the house: {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(f"http://127.0.0.1:{self.house.http}{path}")
        if "/login" in self.page.url:
            self.page.fill("input[name=username]", self.user)
            self.page.fill("input[name=password]", f"demo-{self.user}")
            self.page.click("button[type=submit]")
        return self.page

    def picture(self, name: str) -> None:
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def visit(browser, house):
    visits: list[Visit] = []

    def begin(user: str, width: int = 1366, height: int = 768) -> Visit:
        visits.append(Visit(browser, house, user, width, height))
        return visits[-1]

    yield begin
    for one in visits:
        one.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []


class Conversation:
    """Agent 8001 talks with a citizen in the background for as long as the block lasts."""

    def __init__(self, house: House, answer: bool = True) -> None:
        self.house = house
        self.answer = answer
        self.up = threading.Event()
        self.over = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self):
        self.thread.start()
        assert self.up.wait(15)
        return self

    def __exit__(self, *_error) -> None:
        self.over.set()
        self.thread.join(15)

    async def _run(self) -> None:
        async def ring(call) -> None:
            self.up.set()
            if self.answer:
                await call.answer()
                call.rtp.say = tone(500)

        agent = Phone(self.house.server, "8001", "demo-8001", on_call=ring)
        await agent.open()
        await agent.register()
        token = await asyncio.to_thread(self.house.token)
        body = {"state": "ready", "reason": ""}
        await asyncio.to_thread(self.house.ask, "POST", "/api/v1/agents/8001/state", body, token)
        citizen = Phone(self.house.server, "13900000042")
        await citizen.open()
        call = await citizen.call("96001")
        await call.answered.wait()
        call.rtp.say = tone(900)
        await asyncio.to_thread(self.over.wait, 60)
        await call.hang_up()
        await asyncio.sleep(0.3)
        await citizen.close()
        await agent.register(0)
        await agent.close()


def test_the_first_page_after_a_start_may_be_a_deep_link_to_the_wall(visit):
    wall = visit("wallboard", 1920, 1080)
    page = wall.open("/wall")
    expect(page.locator('[data-live="seats"]')).to_have_text("12")
    expect(page.locator('[data-live="service"]')).not_to_be_empty()
    expect(page.locator('.wall [data-live="freshness"]')).to_have_text("实时")
    figure = page.locator('[data-live="calls"]').bounding_box()
    assert figure["height"] >= 0.08 * 1080
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    wall.picture("wall")


def test_the_wall_shows_a_call_while_it_lasts(visit, house):
    page = visit("wallboard", 1920, 1080).open("/wall")
    expect(page.locator('[data-live="calls"]')).to_have_text("0")
    with Conversation(house):
        expect(page.locator('[data-live="calls"]')).to_have_text("1")
        expect(page.locator('[data-live="seats-talking"]')).to_have_text("1")
    expect(page.locator('[data-live="calls"]')).to_have_text("0")


def test_the_wall_recovers_by_itself_after_the_web_process_was_killed(visit, house):
    wall = visit("wallboard", 1920, 1080)
    page = wall.open("/wall")
    expect(page.locator('.wall [data-live="freshness"]')).to_have_text("实时")
    house.kill("web")
    expect(page.locator('[data-live="banner"]')).not_to_be_empty()
    wall.picture("wall_lost")
    expect(page.locator('[data-live="banner"]')).to_be_empty(timeout=30_000)
    expect(page.locator('.wall [data-live="freshness"]')).to_have_text("实时")


def test_the_wall_is_the_same_picture_on_a_screen_twice_as_large(visit):
    wall = visit("wallboard", 3840, 2160)
    page = wall.open("/wall")
    expect(page.locator('[data-live="seats"]')).to_have_text("12")
    assert page.locator('[data-live="calls"]').bounding_box()["height"] >= 0.08 * 2160
    wall.picture("wall_4k")


def test_calls_are_listed_and_a_filter_in_the_url_is_kept(visit):
    calls = visit("supervisor")
    page = calls.open("/calls?from=2020-01-01&outcome=abandoned")
    expect(page.locator(".ag-row").first).to_be_visible(timeout=15_000)
    assert page.locator("select[name=outcome]").input_value() == "abandoned"
    assert set(page.locator('.ag-cell[col-id="outcome"]').all_inner_texts()) == {"放弃"}
    calls.picture("calls")


def test_a_day_that_is_none_is_refused_in_words(visit):
    page = visit("supervisor").open("/calls?from=yesterday")
    expect(page.get_by_text("yesterday 不是日期。")).to_be_visible()


def test_one_call_opens_with_its_time_line_and_plays_its_recording(visit, house):
    with Conversation(house):
        threading.Event().wait(2.5)
    token = house.token()

    def saved():
        found = house.ask("GET", "/api/v1/calls?limit=1&outcome=answered", token=token)["calls"]
        return found and found[0]["recording_seconds"] and found[0]["id"]

    call_id = until(saved, 10)
    one = visit("qa", 1366, 900)
    page = one.open(f"/calls/{call_id}")
    expect(page.locator("#wave[data-ready]")).to_be_visible(timeout=15_000)
    assert page.locator(".span[data-state=talking]").count() == 1
    page.locator("[data-wave=toggle]").click()
    expect(page.locator('[data-live="wave-time"]')).not_to_contain_text("0:00 /", timeout=10_000)
    one.picture("call")


def test_the_desk_pops_the_caller_up_and_steers_the_call(visit, house):
    desk = visit("agent8001")
    page = desk.open("/desk")
    expect(page.locator('[data-live="desk-state"]')).not_to_be_empty(timeout=15_000)
    with Conversation(house):
        expect(page.locator('[data-live="desk-state"]')).to_have_text("通话")
        expect(page.locator(".desk-name")).to_be_visible()
        page.keyboard.press("F2")
        expect(page.locator('[data-live="desk-state"]')).to_have_text("保持")
        page.keyboard.press("F2")
        expect(page.locator('[data-live="desk-state"]')).to_have_text("通话")
        desk.picture("desk")
    expect(page.locator('[data-live="desk-state"]')).to_have_text("话后")
    page.locator(".desk-note").fill("阀门漏水")
    page.reload()
    expect(page.locator(".desk-note")).to_have_value("阀门漏水", timeout=15_000)
    page.keyboard.press("F10")
    expect(page.locator('[data-live="desk-state"]')).not_to_have_text("话后")
    expect(page.locator(".desk-note")).to_have_value("")


def test_an_agent_may_not_see_the_wall_and_is_told_so(visit):
    page = visit("agent8002").open("/wall")
    expect(page.get_by_text("您的角色不能访问此页。")).to_be_visible()


def test_the_pages_speak_english_when_asked(visit):
    calls = visit("supervisor")
    page = calls.open("/calls")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Show")).to_be_visible()
    calls.picture("calls_en")
