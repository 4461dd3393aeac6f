"""Work orders in people's hands: a phone in the field, a step under way, an order that goes out of sight, long texts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.orders import orders  # noqa: F401 - a fixture
from tests.browser.test_orders import cells, opened, rows
from tests.house.running import until


def test_a_manager_who_gives_an_order_away_is_warned_before_and_told_after_that_it_is_out_of_sight(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("sitemanager").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="reassign"]').click()
    # The form is there once the sites are known.
    expect(page.locator('.dialog [name="site"] option')).not_to_have_count(0, timeout=15_000)
    expect(page.locator(".form-warning")).to_be_hidden()
    own = orders.read(order)["site"]
    sites = page.locator('.dialog [name="site"] option').evaluate_all(
        "those => those.map((e) => [e.value, e.textContent])"
    )
    other, name = next((value, name) for value, name in sites if value not in ("", own))
    page.select_option('.dialog [name="site"]', other)
    expect(page.locator(".form-warning")).to_contain_text(f"工单 {order} 将转给{name}，之后您看不到")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator("[data-orders-said]")).to_contain_text(f"工单 {order} 已转给{name}", timeout=15_000)
    assert page.url.endswith("/orders")
    page.reload()
    expect(page.locator(".order-filters")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-orders-said]")).to_be_hidden()


def test_a_worker_whose_order_is_given_to_another_is_told_instead_of_finding_nothing(visit, orders):  # noqa: F811
    order = taken_by_the_worker(orders)
    page = visit("worker", 390, 844).open(f"/orders/{order}")
    opened(page, order)
    orders.step(order, "reassign", site="west" if orders.read(order)["site"] != "west" else "east")
    expect(page.locator("[data-orders-said]")).to_contain_text(f"工单 {order} 已转给他人", timeout=30_000)


def taken_by_the_worker(orders) -> str:  # noqa: F811
    order = orders.open()
    orders.step(order, "dispatch", assignee="worker")
    orders.step(order, "take", "worker")
    return order


def test_a_step_under_way_shows_it_and_cannot_be_sent_twice(visit, orders):  # noqa: F811
    order = orders.open()
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    held = []

    # Playwright cannot take a method of a list.
    def hold(route):
        held.append(route)

    page.route("**/events", hold)
    page.locator('[data-act="urge"]').click()
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".dialog [type=submit]")).to_be_disabled()
    expect(page.locator(".form-said")).to_have_text("正在保存…")
    page.keyboard.press("Control+Enter")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".order-result")).to_have_text("催单：已完成", timeout=15_000)
    expect(page.locator('[data-act="urge"]')).to_be_enabled()
    assert [one["event"] for one in orders.read(order)["events"]].count("urge") == 1


def test_a_worker_reads_the_orders_as_cards_and_folds_the_filters_away(visit, orders):  # noqa: F811
    order = taken_by_the_worker(orders)
    until(lambda: "worker" in orders.file() or "处理人员" in orders.file(), 15)
    someone = visit("worker", 390, 844)
    page = someone.open("/orders")
    card = page.locator(f'.order-cards a[href="/orders/{order}"]')
    expect(card).to_be_visible(timeout=15_000)
    for part in ("报修/明漏", "演示城东区 城东清泉路"):
        expect(card).to_contain_text(part)
    expect(card.locator(".card-due")).not_to_be_empty()
    expect(page.locator(".calls-table")).to_be_hidden()
    expect(page.locator("select[name=state]")).to_be_hidden()
    assert page.evaluate(SMALL_TARGETS) == []
    assert someone.barriers() == []
    someone.picture("orders_phone")
    page.locator(".order-fold summary").click()
    expect(page.locator("select[name=state]")).to_be_visible()
    someone.picture("orders_phone_filters")
    card.click()
    opened(page, order)
    address, step, facts = (
        page.locator(one).first.bounding_box()["y"] for one in (".order-where", "[data-act]", ".facts")
    )
    assert address < step < facts
    assert page.evaluate(SMALL_TARGETS) == []
    someone.picture("order_phone")


SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, input, summary')]
  .filter((e) => e.getClientRects().length && !e.closest('.unseen') && !e.closest('dd') && e.getBoundingClientRect().height < 43.5)
  .map((e) => e.outerHTML.slice(0, 160))"""


