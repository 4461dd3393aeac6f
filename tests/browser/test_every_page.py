"""What every page has around it: the own phone, announcements and messages, the session's end, what failed in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import forget
from tests.house.running import until

ASKED = "dialog.sign-in[open]"


@pytest.fixture
def ended(house):
    """``ended("agent8001")`` ends all sessions of a person, as a new password does."""
    token, names = house.token("admin"), []

    def end(name: str) -> None:
        names.append(name)
        house.ask("DELETE", f"/api/v1/users/{name}/sessions", None, token)

    yield end
    for name in names:
        forget(name, house)


def test_the_sessions_end_asks_for_the_password_over_the_page_and_what_was_typed_is_sent(visit, phones, ended):
    agent = phones.agent("8001", answers=False)
    window = visit("agent8001")
    page = window.open("/desk")
    number = page.locator("[data-dial-form] input")
    expect(page.locator("[data-dial]")).to_be_enabled(timeout=15_000)
    number.fill("8012")
    ended("agent8001")
    asked = page.locator(ASKED)
    expect(asked).to_contain_text("登录已失效", timeout=15_000)
    assert page.evaluate("document.activeElement.name") == "password"
    assert window.barriers() == []
    page.keyboard.press("Escape")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(asked.get_by_role("alert")).to_contain_text("用户名或密码错误")
    window.picture("session_over")
    # What is asked for meanwhile waits, but for what moves a call or a person: that is refused.
    page.evaluate("() => { hotlineLive.ask('GET', '/api/v1/me').then((me) => { window.late = me.name; }); }")
    # With what the page itself asks for again and again.
    expect(asked).to_contain_text(re.compile(r"登录后即发送：[1-9]\d* 项"))
    act = "hotlineLive.ask('POST', '/api/v1/agents/8001/state', { state: 'break' }).catch((no) => no.message)"
    assert page.evaluate(act) == "您尚未登录。"
    page.keyboard.type("demo-agent8001")
    page.keyboard.press("Enter")
    expect(asked).to_have_count(0)
    until(lambda: page.evaluate("window.late") == "agent8001")
    expect(number).to_have_value("8012")
    expect(page.locator(".fresh").first).to_have_attribute("data-fresh", "live")
    number.press("Enter")
    agent.rings()
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("8012")
    page.keyboard.press("F9")
    expect(page.locator('[data-live="desk-call"]')).to_have_text("当前无通话")


def test_what_a_script_or_the_server_cannot_do_is_said_in_the_offices_words(visit):
    window = visit("supervisor", forgiving=True)
    page = window.open("/calls")
    expect(page.locator(".totals")).to_be_visible(timeout=15_000)
    said = page.locator(".problem")
    expect(said).to_have_count(0)
    page.evaluate("() => { setTimeout(() => null.x); }")
    expect(said).to_contain_text("本页有一处出错")
    assert window.complaints.pop().startswith("Cannot read properties of null")
    said.get_by_role("button", name="关闭").click()
    expect(said).to_be_hidden()
    # What the pages' own functions are refused is said, too.
    page.route("**/_dash-update-component*", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    page.click('a.bar-link[href="/alerts"]')
    expect(said).to_contain_text("系统未能完成此操作，请稍后再试。")


def test_a_call_rings_on_every_page_and_is_answered_and_ended_by_the_same_keys(visit, phones):
    window = visit("agent8001")
    page = window.open("/orders")
    strip, state = page.locator(".phone"), page.locator('[data-live="desk-state"]')
    agent = phones.agent("8001", answers=False, state="offline")
    expect(state).to_have_text("离线", timeout=15_000)
    page.keyboard.press("Alt+1")
    expect(state).to_have_text("空闲")
    below = page.locator("main").bounding_box()["y"]
    box = page.locator(".filters input").last
    box.focus()
    citizen = phones.citizen().dials()
    agent.rings()
    expect(strip).to_contain_text("振铃")
    expect(strip).to_contain_text("139 0000 0042")
    expect(strip).to_contain_text("综合服务")
    expect(strip.locator('[data-press="F1"]')).to_be_visible()
    expect(strip.locator('[data-press="F9"]')).to_be_hidden()
    expect(page.locator("[data-say]")).to_have_text("来电振铃 139 0000 0042")
    assert page.title().startswith("☎")
    # Neither the page nor what is typed moves.
    assert page.locator("main").bounding_box()["y"] == below
    page.keyboard.type("漏水")
    expect(box).to_have_value("漏水")
    with page.expect_request("**/actions") as asked:
        page.keyboard.press("F1")
    assert asked.value.post_data_json == {"action": "answer"}
    agent.pick_up()
    expect(state).to_have_text("通话")
    page.keyboard.press("F2")
    expect(state).to_have_text("保持")
    # On to another page: the call is there, too; whom to transfer to is chosen on the desk.
    page.click('a.bar-link[href="/calls"]')
    expect(page.locator(".totals")).to_be_visible(timeout=15_000)
    expect(state).to_have_text("保持")
    # A grid without its lines is one that readers of screens are not told of yet.
    expect(page.locator(".ag-row").first).to_be_visible()
    window.picture("calls_held")
    assert window.barriers() == []
    page.keyboard.press("F3")
    expect(page).to_have_url(re.compile("/desk$"))
    expect(page.locator('[data-box="targets"]')).to_be_visible(timeout=15_000)
    page.keyboard.press("F9")
    expect(state).to_have_text("话后")
    page.go_back()
    expect(page.locator(".totals")).to_be_visible(timeout=15_000)
    page.keyboard.press("F10")
    expect(page.locator(".desk-note")).to_be_editable(timeout=15_000)
    citizen.hangs_up()


def test_an_announcement_and_a_supervisors_words_stand_on_every_page(visit, house):
    token = house.token()
    agent, wall = visit("agent8002", language="en"), visit("wallboard", 1920, 1080)
    page, screen = agent.open("/orders"), wall.open("/wall")
    expect(page.locator(".ag-row").first).to_be_visible(timeout=15_000)
    expect(screen.locator('[data-live="seats"]')).to_have_text("12", timeout=15_000)
    made = house.ask("POST", "/api/v1/announcements", {"text": "演示路停水抢修"}, token)
    house.ask("POST", "/api/v1/messages", {"text": "请先接报修", "to": "8002"}, token)
    expect(page.locator(".standing")).to_contain_text(
        re.compile(r"all callers.*演示路停水抢修.*until \d\d-\d\d \d\d:\d\d")
    )
    expect(screen.locator(".standing")).to_contain_text("演示路停水抢修")
    second = house.ask("POST", "/api/v1/announcements", {"text": "水费系统维护"}, token)
    expect(screen.locator(".standing p")).to_have_count(2)
    # Both whole.
    last, box = screen.locator(".standing p").last.bounding_box(), screen.locator(".standing-box").bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1, (last, box)
    house.ask("DELETE", f"/api/v1/announcements/{second['id']}", None, token)
    # No person's things on a wall.
    assert screen.locator(".phone, .message, .notices").count() == 0
    message = page.locator(".message", has_text="请先接报修")
    expect(message).to_be_visible()
    # What is above the page takes its room from the page, and nothing is pushed out of the window.
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    agent.picture("orders_notices_en")
    page.reload()
    expect(page.locator(".standing")).to_contain_text("演示路停水抢修", timeout=15_000)
    message.get_by_role("button").click()
    expect(message).to_have_count(0)
    house.ask("DELETE", f"/api/v1/announcements/{made['id']}", None, token)
    expect(page.locator(".standing")).to_be_empty()
    expect(screen.locator(".standing")).to_be_empty()
