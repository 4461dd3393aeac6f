"""An order is taken in one screen beside the call: filled in, checked for a second one, saved by a key, read out."""

from __future__ import annotations

import re
import urllib.error

from playwright.sync_api import Page, expect

from tests.browser.desks import button, state
from tests.house.running import until

FORM = "[data-wrap]"


def in_call(phones, page: Page, number: str):
    """The agent speaks with this caller, and the caller's card is there."""
    agent = phones.agent("8001")
    citizen = phones.citizen(number).dials().talks()
    expect(state(page)).to_have_text("通话")
    expect(page.locator('[data-box="customer"] .desk-name')).to_be_visible()
    return agent, citizen


def field(page: Page, name: str):
    return page.locator(f'[data-field="{name}"]')


def choose(page: Page, category: str) -> None:
    page.locator(f'label.desk-category:has(input[value="{category}"])').click()


def saved(page: Page) -> str:
    """The number that is read out."""
    shown = page.locator(".desk-order-id")
    expect(shown).to_have_text(re.compile(r"\d{6}-\d{4}"), timeout=10_000)
    found = re.search(r"\d{6}-\d{4}", shown.inner_text())
    assert found
    return found[0]


def order(phones, order_id: str) -> dict:
    return phones.house.ask("GET", f"/api/v1/work-orders/{order_id}", token=phones.token)


def wraps_up(page: Page, citizen) -> None:
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    page.keyboard.press("F10")
    expect(state(page)).to_have_text("空闲")


