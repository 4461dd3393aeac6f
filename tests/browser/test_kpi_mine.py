"""An agent's own score in a real browser: every line in a sentence, its curve, the way to what was counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.clock import today

LONG = 60_000
PERIODS = "/api/v1/kpi/periods"


@pytest.fixture(scope="module")
def published(house):
    """Five days that everybody may see of themselves."""
    token, begins = house.token("admin"), (today() - timedelta(days=60)).isoformat()
    copy = {"id": "own-scores", "name": "坐席自查", "from": begins}
    house.ask("POST", "/api/v1/kpi/schemes/example-agents/copy", copy, token)
    days = {"from": (today() - timedelta(days=6)).isoformat(), "to": (today() - timedelta(days=1)).isoformat()}
    draft = house.ask("POST", PERIODS, {"scheme": "own-scores", **days}, token)
    return house.ask("POST", f"{PERIODS}/{draft['id']}/publish", {}, token)


def opened(visit, period, who="agent8002", **how):
    made = visit(who, **how)
    page = made.open(f"/kpi/mine?period={period['id']}")
    expect(page.locator(".bill").first).to_be_visible(timeout=LONG)
    return made, page


def test_every_line_is_drawn_and_said_and_opens(visit, published):
    made, page = opened(visit, published)
    curves = page.locator(".bill .figure")
    assert curves.count() >= 5
    expect(page.locator(".bill .js-plotly-plot")).to_have_count(curves.count())
    lines = page.locator(".bill .bill-line").count()
    expect(page.locator(".bill .bill-said")).to_have_count(lines)
    made.picture("kpi_mine")
    assert made.barriers() == []
    page.locator(".bill-said a").first.click()
    expect(page.locator(".totals b").first).to_be_visible(timeout=LONG)


def test_nobody_else_is_seen_and_another_role_has_no_such_page(visit, published):
    made, page = opened(visit, published)
    body = page.locator("main").inner_text()
    assert "李娜" in body
    assert not any(name in body for name in ("王芳", "徐丽", "孙浩", "陈静"))
    assert made.page.goto(f"{made.home}/kpi").status == 403


def test_it_reads_in_the_dark_in_english_and_on_a_phone(visit, published):
    made, page = opened(visit, published, language="en", scheme="dark")
    expect(page.locator(".kpi-standing")).to_contain_text("Demo data")
    made.picture("kpi_mine_dark_english")
    assert made.barriers() == []
    phone, _page = opened(visit, published, width=390, height=844)
    phone.picture("kpi_mine_phone")
