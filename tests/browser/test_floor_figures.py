"""What the floor tells of a call, of the queues and of the shift, and the limits that colour it."""

from __future__ import annotations

import re
from urllib.error import HTTPError

import pytest
from playwright.sync_api import expect

from tests.browser.floors import audited, floor, seat
from tests.house.running import until


def test_the_chosen_call_shows_its_voice_the_caller_and_where_the_time_went(visit, phones):
    window, page = floor(visit, width=1366, height=768)
    phones.agent("8001")
    citizen = phones.citizen("13900000042").dials().talks()
    call_id = citizen.call_id()
    seat(page, "8001").click()
    voice = page.locator('[data-box="voice"]')
    expect(voice.locator(".agent[d]")).to_be_visible(timeout=15_000)
    expect(voice).to_contain_text("坐席")
    expect(voice).to_contain_text("来电人")
    # Both hum all the time.
    expect(voice).to_contain_text("静音 0.0%", timeout=15_000)
    facts = page.locator('[data-box="chosen-facts"]')
    expect(facts).to_contain_text("排队 0:00")
    told = dict(zip(facts.locator("dt").all_text_contents(), facts.locator("dd").all_text_contents(), strict=True))
    assert told["队列"] == "综合服务"
    assert "号" in told["地址"]
    assert "诉求" not in told
    expect(page.locator(".floor-chosen-demo")).to_have_text("演示数据")
    body = {"action": "hold", "by": "8001"}
    phones.house.ask("POST", f"/api/v1/calls/{call_id}/actions", body, phones.token)
    expect(facts).to_contain_text("含保持 0:0", timeout=15_000)
    phones.house.ask("POST", f"/api/v1/calls/{call_id}/actions", {**body, "action": "resume"}, phones.token)
    window.picture("floor_call")
    citizen.hangs_up()
    until(lambda: phones.house.ask("GET", "/api/v1/calls?limit=1", token=phones.token)["items"][0]["ended_at"], 8)
    phones.agent("8002")
    again = phones.citizen("13900000042").dials().talks().call_id()
    page.locator(f'tr[data-call="{again}"], .seat[data-state="talking"]').first.click()
    newest = page.locator('[data-box="last"] a').first
    expect(newest).to_have_attribute("href", f"/calls/{call_id}", timeout=15_000)
    expect(newest).to_contain_text("综合服务")
    expect(page.locator('[data-box="lasts"] h3')).to_have_text("该号码以往来电")


def test_a_queue_says_who_is_there_and_what_a_caller_would_wait(visit, phones):
    _window, page = floor(visit)
    general = page.locator(".floor-queue", has_text="综合服务")
    expect(general.locator(".floor-queue-expected")).to_have_text("预计 —")
    phones.agent("8001")
    phones.agent("8002", state="break")
    expect(general.locator(".floor-queue-agents")).to_have_text("空闲 1 · 通话 0 · 在岗 2")
    expect(general.locator(".floor-queue-expected")).to_have_text("预计 0:00")
    phones.citizen("13900000091").dials().talks()
    expect(general.locator(".floor-queue-agents")).to_have_text("空闲 0 · 通话 1 · 在岗 2")
    # Its people talk, but about another queue's business.
    repair = page.locator(".floor-queue", has_text="报修抢修")
    expect(repair.locator(".floor-queue-agents")).to_contain_text("通话 0")
    general.locator('[data-queue-seats="on_duty"]').click()
    expect(page.locator(".seat")).to_have_count(2)
    expect(page.locator("[data-queue]").first).to_have_value("general")
    general.locator('[data-queue-seats="ready"]').click()
    expect(page.locator(".floor-seats")).to_have_attribute("data-empty", "1")
    general.locator('[data-queue-seats="ready"]').click()
    expect(page.locator(".seat")).to_have_count(12)
    expect(general.locator(".floor-queue-agents a")).to_have_attribute("href", "/calls?state=talking&queue=general")
    phones.citizen("13900000092").dials("96000")
    expect(page.locator('[data-live="menu"]')).to_have_text("1")
    expect(page.locator('[data-live="menu-note"]')).to_have_text("语音自助 1")
    phones.citizen("13900000093").dials()
    expect(general.locator(".floor-queue-waiting")).to_have_text("等待 1")


def test_the_shift_of_now_says_who_is_planned_and_who_of_them_is_here(visit, phones, house):
    _window, page = floor(visit)
    planned = until(lambda: house.ask("GET", "/api/v1/floor", token=phones.token)["shift"], 8)["planned"]
    box = page.locator('[data-box="shift"]')
    expect(page.locator('[data-live="shift"]')).to_have_text(f"0 / {len(planned)}", timeout=10_000)
    phones.agent(planned[0])
    expect(page.locator('[data-live="shift"]')).to_have_text(f"1 / {len(planned)}")
    here = box.get_attribute("title") or ""
    assert f"应到 {len(planned)} 人，实到 1 人" in here
    assert planned[0] not in here.partition("未到：")[2].partition("无班在岗")[0]


def test_a_call_whose_recording_broke_says_so_on_its_tile_and_beside_the_call(visit, phones):
    window, page = floor(visit)
    phones.agent("8001")
    call_id = phones.citizen("13900000094").dials().talks().call_id()
    seat(page, "8001").click()
    expect(seat(page, "8001")).not_to_have_attribute("data-unrecorded", "1")
    window.put(
        "const call = floor.calls.get(value); floor.calls.set(value, { ...call, recording_failed: true });", call_id
    )
    expect(seat(page, "8001").locator(".seat-mark")).to_have_text("未录音")
    expect(page.locator(".floor-chosen-mark")).to_have_text("未录音")
    window.picture("floor_unrecorded")