def test_an_order_is_filled_in_from_the_call_saved_by_a_key_and_read_out(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000051")
    call = citizen.call_id()
    expect(field(page, "address")).to_have_value(re.compile("演示"))
    expect(field(page, "contact")).to_have_value(re.compile("（合成）"))
    expect(page.locator('[data-known="address"]')).to_have_text("来电带入")
    page.keyboard.press("F7")
    assert page.evaluate("document.activeElement.name") == "desk-category"
    choose(page, "repair.low_pressure")
    page.locator(".desk-note").fill("六楼水压不足")
    # The address says the district; another one is chosen, and the unit follows it.
    district = field(page, "district")
    offered = district.locator("option").all_inner_texts()
    assert offered[0] == "按地址定区"
    assert len(offered) > 2
    district.select_option(offered[2])
    expect(page.locator('[data-field="site"] option').first).to_contain_text("按片区：")
    expect(page.locator("[data-order=save]")).to_contain_text("保存并派工")
    desk.picture("desk_order_filled")
    page.keyboard.press("F8")
    number = saved(page)
    expect(page.locator(".desk-saved")).to_contain_text("已派待接")
    desk.picture("desk_order_saved")
    kept = order(phones, number)
    assert (kept["from_call"], kept["category"]["id"], kept["state"]) == (call, "repair.low_pressure", "dispatched")
    assert kept["district"] == offered[2]
    assert (kept["caller"], kept["summary"], kept["created_by"]) == ("13900000051", "六楼水压不足", "agent8001")
    assert kept["customer_id"]
    assert kept["site"]
    # It is among the caller's orders at once, and survives a reload.
    expect(page.locator('[data-box="orders"]')).to_contain_text(number)
    page.reload()
    expect(page.locator(".desk-order-id")).to_contain_text(number, timeout=15_000)
    wraps_up(page, citizen)
    # Nothing was typed twice: the call has the order's category and words.
    ended = until(lambda: _call(phones, call), 15)
    assert (ended["category"], ended["note"]) == ("repair.low_pressure", "六楼水压不足")
    assert desk.barriers() == []


def _call(phones, call_id: str) -> dict | None:
    """As soon as its note is in the marts."""
    try:
        found = phones.house.ask("GET", f"/api/v1/calls/{call_id}", token=phones.token)
    except urllib.error.HTTPError:
        return None
    return found if found.get("note") else None


def test_what_is_missing_is_said_beside_its_field(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000052")
    page.keyboard.press("F8")
    expect(page.locator('[data-error="category"]')).to_have_text("请先选择类别。")
    choose(page, "repair.manhole")
    page.keyboard.press("F8")
    expect(page.locator('[data-error="note"]')).to_have_text("请简要写明反映内容。")
    page.locator(".desk-note").fill("井盖破损")
    field(page, "address").fill("")
    page.keyboard.press("F8")
    expect(page.locator('[data-error="address"]')).to_have_text("请写明地址。")
    assert page.evaluate("document.activeElement.dataset.field") == "address"
    # What only the house knows is said beside its field too.
    field(page, "address").fill("没有登记过的地方")
    page.route(
        "**/api/v1/work-orders",
        lambda route: route.fulfill(
            status=422, json={"field": "site", "detail": "还没有承办站点。", "remedy": "请选择站点。"}
        ),
    )
    page.keyboard.press("F8")
    expect(page.locator('[data-error="site"]')).to_have_text("还没有承办站点。 请选择站点。")
    desk.picture("desk_order_refused")
    expect(page.locator(".desk-order-id")).to_have_count(0)
    assert desk.barriers() == []
    page.locator(".desk-note").fill("")
    wraps_up(page, citizen)


def test_a_second_report_of_the_same_place_is_linked_to_the_first(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000053")
    choose(page, "repair.leak_visible")
    page.locator(".desk-note").fill("路面冒水")
    page.keyboard.press("F8")
    first = saved(page)
    page.get_by_role("button", name="再登记一件").click()
    expect(page.locator(".desk-order-id")).to_have_count(0)
    choose(page, "repair.leak_visible")
    page.locator(".desk-note").fill("还在冒水")
    box = page.locator(".desk-duplicates")
    expect(box).to_contain_text("可能重复 1 件")
    expect(box).to_contain_text(first)
    desk.picture("desk_order_duplicate")
    assert desk.barriers() == []
    page.keyboard.press("F8")
    expect(page.locator('[data-error="order"]')).to_contain_text("再按 F8 仍新建")
    # The first candidate has the focus: one key more links the call to it.
    page.keyboard.press("Enter")
    expect(page.locator(".desk-order-id")).to_have_text(f"已挂到工单 {first}，催单一次")
    kept = order(phones, first)
    assert kept["flags"]["urged"] == 1
    assert "还在冒水" in kept["events"][-1]["note"]
    wraps_up(page, citizen)


def test_a_second_order_is_made_all_the_same_when_the_agent_says_so(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000054")
    for words in ("水黄", "仍然发黄"):
        choose(page, "quality")
        page.locator(".desk-note").fill(words)
        page.keyboard.press("F8")
        if words == "仍然发黄":
            expect(page.locator('[data-error="order"]')).to_contain_text("再按 F8")
            page.keyboard.press("F8")
        last = saved(page)
        if words == "水黄":
            first = last
            page.get_by_role("button", name="再登记一件").click()
    assert last != first
    wraps_up(page, citizen)


def test_an_answer_on_the_spot_is_closed_at_once(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000055")
    choose(page, "consultation")
    expect(field(page, "answered")).to_be_checked()
    expect(page.locator("[data-order=save]")).to_contain_text("保存并即时办结")
    page.locator(".desk-note").fill("咨询阶梯水价,已答复")
    page.keyboard.press("F8")
    number = saved(page)
    expect(page.locator(".desk-saved")).to_contain_text("办结")
    assert order(phones, number)["state"] == "closed"
    # A leak is no question, unless the agent says it was one.
    page.get_by_role("button", name="再登记一件").click()
    choose(page, "repair.leak_hidden")
    expect(field(page, "answered")).not_to_be_checked()
    page.locator("label:has([data-field=answered])").click()
    expect(page.locator("[data-order=save]")).to_contain_text("即时办结")
    wraps_up(page, citizen)


def test_the_draft_of_an_order_survives_a_reload(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000056")
    choose(page, "complaint")
    page.locator(".desk-note").fill("多次报修")
    field(page, "address").fill("门口对面")
    page.locator('label.desk-category:has(input[value="urgent"])').click()
    page.locator("label:has([data-field=dispatch])").click()
    page.reload()
    expect(page.locator(".desk-note")).to_have_value("多次报修", timeout=15_000)
    expect(field(page, "address")).to_have_value("门口对面")
    expect(page.locator('input[value="complaint"]')).to_be_checked()
    expect(page.locator('[name=desk-urgency][value="urgent"]')).to_be_checked()
    expect(field(page, "dispatch")).not_to_be_checked()
    page.keyboard.press("F8")
    kept = order(phones, saved(page))
    assert (kept["urgency"], kept["state"], kept["address"]) == ("urgent", "accepted", "门口对面")
    wraps_up(page, citizen)


def test_a_lost_answer_and_a_second_press_make_one_order(desk, phones):
    page = desk.page
    _agent, citizen = in_call(phones, page, "13900000057")
    choose(page, "report")
    page.locator(".desk-note").fill("私接水管")

    def lost(route):
        route.fetch()
        route.fulfill(status=504, json={"detail": "超时"})
        page.unroute("**/api/v1/work-orders")

    desk.complaints.clear()
    page.route("**/api/v1/work-orders", lost)
    page.keyboard.press("F8")
    expect(page.locator('[data-error="order"]')).to_contain_text("超时")
    page.keyboard.press("F8")
    number = saved(page)
    found = phones.house.ask("GET", "/api/v1/work-orders?caller=13900000057&category=report", token=phones.token)[
        "items"
    ]
    today = [one["id"] for one in found if one["from_call"] == citizen.call_id()]
    assert today == [number]
    desk.complaints.clear()
    wraps_up(page, citizen)


def test_a_draft_whose_wrap_up_ended_elsewhere_is_saved_to_its_own_call(desk, phones):
    page = desk.page
    agent, citizen = in_call(phones, page, "13900000058")
    call = citizen.call_id()
    choose(page, "repair.no_water")
    page.locator(".desk-note").fill("整栋无水")
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    agent.finish()
    expect(page.locator(".desk-left")).to_contain_text("未保存：报修/无水 · 整栋无水")
    page.get_by_role("button", name="补记到原通话").click()
    expect(page.locator(".desk-left")).to_have_count(0, timeout=15_000)
    ended = until(lambda: _call(phones, call), 15)
    assert (ended["category"], ended["note"]) == ("repair.no_water", "整栋无水")


def test_an_order_of_an_earlier_call_is_still_made_after_its_wrap_up(desk, phones):
    page = desk.page
    agent, citizen = in_call(phones, page, "13900000059")
    call = citizen.call_id()
    choose(page, "repair.meter")
    page.locator(".desk-note").fill("表不走")
    citizen.hangs_up()
    expect(state(page)).to_have_text("话后")
    agent.finish()
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator(".desk-note")).to_have_value("表不走")
    expect(page.locator(".desk-left")).to_contain_text("补登上一通")
    page.keyboard.press("F8")
    number = saved(page)
    kept = order(phones, number)
    assert (kept["from_call"], kept["caller"], kept["category"]["id"]) == (call, "13900000059", "repair.meter")
    ended = until(lambda: _call(phones, call), 20)
    assert (ended["category"], ended["note"]) == ("repair.meter", "表不走")
    expect(page.locator(".desk-note")).to_have_value("")


def test_the_form_in_english_and_in_the_dark_holds_on_a_small_desk(visit, phones):
    desk = visit("agent8001", language="en", scheme="dark")
    page = desk.open("/desk")
    expect(state(page)).not_to_be_empty(timeout=15_000)
    phones.agent("8001")
    citizen = phones.citizen("13900000060").dials().talks()
    expect(page.locator('[data-box="customer"] .desk-name')).to_be_visible()
    page.locator('label.desk-category:has(input[value="repair.burst"])').click()
    expect(page.locator('[name=desk-urgency][value="emergency"]')).to_be_checked()
    expect(button(page, "F10")).to_be_visible()
    desk.picture("desk_order_english_dark")
    assert desk.barriers() == []
    citizen.hangs_up()
    page.keyboard.press("F10")
