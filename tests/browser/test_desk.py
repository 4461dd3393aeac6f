"""The agent's desk: the caller pops up, the keys steer the call, nothing typed is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desks import button, state
from tests.house.running import until

FOCUS = "document.activeElement.className"


def test_a_phone_that_is_not_registered_is_said_and_ready_is_refused_in_words(desk):
    page = desk.page
    expect(page.locator('[data-live="desk-phone"]')).to_have_text("话机 8001 未注册")
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("请打开话机并用分机 8001 登录。")
    expect(page.locator("[data-dial]")).to_be_disabled()
    page.keyboard.press("Alt+1")
    expect(page.locator('[data-error="state"]')).to_contain_text("未注册")
    desk.picture("desk_no_phone")


def test_a_ringing_call_pops_the_caller_up_and_leaves_the_typing_alone(desk, phones):
    page = desk.page
    agent = phones.agent("8001", answers=False)
    expect(state(page)).to_have_text("空闲")
    page.locator("[data-dial-form] input").fill("9600")
    citizen = phones.citizen().dials()
    agent.rings()
    expect(state(page)).to_have_text("振铃")
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("139 0000 0042")
    expect(page.locator('[data-box="customer"] .desk-name')).to_contain_text("（合成）")
    expect(page.locator('[data-box="customer"]')).to_contain_text("水表")
    expect(page.locator('[data-box="customer"]')).to_contain_text("账期")
    expect(page.locator(".desk-past").first).to_be_visible()
    expect(page.locator("[data-say]")).to_have_text("来电振铃 139 0000 0042")
    assert page.title().startswith("☎")
    page.keyboard.type("1")
    expect(page.locator("[data-dial-form] input")).to_have_value("96001")
    expect(button(page, "F1")).to_be_enabled()
    desk.picture("desk_ringing")
    # This phone cannot be told to pick up: the desk says so instead of waiting silently.
    page.keyboard.press("F1")
    expect(page.locator('[data-error="call"]')).to_have_text("话机没有自动接起，请在话机上接听。", timeout=10_000)
    agent.pick_up()
    expect(state(page)).to_have_text("通话")
    citizen.hangs_up()


def test_hold_note_reload_and_wrap_up_by_keys(desk, phones):
    page = desk.page
    agent = phones.agent("8001")
    citizen = phones.citizen().dials().talks()
    expect(state(page)).to_have_text("通话")
    page.keyboard.press("F2")
    expect(state(page)).to_have_text("保持")
    expect(button(page, "F2")).to_contain_text("恢复")
    desk.picture("desk_held")
    page.keyboard.press("F2")
    expect(state(page)).to_have_text("通话")
    page.locator('label:has-text("明漏")').first.click()
    page.locator(".desk-note").fill("阀门漏水")
    desk.picture("desk_talking")
    page.reload()
    expect(page.locator(".desk-note")).to_have_value("阀门漏水", timeout=15_000)
    expect(page.locator('input[value="repair.leak_visible"]')).to_be_checked()
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    expect(page.locator('[data-live="desk-left"]')).to_have_text(re.compile(r"剩余 0:\d\d"))
    desk.picture("desk_wrap_up")
    page.keyboard.press("F10")
    expect(state(page)).to_have_text("空闲")
    expect(page.locator('[data-live="desk-draft"]')).to_have_text(re.compile("已保存"))
    expect(page.locator(".desk-note")).to_have_value("")
    call = until(lambda: _newest(phones, agent), 10)
    assert (call["category"], call["note"]) == ("repair.leak_visible", "阀门漏水")


def test_once_the_call_is_over_its_number_is_masked_and_called_back_by_a_button(desk, phones):
    page = desk.page
    agent = phones.agent("8001")
    back = page.locator("[data-call-back]")
    citizen = phones.citizen().dials().talks()
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("139 0000 0042")
    expect(back).to_be_hidden()
    call = citizen.call_id()
    page.locator(".desk-note").fill("稍后回电")
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("139 **** 0042")
    # Nowhere in the page, in its answers or in what the browser keeps does the whole number stay.
    token = phones.house.token("agent8001")
    assert phones.house.ask("GET", f"/api/v1/desk/calls/{call}", token=token)["number"] == "139****0042"
    assert "13900000042" not in page.evaluate("document.body.innerHTML + JSON.stringify({...localStorage})")
    back.click()
    agent.rings(2)
    expect(state(page)).to_have_text("通话", timeout=15_000)


def _newest(phones, agent) -> dict | None:
    calls = phones.house.ask("GET", f"/api/v1/calls?limit=1&agent={agent.extension}", token=phones.token)["items"]
    return calls[0] if calls and calls[0]["note"] else None


def test_when_the_wrap_ups_time_is_up_the_form_is_saved_as_it_stands(desk, phones):
    page = desk.page
    agent = phones.agent("8001")
    citizen = phones.citizen().dials().talks()
    expect(state(page)).to_have_text("通话")
    page.locator(".desk-note").fill("表箱进水")
    # As if this queue allowed four seconds.
    page.route("**/api/v1/desk/calls/*/wrap-up", lambda route: route.fulfill(json={"limit_s": 4}))
    citizen.hangs_up()
    expect(page.locator('[data-live="desk-draft"]')).to_have_text(re.compile("自动保存"), timeout=10_000)
    assert until(lambda: _newest(phones, agent), 10)["note"] == "表箱进水"


def test_a_draft_that_was_not_saved_is_offered_with_the_next_call(desk, phones):
    page = desk.page
    phones.agent("8001")
    citizen = phones.citizen().dials().talks()
    page.locator(".desk-note").fill("待回访")
    expect(page.locator('[data-live="desk-draft"]')).to_have_text(re.compile("已存"))
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    # The wrap-up is ended elsewhere, by a supervisor or by the phone.
    phones._agents[0].finish()
    expect(page.locator(".desk-left")).to_contain_text("上一通 139 **** 0042 未保存：待回访")
    second = phones.citizen("13900000043").dials().talks()
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("139 0000 0043")
    expect(page.locator(".desk-note")).to_have_value("")
    page.get_by_role("button", name="填入本通").click()
    expect(page.locator(".desk-note")).to_have_value("待回访")
    expect(page.locator(".desk-left")).to_have_count(0)
    second.hangs_up()


def test_ask_first_then_three_way_then_alone_again(desk, phones):
    page = desk.page
    phones.agent("8001")
    colleague = phones.agent("8012", answers=False)
    citizen = phones.citizen().dials("8001").talks()
    expect(state(page)).to_have_text("通话")
    page.keyboard.press("F4")
    expect(page.locator('[data-error="target"]')).to_have_text("请先选择对象，再按一次该键。")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("孙")
    page.keyboard.press("Enter")
    expect(page.locator('[data-live="desk-target"]')).to_have_text("已选 8012 孙浩：F3 转接，F4 先咨询")
    page.keyboard.press("F4")
    colleague.rings()
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("正在呼叫 8012 孙浩")
    colleague.pick_up()
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("正在咨询 8012 孙浩")
    expect(button(page, "F3")).to_contain_text("完成转接")
    desk.picture("desk_consulting")
    page.keyboard.press("F4")
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("三方通话：8012 孙浩")
    desk.picture("desk_three_way")
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")


def test_a_call_is_transferred_after_asking(desk, phones):
    page = desk.page
    phones.agent("8001")
    colleague = phones.agent("8012")
    citizen = phones.citizen().dials("8001").talks()
    expect(state(page)).to_have_text("通话")
    page.locator('[data-target="8012"]').click()
    button(page, "F4").click()
    expect(button(page, "F3")).to_contain_text("完成转接")
    page.keyboard.press("F3")
    expect(state(page)).to_have_text("话后")
    until(lambda: colleague.state() == "talking", 10)
    citizen.hangs_up()


def test_an_extension_typed_in_full_is_meant_and_one_without_a_phone_says_why(desk, phones):
    page = desk.page
    phones.agent("8001")
    colleague = phones.agent("8012")
    citizen = phones.citizen().dials("8001").talks()
    expect(state(page)).to_have_text("通话")
    search, error = page.locator('[data-box="search"] input'), page.locator('[data-error="target"]')
    # Nothing is chosen: it is said, and goes away when something is typed.
    button(page, "F3").click()
    expect(error).to_have_text("请先选择对象，再按一次该键。")
    search.fill("80")
    expect(error).to_have_text("")
    # Nobody's phone is at 8011.
    search.fill("8011")
    expect(page.locator('[data-live="desk-target"]')).to_contain_text("话机未注册")
    expect(page.locator('[data-target="8011"]')).to_be_disabled()
    button(page, "F3").click()
    expect(error).to_have_text("8011 徐丽 话机未注册，无法转接。请另选他人。")
    expect(state(page)).to_have_text("通话")
    search.fill("8012")
    expect(error).to_have_text("")
    expect(page.locator('[data-target="8012"]')).to_have_attribute("aria-selected", "true")
    button(page, "F3").click()
    expect(state(page)).to_have_text("话后")
    until(lambda: colleague.state() == "talking", 10)
    citizen.hangs_up()


def test_a_second_call_rings_in_the_corner_and_takes_neither_focus_nor_space(desk, phones):
    page = desk.page
    agent = phones.agent("8001")
    citizen = phones.citizen().dials("8001").talks()
    expect(state(page)).to_have_text("通话")
    note = page.locator(".desk-note")
    note.click()
    before = note.bounding_box()
    agent.answers = False
    second = phones.citizen("13900000043").dials("8001")
    agent.rings(2)
    corner = page.locator(".phone-second")
    expect(corner).to_contain_text("第二路来电")
    expect(corner).to_contain_text("139 0000 0043")
    expect(corner.get_by_role("button")).to_contain_text("保持并接听")
    page.keyboard.type("仍在记录")
    expect(note).to_have_value("仍在记录")
    assert note.bounding_box() == before
    assert "desk-note" in page.evaluate(FOCUS)
    desk.picture("desk_second_call")
    second.hangs_up()
    expect(corner).to_have_count(0)
    citizen.hangs_up()


def test_keys_that_do_nothing_here_stay_the_browsers_own(desk, phones):
    page = desk.page
    phones.agent("8001")
    expect(state(page)).to_have_text("空闲")
    page.evaluate(
        "window.taken = []; addEventListener('keydown', (e) => window.taken.push([e.key, e.defaultPrevented]))"
    )
    for key in ("F1", "F2", "F3", "F4", "F9", "F10", "Control+F3", "a"):
        page.keyboard.press(key)
    assert [key for key, prevented in page.evaluate("taken") if prevented] == []
    citizen = phones.citizen().dials().talks()
    expect(state(page)).to_have_text("通话")
    page.evaluate("window.taken = []")
    page.keyboard.press("F3")
    assert page.evaluate("taken") == [["F3", True]]
    citizen.hangs_up()


@pytest.mark.flickered
def test_break_with_its_reason_and_back_by_mouse_and_by_keys(desk, phones):
    page = desk.page
    phones.agent("8001")
    page.select_option("[data-break-reason]", "用餐")
    page.get_by_role("button", name="小休").click()
    expect(state(page)).to_have_text("小休")
    expect(page.locator('[data-live="desk-note"]')).to_have_text("用餐")
    expect(page.locator('[data-state-to="break"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Alt+1")
    expect(state(page)).to_have_text("空闲")
    page.keyboard.press("Alt+2")
    expect(state(page)).to_have_text("小休")
    page.get_by_role("button", name="空闲").click()
    expect(state(page)).to_have_text("空闲")


def test_the_call_is_steered_with_the_mouse_too(desk, phones):
    page = desk.page
    phones.agent("8001")
    citizen = phones.citizen().dials("8001").talks()
    expect(state(page)).to_have_text("通话")
    button(page, "F2").click()
    expect(state(page)).to_have_text("保持")
    button(page, "F2").click()
    expect(state(page)).to_have_text("通话")
    button(page, "F9").click()
    expect(state(page)).to_have_text("话后")
    assert citizen.call.ended.is_set()
    button(page, "F10").click()
    expect(state(page)).to_have_text("空闲")


def test_calling_out_rings_the_own_phone_first_and_a_wrong_number_is_said_beside_the_field(desk, phones):
    page = desk.page
    agent = phones.agent("8001", answers=False)
    expect(page.locator("[data-dial]")).to_be_enabled()
    page.locator("[data-dial]").click()
    expect(page.locator('[data-error="dial"]')).to_have_text("请先输入号码。")
    page.locator("[data-dial-form] input").fill("abc")
    page.keyboard.press("Enter")
    expect(page.locator('[data-error="dial"]')).not_to_have_text("请先输入号码。")
    page.locator("[data-dial-form] input").fill("8012")
    page.keyboard.press("Enter")
    agent.rings()
    expect(page.locator('[data-live="desk-call"]')).to_contain_text("8012")
    expect(button(page, "F9")).to_be_enabled()
    page.keyboard.press("F9")
    expect(page.locator('[data-live="desk-call"]')).to_have_text("当前无通话")


def test_the_desk_says_when_it_is_not_live_and_its_buttons_rest(visit, phones, house):
    phones.agent("8001")
    desk = visit("agent8001", forgiving=True)
    page = desk.open("/desk")
    expect(state(page)).to_have_text("空闲", timeout=15_000)
    citizen = phones.citizen().dials().talks()
    expect(button(page, "F9")).to_be_enabled()
    # Without a network it stays lost after the kill until we have looked.
    desk.context.set_offline(True)
    house.kill("web")
    expect(page.locator('[data-live="desk-note"]')).to_contain_text("连接中断", timeout=25_000)
    expect(button(page, "F9")).to_be_disabled()
    desk.picture("desk_not_live")
    desk.context.set_offline(False)
    expect(button(page, "F9")).to_be_enabled(timeout=40_000)
    citizen.hangs_up()
