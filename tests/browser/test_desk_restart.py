"""The telephony core falls in the middle of a call: the agent is told, keeps what was typed, and is at work at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.house.running import until


@pytest.mark.flickered
def test_a_call_that_was_cut_off_leaves_its_form_and_its_after_call_work(visit, phones, house):
    window = visit("agent8001")
    window.open("/desk")
    page = window.page
    state = page.locator('[data-live="desk-state"]')
    agent = phones.agent("8001")
    citizen = phones.citizen().dials().talks()
    call = citizen.call_id()
    expect(state).to_have_text("通话", timeout=15_000)
    note = page.locator(".desk-note")
    note.fill("路面冒水，电话断了")
    house.kill("sip")
    expect(state).to_have_text("话后", timeout=20_000)
    expect(page.locator('[data-live="desk-note"]')).to_have_text(
        "话务核心曾重启，您的通话已断开，请补记已知情况。", timeout=15_000
    )
    window.picture("desk_core_fell")
    expect(note).to_have_value("路面冒水，电话断了")
    agent.finish("咨询", "路面冒水，电话断了")
    expect(state).to_have_text("空闲", timeout=10_000)
    row = until(lambda: noted(house, phones.token, call), 20)
    assert row["outcome"] == "answered"
    assert "路面冒水，电话断了" in str(row)


def noted(house, token, call):
    try:
        row = house.ask("GET", f"/api/v1/calls/{call}", token=token)
    except OSError:
        return None
    return row if "路面冒水" in str(row) else None