def test_setting_out_notes_where_the_phone_is_and_says_how_far_from_the_place(visit, orders):  # noqa: F811
    order = taken_by_the_worker(orders)
    someone = visit("worker", 390, 844)
    someone.context.grant_permissions(["geolocation"], origin=someone.home)
    someone.context.set_geolocation({"longitude": 120.12, "latitude": 30.0190})
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="depart"]').click()
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-result")).to_contain_text(re.compile("已记录手机位置，距现场 1.0 公里"), timeout=15_000)
    last = orders.read(order)["events"][-1]
    assert last["position"] == {"longitude": 120.12, "latitude": 30.019}
    assert last["device_time"]


def test_a_phone_that_may_not_be_asked_does_not_hold_the_step_up(visit, orders):  # noqa: F811
    order = taken_by_the_worker(orders)
    page = visit("worker", 390, 844).open(f"/orders/{order}")
    opened(page, order)
    # Asked and never answered, as while the question stands on the screen.
    page.evaluate("navigator.geolocation.getCurrentPosition = () => {}")
    page.locator('[data-act="arrive"]').click()
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-result")).to_contain_text("未取得手机位置", timeout=20_000)
    last = orders.read(order)["events"][-1]
    assert (last["event"], last["position"]) == ("arrive", None)
    assert last["device_time"]


def test_a_long_text_is_folded_and_the_list_carries_its_beginning_only(visit, orders):  # noqa: F811
    text = "很长的说明" * 390
    order = orders.open(summary=text)
    page = visit("supervisor").open(f"/orders?q={order}")
    rows(page)
    assert cells(page, "summary") == [f"{text[:120]}…"]
    assert text not in page.content()
    page.goto(page.url.split("?")[0] + f"/{order}")
    opened(page, order)
    box = page.locator(".facts .order-long")
    folded = box.bounding_box()["height"]
    assert folded < 150
    page.get_by_text("展开全文").first.click()
    assert box.bounding_box()["height"] > 3 * folded
    page.get_by_text("收起").first.click()
    assert box.bounding_box()["height"] == folded
    page.locator('[data-act="note"]').click()
    page.fill('.dialog [name="note"]', "补" * 1999)
    expect(page.locator(".dialog label:has([name=note]) .form-hint")).to_have_text(re.compile(r"1,999\s*/\s*2,000 字"))
    page.keyboard.type("齐了")
    assert len(page.locator('.dialog [name="note"]').input_value()) == 2000


def test_a_manager_chooses_among_the_own_site_only_and_sees_no_empty_call(visit, orders):  # noqa: F811
    order = orders.open(from_call="no-such-call")
    page = visit("sitemanager").open("/orders")
    expect(page.locator(".order-filters")).to_be_visible(timeout=15_000)
    assert page.locator("select[name=site] option").count() == 3, "all, the own, not known"
    page.goto(page.url.split("/orders")[0] + f"/orders/{order}")
    opened(page, order)
    assert page.locator(".panel h2", has_text="通话").count() == 0


def test_the_desks_text_counts_its_characters_and_takes_no_more_than_the_limit(visit, phones):
    phones.agent("8001")
    citizen = phones.citizen().dials("8001").talks()
    page = visit("agent8001").open("/desk")
    expect(page.locator('[data-live="desk-state"]')).to_have_text("通话", timeout=15_000)
    note = page.locator(".desk-note")
    note.fill("长" * 1999)
    expect(page.locator(".desk-count")).to_have_text(re.compile(r"1,999\s*/\s*2,000 字"))
    note.press("End")
    page.keyboard.type("完了")
    assert len(note.input_value()) == 2000
    citizen.hangs_up()