def test_limits_are_set_in_a_dialog_and_count_at_once_on_the_floor_and_the_wall(visit, phones, house):
    window, page = floor(visit)
    board = visit("wallboard", 1920, 1080).open("/wall")
    goal = board.locator('[data-live="service-target"]')
    expect(goal).to_contain_text("80%", timeout=15_000)
    _theirs, other = floor(visit, "director")
    phones.agent("8004", state="break")
    expect(seat(page, "8004")).to_have_attribute("data-state", "break")
    expect(seat(other, "8004")).not_to_have_attribute("data-over", "warn")
    page.locator('[data-dialog="limits"]').click()
    dialog = page.locator("dialog[data-dialog]")
    hint = {key: dialog.locator(f'label:has([name="{key}.warn"]) .form-hint') for key in ("break", "hold")}
    expect(hint["break"]).to_have_text("示例")
    field = dialog.get_by_label("小休 · 黄色起")
    expect(field).to_have_value("15:00")
    field.fill("40:00")
    dialog.locator(".primary").click()
    expect(dialog.locator('[data-error-of="break.bad"]')).to_have_text(
        "红色必须超过黄色。 红色应晚于黄色；服务水平则应低于黄色。"
    )
    expect(dialog.get_by_label("小休 · 红色起")).to_have_attribute("aria-invalid", "true")
    window.picture("floor_limits")
    assert window.barriers() == []
    field.fill("0:01")
    dialog.get_by_label("服务水平 · 黄色起").fill("85")
    dialog.locator(".primary").click()
    expect(dialog.locator(".form-said")).to_have_text("已保存，所有打开的页面立即生效。")
    expect(hint["break"]).to_contain_text("演示班长")
    expect(hint["hold"]).to_have_text("示例")
    for one in (page, other):
        expect(seat(one, "8004")).to_have_attribute("data-over", "warn", timeout=10_000)
    usual = board.locator('[data-hero="service"] .wall-target')
    expect(usual).to_have_attribute("data-usual", "目标 85%")
    assert audited(house, "limits_changed")[-1][1] == {
        "break": {"from": [900, 1800], "to": [1, 1800]},
        "service": {"from": [0.8, 0.6], "to": [0.85, 0.6]},
    }
    house.ask("PUT", "/api/v1/limits", {"limits": {"break": None, "service": None}}, phones.token)
    expect(usual).to_have_attribute("data-usual", "目标 80%")
    expect(seat(page, "8004")).not_to_have_attribute("data-over", "warn")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_strip_stands_on_one_line_and_cuts_no_word(visit, phones, language, width, height, scheme):
    window, page = floor(visit, width=width, height=height, language=language, scheme=scheme)
    phones.agent("8001")
    phones.citizen("13900000095").dials().talks()
    seat(page, "8001").click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    expect(page.locator('[data-box="voice"] .agent[d]')).to_be_visible(timeout=15_000)
    window.put(
        """const call = [...floor.calls.values()][0];
           for (let n = 0; n < 104; n += 1) floor.calls.set(`x${n}`, { ...call, id: `x${n}`, state: "ivr", supervision: [] });
           const queue = [...floor.queues.values()][0];
           floor.queues.set(queue.id, { ...queue, longest_wait_since: new Date(hotlineLive.now() - 754000).toISOString() });"""
    )
    expect(page.locator('[data-live="menu"]')).to_have_text("104")
    cut = """(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getClientRects().length > 1)
                         .map((one) => one.textContent)"""
    window.picture(f"floor_{language}_{width}_{scheme}")
    strip = page.locator(".floor-strip")
    assert strip.evaluate("(one) => one.scrollWidth <= one.clientWidth && one.offsetHeight < 66")
    words = ".floor-strip :is(.floor-caption, .floor-unit, .floor-figure), .floor-controls button, .floor-tools button"
    assert page.locator(words).evaluate_all(cut) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_the_last_quarter_of_an_hour_opens_the_very_calls_that_were_counted(visit, phones, house):
    window, page = floor(visit)
    phones.agent("8001")
    phones.citizen("13900000096").dials().talks().hangs_up()

    def counted():
        found = house.ask("GET", "/api/v1/floor", token=phones.token)["lately"]
        return found["answered"] + found["abandoned"] - found["short_abandons"]

    until(counted, 15)
    box = page.locator('[data-box="lately"]')
    expect(box).to_have_attribute("title", re.compile(r"÷ \([1-9]"), timeout=15_000)
    # Read in one breath, for both change every few seconds.
    href, title = box.evaluate("(one) => [one.getAttribute('href'), one.title]")
    answered, abandoned, short = map(int, re.findall(r"(\d+) (?:接起|放弃|短放弃)", title))
    page.goto(window.home + href)
    expect(page.locator(".totals").first).to_contain_text("通", timeout=15_000)
    entered = page.locator(".totals span", has_text=re.compile("^人")).first.locator("b")
    expect(entered).to_have_text(str(answered + abandoned - short))
    expect(page.locator(".ag-row").first).to_be_visible(timeout=15_000)
    assert "visit=ended" in page.url


def test_a_call_of_this_moment_has_an_empty_voice_and_one_that_never_was_has_none(visit, phones, house):
    waiting = phones.citizen("13900000097").dials().call_id()
    found = house.ask("GET", f"/api/v1/floor/calls/{waiting}/voice", token=phones.token)
    assert (found["seconds"], found["left"], found["right"]) == (0.0, [], [])
    with pytest.raises(HTTPError, match="404"):
        house.ask("GET", "/api/v1/floor/calls/never-was/voice", token=phones.token)
