"""A return visit by dialling from the order, and a correction with its district, its pin and what stood there before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.orders import orders  # noqa: F401 - a fixture
from tests.browser.phones import Phones
from tests.browser.test_orders import opened
from tests.house.running import House, until


@pytest.fixture
def phones(house: House) -> Iterator[Phones]:
    made = Phones(house)
    yield made
    made.close()


def to_visit(orders) -> str:  # noqa: F811
    order = orders.open(caller="13900000042")
    orders.step(order, "dispatch", assignee="worker")
    for event, fields in (("take", {}), ("work", {}), ("submit", {"result": "换了阀门"})):
        orders.step(order, event, "worker", **fields)
    orders.step(order, "close_out")
    return order


def test_a_return_visit_is_dialled_from_the_order_and_its_result_keeps_the_call(visit, orders, phones):  # noqa: F811
    order = to_visit(orders)
    phone = phones.agent("8003", state="offline")
    page = visit("agent8003").open(f"/orders/{order}")
    opened(page, order)
    # Whose number is not shown whole can be rung up all the same.
    expect(page.locator(".facts").first).to_contain_text("139 **** 0042")
    page.locator('[data-act="ring"]').click()
    expect(page.locator(".order-result")).to_contain_text("您的话机将振铃", timeout=15_000)
    phone.rings()
    # The invented customer answers at the other end of the demo's trunk.
    house = orders.house
    rows = until(
        lambda: [row for row in house.live(phones.token)["calls"] if row["order_id"] == order and row["answered_at"]],
        20,
    )
    expect(page.locator(".order-steps")).to_contain_text("拨打回访", timeout=15_000)
    page.locator('[data-act="visit"]').click()
    expect(page.locator('.dialog [name="no_call"]')).to_have_count(0)
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-result")).to_have_text("回访满意：已完成", timeout=15_000)
    assert orders.read(order)["events"][-1]["fields"] == {"call": rows[0]["id"]}


def test_without_a_call_the_result_says_why(visit, orders):  # noqa: F811
    order = to_visit(orders)
    page = visit("supervisor").open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="visit"]').click()
    page.locator(".dialog [type=submit]").click()
    expect(page.locator('[data-error-of="no_call"]')).to_have_text("请填写“未通话的原因”。")
    page.fill('.dialog [name="no_call"]', "当面回访")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-result")).to_have_text("回访满意：已完成", timeout=15_000)
    expect(page.locator(".order-steps")).to_contain_text("未通话的原因 当面回访")


def test_a_correction_chooses_the_district_sets_the_place_by_a_pin_and_tells_old_and_new(visit, orders):  # noqa: F811
    order = orders.open()
    someone = visit("supervisor")
    page = someone.open(f"/orders/{order}")
    opened(page, order)
    page.locator('[data-act="correct"]').click()
    districts = page.locator('.dialog [name="district"] option').evaluate_all("those => those.map((e) => e.value)")
    assert districts == ["", "演示城东区", "演示城西区", "演示高新区", "演示滨江区"]
    page.select_option('.dialog [name="district"]', "演示滨江区")
    page.locator(".pin-canvas").click(position={"x": 30, "y": 30})
    moved = [page.input_value(f'.dialog [name="{name}"]') for name in ("longitude", "latitude")]
    assert moved != ["120.12", "30.01"]
    page.locator(".pin-canvas").press("ArrowRight")
    assert page.input_value('.dialog [name="longitude"]') != moved[0]
    assert someone.barriers() == []
    someone.picture("order_pin")
    # A place that is no place on earth is told with its range; one in the sea off Africa is asked about.
    page.fill('.dialog [name="longitude"]', "500")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator('[data-error-of="longitude"]')).to_contain_text("-180 与 180")
    page.fill('.dialog [name="longitude"]', "0")
    page.fill('.dialog [name="latitude"]', "0")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".dialog [type=submit]")).to_have_text("确认无误", timeout=15_000)
    # Only one of the two is changed by hand: both go.
    page.fill('.dialog [name="longitude"]', "120.02")
    page.fill('.dialog [name="latitude"]', "30.01")
    expect(page.locator(".dialog [type=submit]")).to_have_text("更正")
    page.locator(".dialog [type=submit]").click()
    expect(page.locator(".order-result")).to_have_text("更正：已完成", timeout=15_000)
    expect(page.locator(".order-steps")).to_contain_text("演示城东区 → 演示滨江区")
    expect(page.locator(".order-steps")).to_contain_text("120.12 → 120.02")
    told = orders.read(order)
    assert (told["district"], told["longitude"], told["latitude"]) == ("演示滨江区", 120.02, 30.01)
