"""What takes something from somebody is asked once, with a reason that reaches the audit log and the agent's desk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.floors import agreed, asking, audited, floor, seat
from tests.house.running import until


def desk(visit, user: str):
    page = visit(user).open("/desk")
    expect(page.locator(".phone-mine")).to_be_visible(timeout=15_000)
    return page


def read(page, said: str) -> None:
    message = page.locator(".message", has_text=said)
    expect(message).to_be_visible(timeout=10_000)
    message.locator("button").click()


def talking(page, phones, number: str, extension: str = "8001") -> str:
    phones.agent(extension)
    call_id = phones.citizen(number).dials().talks().call_id()
    seat(page, extension).click()
    return call_id


def test_a_break_is_forced_of_the_chosen_kind_and_the_agent_reads_by_whom_and_why(visit, phones, house):
    window, page = floor(visit)
    agent = phones.agent("8003")
    mine = desk(visit, "agent8003")
    seat(page, "8003").click()
    page.locator("[data-force]").select_option("break")
    dialog = asking(page, "将 8003 张伟 设为小休？")
    expect(dialog).to_contain_text("不再有来电接入")
    dialog.locator("[name=break_reason]").select_option("会议")
    window.picture("floor_ask")
    assert window.barriers() == []
    agreed(page, "设为小休", "临时开会")
    expect(seat(page, "8003")).to_have_attribute("data-state", "break")
    expect(seat(page, "8003")).to_have_attribute("title", "会议")
    assert agent.state() == "break"
    read(mine, "值班长已将您设为小休（会议）：临时开会")
    assert audited(house, "agent_state_forced")[-1] == (
        "8003",
        {"state": "break", "break_reason": "meeting", "reason": "临时开会"},
    )


def test_nothing_is_done_when_the_question_is_left_with_esc_or_no_reason_is_written(visit, phones):
    _window, page = floor(visit)
    phones.agent("8003")
    seat(page, "8003").click()
    page.locator("[data-force]").select_option("offline")
    asking(page, "将 8003 张伟 设为离线？")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[data-dialog]")).not_to_be_visible()
    page.locator("[data-force]").select_option("offline")
    dialog = asking(page, "将 8003 张伟 设为离线？")
    dialog.locator("[name=why]").select_option(label="其他，自行填写…")
    dialog.locator(".primary").click()
    expect(dialog.locator('[data-error-of="reason"]')).to_have_text("请填写理由。")
    expect(seat(page, "8003")).to_have_attribute("data-state", "ready")
    dialog.locator("[name=reason]").fill("提前下班")
    dialog.locator(".primary").click()
    expect(seat(page, "8003")).to_have_attribute("data-state", "offline")


def test_a_closed_queue_says_by_whose_word_and_why(visit, house):
    _window, page = floor(visit)
    repair = page.locator(".floor-queue", has_text="报修抢修")
    choice = repair.locator("select")
    choice.select_option("closed")
    asking(page, "关闭队列“报修抢修”？")
    page.keyboard.press("Escape")
    expect(repair).to_have_attribute("data-open", "true")
    expect(choice).to_have_value("")
    choice.select_option("closed")
    agreed(page, "关闭队列“报修抢修”？", "系统割接")
    expect(repair).to_have_attribute("data-open", "false")
    word = repair.locator(".floor-queue-word")
    expect(word).to_contain_text("演示班长")
    expect(word).to_have_attribute("title", "系统割接")
    assert audited(house, "queue_override")[-1] == ("repair", {"state": "closed", "reason": "系统割接"})
    choice.select_option("")
    expect(repair).to_have_attribute("data-open", "true")
    expect(word).to_have_text("")


def test_a_talking_call_is_moved_with_a_reason_that_the_agent_reads(visit, phones, house):
    _window, page = floor(visit)
    call_id = talking(page, phones, "13900000061")
    second = phones.agent("8002")
    mine = desk(visit, "agent8001")
    page.locator("[data-move]").select_option("8002")
    dialog = asking(page, "移动 8001 王芳 的通话？")
    expect(dialog).to_contain_text("来电人转到8002 李娜，8001 王芳 退出通话。")
    agreed(page, "移动", "专人处理")
    second.rings()
    expect(seat(page, "8002")).to_have_attribute("data-state", "talking")
    read(mine, "值班长已将您与 139****0061 的通话移至8002 李娜：专人处理")
    assert audited(house, "call_transfer")[-1] == (
        call_id,
        {"target": "8002", "reason": "专人处理", "agent": "8001"},
    )


def test_a_call_is_ended_only_after_the_question(visit, phones, house):
    _window, page = floor(visit)
    call_id = talking(page, phones, "13900000062")
    mine = desk(visit, "agent8001")
    end, stop = page.locator("[data-end]").bounding_box(), page.locator("[data-stop]").bounding_box()
    # A slip from what is pressed all day must not reach it.
    assert end["y"] >= stop["y"] + stop["height"]
    assert end["x"] > stop["x"] + stop["width"]
    assert end["width"] < stop["width"]
    page.locator("[data-end]").click()
    asking(page, "强制挂断 8001 王芳 的通话？")
    page.keyboard.press("Escape")
    expect(seat(page, "8001")).to_have_attribute("data-state", "talking")
    page.locator("[data-end]").click()
    agreed(page, "强制挂断", "骚扰")
    expect(seat(page, "8001")).to_have_attribute("data-state", "wrap_up")
    read(mine, "值班长已结束您与 139****0062 的通话：骚扰")
    assert audited(house, "call_end")[-1] == (call_id, {"reason": "骚扰", "agent": "8001"})


def test_a_take_over_asks_first_and_this_window_then_talks_and_hangs_up(visit, phones, house):
    window, page = floor(visit)
    call_id = talking(page, phones, "13900000063")
    mine = desk(visit, "agent8001")
    page.locator("[data-by]").select_option("browser")
    page.keyboard.press("F8")
    dialog = asking(page, "强拆 8001 王芳 的通话？")
    expect(dialog).to_contain_text("8001 王芳 退出通话，由您与来电人通话。")
    reason = dialog.locator("[name=why]")
    expect(reason).to_have_value("")
    page.keyboard.press("F5")
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.locator('[data-error-of="why"]')).to_have_text("请选择理由。")
    expect(reason).to_be_focused()
    reason.select_option("来电人情绪激动，支援坐席")
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    read(mine, "值班长已接管您与 139****0063 的通话：来电人情绪激动，支援坐席")
    expect(seat(page, "8001")).to_have_attribute("data-state", "wrap_up")
    expect(page.locator('[data-live="supervising"]')).to_have_text("您正在与 139 0000 0063 通话，按 Esc 挂机。")
    expect(page.locator('[data-live="stop-word"]')).to_have_text("挂机")
    window.picture("floor_taken_over")
    page.keyboard.press("Escape")
    until(lambda: call_id not in {row["id"] for row in house.live(phones.token)["calls"]}, 8)
    assert audited(house, "supervision")[-1][1]["mode"] == "take_over"
