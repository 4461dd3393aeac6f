"""The live floor as a shift supervisor uses it: seats, waiting calls, supervision in the browser, dialogs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.floors import agreed, by_browser, floor, seat
from tests.browser.test_wall import CUT_OFF
from tests.house.running import until


def told(phones, call_id: str) -> list[str]:
    return [kind for kind, fact in phones.house.events() if fact.get("call_id") == call_id]


def test_every_seat_is_a_tile_with_its_state_and_how_long_and_a_call_is_seen_at_once(visit, phones):
    window, page = floor(visit)
    expect(seat(page, "8001").locator(".seat-word")).to_have_text("离线")
    phones.agent("8001")
    expect(seat(page, "8001")).to_have_attribute("data-state", "ready")
    phones.citizen().dials().talks()
    expect(seat(page, "8001")).to_have_attribute("data-state", "talking")
    expect(seat(page, "8001").locator(".seat-time")).to_have_text("0:02", timeout=8_000)
    expect(page.locator('[data-live="count-talking"]')).to_have_text("1")
    seat(page, "8001").click()
    expect(page.locator('[data-box="chosen-facts"]')).to_contain_text("139 0000 0042")
    expect(page.locator('[data-mode="listen"]')).to_be_enabled()
    window.picture("floor")
    assert window.barriers() == []


def test_waiting_calls_stand_one_by_one_and_one_is_given_to_an_agent_on_a_break(visit, phones):
    window, page = floor(visit)
    agent = phones.agent("8002", state="break")
    phones.citizen("13900000043").dials()
    phones.citizen("13900000044").dials()
    rows = page.locator("tr[data-call]")
    expect(rows).to_have_count(2, timeout=10_000)
    expect(rows.nth(1)).to_contain_text("139 0000 0044")
    rows.nth(1).locator("[data-assign]").select_option("8002")
    agent.rings()
    expect(seat(page, "8002")).to_have_attribute("data-state", "talking")
    expect(rows).to_have_count(1)
    window.picture("floor_waiting")


def test_a_call_is_moved_to_another_queue_and_a_queue_is_closed_and_opened_again(visit, phones):
    _window, page = floor(visit)
    phones.agent("8001", state="break")
    phones.citizen("13900000045").dials()
    row = page.locator("tr[data-call]")
    expect(row).to_contain_text("综合服务", timeout=10_000)
    row.locator("[data-move-queue]").select_option("repair")
    expect(row).to_contain_text("报修抢修")
    general = page.locator(".floor-queue", has_text="综合服务")
    general.locator("select").select_option("closed")
    agreed(page, "关闭队列“综合服务”")
    expect(general).to_have_attribute("data-open", "false")
    general.locator("select").select_option("")
    expect(general).to_have_attribute("data-open", "true")


def test_a_supervisor_listens_barges_in_and_leaves_in_the_browser(visit, phones):
    window, page = floor(visit)
    phones.agent("8001")
    citizen = phones.citizen("13900000046").dials().talks()
    call_id = citizen.call_id()
    seat(page, "8001").click()
    by_browser(page)
    page.keyboard.press("F5")
    expect(page.locator('[data-mode="listen"]')).to_have_attribute("aria-pressed", "true", timeout=10_000)
    expect(page.locator('[data-live="supervising"]')).to_contain_text("监听中")
    expect(seat(page, "8001")).to_have_attribute("data-watched", "1")
    window.picture("floor_listening")
    page.keyboard.press("F6")
    expect(page.locator('[data-mode="whisper"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator('[data-mode="whisper"]')).to_have_attribute("aria-pressed", "false")
    row = next(one for one in phones.house.live(phones.token)["calls"] if one["id"] == call_id)
    assert row["state"] == "talking"
    assert row["supervision"] == []


def test_seats_are_filtered_by_group_and_state_and_sorted_by_what_hurts(visit, phones):
    _window, page = floor(visit)
    page.locator("[data-group]").select_option("乙班")
    expect(page.locator(".seat")).to_have_count(4)
    page.locator("[data-group]").select_option("")
    phones.agent("8007", state="break")
    page.locator("[data-sort]").select_option("hurts")
    expect(page.locator(".seat").first).to_have_attribute("data-seat", "8007")
    page.locator('[data-only="break"]').click()
    expect(page.locator(".seat")).to_have_count(1)


def test_the_wall_leads_to_the_seats_of_a_state_or_of_a_queue(visit, phones):
    window, page = floor(visit)
    phones.agent("8003", state="break")
    window.open("/floor?state=break")
    expect(page.locator("[data-seat]")).to_have_count(1, timeout=15_000)
    expect(page.locator('[data-only="break"]')).to_have_attribute("aria-pressed", "true")
    window.open("/floor?queue=repair")
    expect(page.locator("[data-queue]")).to_have_value("repair", timeout=15_000)
    expect(page.locator("[data-seat]")).to_have_count(8)
    window.open("/floor?state=nowhere&queue=none")
    expect(page.locator("[data-seat]")).to_have_count(12, timeout=15_000)


def test_a_message_reaches_the_desk_and_stays_read(visit):
    _window, page = floor(visit)
    desk = visit("agent8005").open("/desk")
    expect(desk.locator(".phone-mine")).to_be_visible(timeout=15_000)
    page.locator('[data-dialog="message"]').click()
    page.locator("dialog [name=receiver]").select_option("8005")
    page.locator("dialog [name=text]").fill("请优先接报修")
    page.locator("dialog .primary").click()
    expect(page.locator("dialog .form-said")).to_have_text("已发送。")
    expect(page.locator("dialog [name=text]")).to_have_value("")
    expect(page.locator("dialog [name=receiver]")).to_have_value("8005")
    expect(desk.locator(".message")).to_contain_text("请优先接报修")
    desk.locator(".message button").click()
    expect(desk.locator(".message")).to_have_count(0)
    desk.reload()
    expect(desk.locator(".phone-mine")).to_be_visible(timeout=15_000)
    expect(desk.locator(".message")).to_have_count(0)


def test_an_announcement_is_heard_before_the_queue_until_it_is_ended(visit, phones):
    window, page = floor(visit)
    page.locator('[data-dialog="announcement"]').click()
    dialog = page.locator("dialog[data-dialog]")
    dialog.locator("[name=text]").fill("控江路一带停水，预计今晚恢复。")
    expect(dialog).to_contain_text("15 / 300 字")
    # It has an end unless somebody says otherwise.
    expect(dialog.locator("[name=stands]")).to_have_value("4")
    dialog.locator(".primary").click()
    standing = page.locator(".floor-standing p", has=page.locator("button"))
    expect(standing).to_contain_text("控江路一带停水")
    expect(standing).to_contain_text("演示班长，至 ")
    window.picture("floor_announcement")
    # It stands on the floor and on the wall, with its end, as long as it is heard.
    on_floor = page.locator(".standing")
    expect(on_floor).to_contain_text("控江路一带停水，预计今晚恢复。", timeout=15_000)
    expect(on_floor).to_contain_text(re.compile(r"至 \d\d-\d\d \d\d:\d\d"))
    screen = visit("wallboard", 1920, 1080)
    wall = screen.open("/wall")
    expect(wall.locator(".standing")).to_contain_text(re.compile(r"全部来电人.*控江路一带停水.*至 \d\d-\d\d \d\d:\d\d"))
    assert wall.evaluate(CUT_OFF) == []
    for key in ("calls", "waiting", "longest", "service", "abandon"):
        assert wall.locator(f'[data-live="{key}"]').first.bounding_box()["height"] >= 0.08 * 1080
    screen.picture("wall_announcement")
    phones.agent("8001")
    citizen = phones.citizen("13900000047").dials()
    call_id = citizen.call_id()
    citizen.talks()
    kinds = until(lambda: (said := told(phones, call_id)) and "call_queued" in said and said, 8)
    assert kinds.index("announcement_heard") < kinds.index("call_queued")
    dialog.locator("[name=text]").fill("下一条")
    standing.locator("button").click()
    expect(standing).to_have_count(0)
    # The dialog is drawn anew around what is being written.
    expect(dialog.locator("[name=text]")).to_have_value("下一条")
    expect(on_floor).to_be_empty(timeout=15_000)
    expect(wall.locator(".standing")).to_be_empty(timeout=15_000)
    citizen.hangs_up()
    told_to = visit("supervisor").open(f"/calls/{call_id}")
    expect(told_to.locator(".events")).to_contain_text("“控江路一带停水，预计今晚恢复。”", timeout=15_000)


def test_two_hundred_seats_stand_in_groups_each_with_the_icon_of_its_state(visit):
    window, page = floor(visit, width=1920, height=1080)
    window.put(
        """const people = [...floor.agents.values()], states = ["ready", "talking", "hold", "wrap_up", "break", "offline"];
           for (let n = 0; n < 200; n += 1) {
             const like = people[n % 12], extension = n < 12 ? like.extension : `7${n + 100}`;
             const group = `${"ABCDEFGH"[n % 8]}组`;
             floor.agents.set(extension, { ...like, extension, name: `坐席${n}`, group, state: states[n % 6] });
           }"""
    )
    expect(page.locator(".seat")).to_have_count(200)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    window.picture("floor_200")
    # On a screen of this size nobody scrolls for a seat, and no state is told by its colour alone.
    assert page.locator(".floor-seats").evaluate("(one) => one.scrollHeight <= one.clientHeight")
    expect(page.locator(".seat .icon:visible")).to_have_count(200)
    page.set_viewport_size({"width": 1366, "height": 768})
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    window.picture("floor_200_1366")
    assert window.barriers() == []


def test_a_director_sees_everything_and_may_listen_and_set_limits_but_steers_nothing(visit, phones):
    window, page = floor(visit, "director", 1366, 768)
    phones.agent("8001")
    phones.citizen("13900000049").dials().talks()
    seat(page, "8001").click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    for name in ("mode=whisper", "mode=barge", "mode=take_over", "end", "force", "move"):
        expect(page.locator(f"[data-{name}]")).to_be_disabled()
    for override in page.locator("[data-override]").all():
        expect(override).to_be_disabled()
    expect(page.locator('[data-dialog="limits"]')).to_be_visible()
    expect(page.locator('[data-dialog="message"], [data-dialog="announcement"]')).to_have_count(0)
    assert window.barriers() == []


def test_an_agent_has_no_floor(visit):
    page = visit("agent8002").open("/floor")
    expect(page.get_by_text("您的角色不能访问此页。")).to_be_visible()


@pytest.mark.flickered
def test_a_call_marked_for_qa_is_found_again_in_the_list(visit, phones):
    window, page = floor(visit)
    phones.agent("8001")
    citizen = phones.citizen("13900000048").dials().talks()
    call_id = citizen.call_id()
    seat(page, "8001").click()
    page.locator('[data-mark="qa"]').click()
    expect(page.locator('[data-mark="qa"]')).to_have_text("已标记。")
    citizen.hangs_up()
    until(lambda: phones.house.ask("GET", "/api/v1/calls?limit=1", token=phones.token)["items"][0]["id"] == call_id)
    page.goto(window.home + "/calls?kept=qa")
    expect(page.locator(".ag-row").first).to_contain_text("139 0000 0048", timeout=15_000)
    expect(page.locator(".ag-row")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_groups_stand_side_by_side_and_eight_who_wait_are_seen_whole(visit, phones, language):
    window, page = floor(visit, width=1366, height=768, language=language)
    heads = "(all) => all.map((one) => Math.round(one.getBoundingClientRect().left))"
    head = page.locator(".floor-table th")
    empty = head.evaluate_all(heads)
    window.picture(f"floor_empty_{language}")
    phones.citizen("13900000098").dials()
    expect(page.locator("tr[data-call]")).to_have_count(1, timeout=10_000)
    window.put(
        """const call = [...floor.calls.values()].find((one) => one.position);
           for (let n = 0; n < 7; n += 1) floor.calls.set(`x${n}`, { ...call, id: `x${n}` });"""
    )
    rows = page.locator("tr[data-call]")
    expect(rows).to_have_count(8)
    window.picture(f"floor_eight_{language}")
    assert head.evaluate_all(heads) == empty
    left = [page.locator(".floor-group").nth(n).bounding_box() for n in (0, 1)]
    assert left[0]["y"] == left[1]["y"]
    assert page.locator(".floor-scroll").evaluate("(one) => one.scrollHeight <= one.clientHeight")
    assert page.locator(".floor-seats").evaluate("(one) => one.scrollHeight <= one.clientHeight")
    last = rows.last.bounding_box()
    assert last["y"] + last["height"] <= 768
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    assert page.locator(".floor-table th, .floor-table td").evaluate_all(cut) == []
    assert window.barriers() == []


@pytest.mark.parametrize(("path", "there"), [("/floor", "[data-seat]"), ("/rosters", ".rosters-cell")])
def test_at_twice_the_size_nothing_stands_beside_the_screen(visit, path, there):
    # 1366 × 768 at 200 %.
    someone = visit("supervisor", 683, 384)
    page = someone.open(path)
    expect(page.locator(there).first).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 683
    someone.picture(f"twice_{path[1:]}")
