"""The list of work orders and one order: filters in the URL, steps by a form, refusals beside their cause, print."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.orders import orders  # noqa: F401 - a fixture
from tests.house.running import until


def rows(page):
    expect(page.locator(".ag-row").first).to_be_visible(timeout=15_000)
    return page.locator(".ag-row")


def cells(page, column: str) -> list[str]:
    return page.locator(f'.ag-cell[col-id="{column}"]').all_inner_texts()


def opened(page, order: str):
    expect(page.locator(".order h1")).to_have_text(order, timeout=15_000)


def test_a_filter_stands_in_the_url_and_in_the_form(visit, orders):  # noqa: F811
    order = orders.open("quality")
    someone = visit("supervisor")
    page = someone.open("/orders?open=1&category=quality")
    rows(page)
    assert page.locator("select[name=now]").input_value() == "open"
    assert page.locator("select[name=category]").input_value() == "quality"
    assert set(cells(page, "category")) == {"水质"}
    assert order in cells(page, "id")
    someone.picture("orders")
    page.select_option("select[name=category]", "complaint")
    page.fill("input[name=q]", "没有这样的工单")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("category=complaint"))
    expect(page.get_by_text("没有符合条件的未办结工单。")).to_be_visible(timeout=15_000)


def test_a_category_finds_those_below_it_and_words_find_an_address(visit, orders):  # noqa: F811
    order = orders.open("repair.no_water", address="演示城西区城西无水巷7号")
    page = visit("supervisor").open("/orders?category=repair&q=无水巷")
    rows(page)
    assert cells(page, "id") == [order]
    assert cells(page, "category") == ["报修/无水"]
    assert cells(page, "state") == ["待派"]
    assert re.match(r"剩 \d+ 分钟|\d\d:\d\d|\d\d-\d\d", cells(page, "due")[0])


def test_what_cannot_be_read_is_refused_in_words(visit):
    someone = visit("supervisor")
    page = someone.open("/orders?customer=abc")
    # Beside its field, with the filter as it was typed.
    wrong = page.locator(".field-is-wrong", has=page.locator("input[name=customer]"))
    expect(wrong.locator(".field-wrong")).to_contain_text("abc 不是客户编号。", timeout=15_000)
    expect(page.locator("input[name=customer]")).to_have_value("abc")
    someone.picture("orders_refused")
    page = someone.open("/orders?state=asleep")
    expect(page.locator(".field-is-wrong", has=page.locator("select[name=state]"))).to_contain_text("asleep")


def test_the_keyboard_opens_the_line_it_stands_on(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders?q={order}")
    rows(page).first.locator('[col-id="summary"]').click()
    page.keyboard.press("Enter")
    opened(page, order)


def test_the_file_holds_the_same_orders(visit, orders):  # noqa: F811
    order = orders.open(summary='=HYPERLINK("http://example.invalid")')
    page = visit("supervisor").open(f"/orders?q={order}")
    rows(page)
    href = page.get_by_role("link", name="导出 CSV").get_attribute("href")
    answer = page.request.get(page.url.split("/orders")[0] + href)
    table = list(csv.reader(io.StringIO(answer.body().decode().removeprefix("\ufeff"))))
    assert [line[0] for line in table[1:]] == [order]
    assert table[1][table[0].index("反映内容")].startswith("'=")


def test_a_step_is_taken_with_its_form_and_the_page_shows_what_became_of_it(visit, orders):  # noqa: F811
    order = orders.open()
    someone = visit("supervisor")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    someone.picture("order")
    page.locator('[data-act="dispatch"]').click()
    page.fill('.dialog [name="note"]', "请带抽水泵")
    someone.picture("order_form")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".order-state")).to_have_text("已派待接", timeout=15_000)
    expect(page.locator(".order-steps")).to_contain_text("请带抽水泵")
    expect(page.locator(".order h1")).to_be_focused()
    expect(page.locator("#order-said")).to_have_text("派工：已完成")
    assert orders.read(order)["state"] == "dispatched"


def test_a_correction_begins_with_what_stands_there_and_sends_what_was_changed(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="correct"]').click()
    assert page.locator('.dialog [name="category"]').input_value() == "repair.leak_visible"
    assert page.locator('.dialog [name="district"]').input_value() == "演示城东区"
    page.select_option('.dialog [name="category"]', "repair.burst")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".call-head")).to_contain_text("报修/爆管", timeout=15_000)
    expect(page.locator(".order-steps")).to_contain_text("报修/爆管")
    # The urgency comes with the category; nothing else was touched.
    assert orders.read(order)["events"][-1]["fields"] == {"category": "repair.burst", "urgency": "emergency"}
    assert orders.read(order)["longitude"] is not None


def test_a_field_that_is_missing_says_so_beside_itself_and_nothing_is_sent(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="supervise"]').click()
    page.locator(".dialog [type=submit]").click()
    expect(page.locator('[data-error-of="note"]')).not_to_be_empty()
    expect(page.locator('.dialog [name="note"]')).to_be_focused()
    assert len(orders.read(order)["events"]) == 1
    page.keyboard.press("Escape")
    expect(page.locator(".dialog")).to_be_hidden()


def test_what_the_house_refuses_is_told_beside_the_field_too(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="extend"]').click()
    page.fill('.dialog [name="due_at"]', "2020-01-01T08:00")
    page.fill('.dialog [name="note"]', "用户要求改期")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator('[data-error-of="due_at"]')).not_to_be_empty(timeout=15_000)
    expect(page.locator(".dialog")).to_be_visible()


def test_what_was_typed_survives_a_closed_dialog_a_reload_and_the_sessions_end(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="urge"]').click()
    page.fill('.dialog [name="note"]', "用户很急")
    page.keyboard.press("Escape")
    page.locator('[data-act="urge"]').click()
    expect(page.locator('.dialog [name="note"]')).to_have_value("用户很急")
    page.context.clear_cookies(name=re.compile("^(?!lang)"))
    page.locator(".dialog [type=submit]").click()
    # Asked for over the page as it stands; who does not know the password now loads it again some time later.
    expect(page.locator(".sign-in input[name=password]")).to_be_visible()
    assert len(orders.read(order)["events"]) == 1
    page.reload()
    page.fill("input[name=username]", "supervisor")
    page.fill("input[name=password]", "demo-supervisor")
    page.click("button[type=submit]")
    opened(page, order)
    page.locator('[data-act="urge"]').click()
    expect(page.locator(".form-said")).to_have_text("已恢复您之前填写的内容。")
    expect(page.locator('.dialog [name="note"]')).to_have_value("用户很急")
    page.get_by_role("button", name="重新填写").click()
    expect(page.locator('.dialog [name="note"]')).to_have_value("")
    page.fill('.dialog [name="note"]', "用户再次来电")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-steps")).to_contain_text("用户再次来电")
    # What was sent is no draft any more.
    page.locator('[data-act="urge"]').click()
    expect(page.locator('.dialog [name="note"]')).to_have_value("")


def test_whoever_is_slower_is_told_who_was_faster_and_sees_the_order_as_it_is(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="urge"]').click()
    orders.step(order, "urge", "agent8001", note="用户再次来电")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".dialog .form-error")).to_contain_text("王芳", timeout=15_000)
    page.keyboard.press("Escape")
    expect(page.locator(".order-steps")).to_contain_text("用户再次来电", timeout=25_000)


def test_what_ends_an_order_is_asked_once_and_named(visit, orders):  # noqa: F811
    order = orders.open()
    someone = visit("supervisor")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="void"]').click()
    expect(page.locator(".form-warning")).to_contain_text(order)
    someone.picture("order_void")
    page.fill('.dialog [name="note"]', "重复登记")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-state")).to_have_text(re.compile("作废"), timeout=15_000)
    expect(page.locator('[data-act="void"]')).to_have_count(0)


def test_a_clock_shows_its_rule_calendar_and_pauses_on_demand(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    clock = page.locator(".order-clocks li", has_text="到场").first
    expect(clock.locator(".order-bar")).to_have_attribute(
        "aria-label", re.compile(r"到场.*/ (1 小时|90 分钟)")
    )  # by day, by night
    clock.locator("summary").click()
    expect(clock.locator("dl")).to_contain_text("全天候（7×24）")
    expect(clock.locator("dl")).to_contain_text("示例")
    # It goes on by itself, and what was opened beside it stays open.
    bar = clock.locator(".order-bar")
    used = bar.get_attribute("aria-label")
    expect(bar).not_to_have_attribute("aria-label", used)
    expect(clock.locator("dl")).to_be_visible()


def test_the_place_is_drawn_without_any_server_of_maps(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    shown = page.locator(".order-map img:visible")
    expect(shown).to_have_count(1)
    assert shown.evaluate("(one) => one.naturalWidth") > 0
    assert shown.get_attribute("src").count(quote("<path")) == 4


def test_an_agent_sees_the_own_callers_number_and_only_what_an_agent_may_do(visit, orders):  # noqa: F811
    order = orders.open()
    someone = visit("agent8001")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    assert "****" not in page.locator(".facts").first.inner_text()
    expect(page.locator('[data-act="dispatch"]')).to_be_visible()
    expect(page.locator('[data-act="void"]')).to_have_count(0)
    other = visit("agent8002").open(f"/orders/{order}")
    opened(other, order)
    assert "****" in other.locator(".facts").first.inner_text()


def test_the_call_that_an_order_came_from_and_its_recording_are_on_its_page(visit, orders, phones):  # noqa: F811
    agent = phones.agent("8001")
    citizen = phones.citizen("13900000061").dials().talks()
    call_id = citizen.call_id()
    citizen.hangs_up()
    until(lambda: agent.state() == "wrap_up", 10)
    agent.finish("报修/明漏", "已建单")
    until(
        lambda: call_id in str(phones.house.ask("GET", "/api/v1/calls?limit=5&outcome=answered", token=phones.token)),
        15,
    )
    order = orders.open(from_call=call_id)
    someone = visit("supervisor")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    expect(page.locator("#calls-wave[data-ready]")).to_be_visible(timeout=20_000)
    assert someone.barriers() == []
    someone.picture("order_call")
    page.get_by_role("link", name="打开通话").click()
    expect(page).to_have_url(re.compile(f"/calls/{call_id}"))
    page.get_by_role("link", name=f"工单 {order}").click()
    opened(page, order)
    page.goto(f"{someone.home}/orders?from_call={call_id}")
    rows(page)
    assert cells(page, "id") == [order]


def test_a_manager_begins_with_the_orders_of_the_own_site_and_takes_one(visit, orders):  # noqa: F811
    order = orders.open()
    theirs = orders.open(district="演示滨江区", address="演示滨江区滨江清泉路3号", longitude=120.12)
    someone = visit("sitemanager")
    page = someone.open("/")
    rows(page)
    assert page.locator(".bar-link").all_inner_texts() == ["工单", "站点考核"]
    assert not any("滨江" in holder for holder in cells(page, "holder"))
    orders.step(order, "dispatch")
    page.goto(f"{someone.home}/orders/{order}")
    opened(page, order)
    page.locator('[data-act="take"]').click()
    page.select_option('.dialog [name="assignee"]', "worker")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-state")).to_have_text("已接单", timeout=15_000)
    assert orders.read(order)["assignee"] == "worker"
    page.goto(f"{someone.home}/orders/{theirs}")
    expect(page.locator(".refused")).to_be_visible(timeout=15_000)
    page = visit("worker", 390, 844).open(f"/orders/{order}")
    opened(page, order)
    expect(page.locator('[data-act="depart"]')).to_be_visible()


def test_an_order_that_is_not_there_says_so(visit):
    page = visit("supervisor").open("/orders/991231-0001")
    expect(page.locator(".refused")).to_contain_text("991231-0001", timeout=15_000)


def test_the_printed_sheet_has_no_buttons_and_every_step(visit, orders):  # noqa: F811
    order = orders.open()
    someone = visit("supervisor")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    page.emulate_media(media="print")
    for hidden in (".bar", ".order-acts", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".order-steps")).to_be_visible()
    someone.picture("order_print")


@pytest.mark.parametrize("path", ["/orders?now=all", "/orders/{order}"])
def test_axe_finds_nothing_serious_in_light_and_in_dark_in_both_languages(visit, orders, path):  # noqa: F811
    order = orders.open()
    for language in ("zh_CN", "en"):
        someone = visit("supervisor", language=language)
        page = someone.open(path.format(order=order))
        expect(page.locator(".ag-row, .order-steps").first).to_be_visible(timeout=15_000)
        assert someone.barriers() == []
        someone.switch_scheme()
        assert someone.barriers() == []
        someone.picture(f"{'order' if '{' in path else 'orders'}_{language}_dark")


@pytest.mark.flickered
def test_the_list_is_live_and_says_when_it_is_not(visit, orders):  # noqa: F811
    someone = visit("supervisor", forgiving=True)
    page = someone.open("/orders?q=现场列表")
    expect(page.locator("#orders-empty")).to_be_visible(timeout=20_000)
    order = orders.open(summary="现场列表第一件")
    # Nobody reloads: the row comes by itself.
    row = page.locator(f'.ag-row a[href="/orders/{order}"]')
    expect(row).to_be_visible(timeout=30_000)
    mark = page.locator("[data-as-of]")
    expect(mark).to_have_attribute("data-fresh", "live")
    someone.context.set_offline(True)
    expect(mark).to_have_text(re.compile(r"非实时：列表为 \d\d:\d\d:\d\d 的数据"), timeout=45_000)
    someone.context.set_offline(False)
    expect(mark).to_have_text(re.compile("截至"), timeout=45_000)
