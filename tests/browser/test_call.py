"""One call: who did what when, its recording, and a page that keeps up with a call in progress."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.house.running import until


def saved(house, phones, call_id: str) -> None:
    until(lambda: house.ask("GET", f"/api/v1/calls/{call_id}", token=phones.token)["recording_seconds"], 15)


@pytest.fixture
def transferred(house, phones):
    """A call that went through two hands."""
    first, second = phones.agent("8001"), phones.agent("8002", state="break", answers=False)
    citizen = phones.citizen().dials("8001").talks()
    call_id = citizen.call_id()
    house.ask(
        "POST", f"/api/v1/calls/{call_id}/actions", {"action": "transfer", "by": "8001", "target": "8002"}, phones.token
    )
    second.rings()
    until(lambda: citizen.call.rtp.received > 50, 10)
    second.pick_up()
    # Two seconds of voice, for a wave.
    until(lambda: second.calls[0].rtp.received > 100, 10)
    citizen.hangs_up()
    for agent in (first, second):
        until(lambda agent=agent: agent.state() != "talking", 10)
        agent.finish("投诉", "水压一直偏低")
    saved(house, phones, call_id)
    return call_id


def test_a_transferred_call_has_a_row_for_every_party_and_plays(visit, transferred):
    one = visit("qa", 1366, 900)
    page = one.open(f"/calls/{transferred}")
    expect(page.locator("#calls-wave[data-ready]")).to_be_visible(timeout=15_000)
    assert page.locator(".track-row .track-name").all_inner_texts()[:3] == ["来电人", "8001 王芳", "8002 李娜"]
    assert page.locator('.track-row:nth-child(2) [data-state="talking"]').count() == 1
    assert page.locator('.track-row:nth-child(3) [data-state="ringing"]').count() == 1
    hover = page.locator('.track-row:nth-child(2) [data-state="talking"]').get_attribute("title")
    assert re.match(r"通话 \d+:\d\d · \d\d:\d\d:\d\d–\d\d:\d\d:\d\d", hover)
    expect(page.locator(".parties")).to_contain_text("盲转 → 8002 李娜")
    expect(page.locator(".events")).to_contain_text("水压一直偏低")
    assert "blind" not in page.locator(".call").inner_text()

    time = page.locator('[data-live="wave-time"]')
    expect(time).to_have_text(re.compile(r"^0:00 / 0:0[1-9]"))
    page.locator('[data-wave-rate="2"]').click()
    expect(page.locator('[data-wave-rate="2"]')).to_have_attribute("aria-pressed", "true")
    play, why = page.locator("[data-wave=toggle]"), page.locator("[data-wave-error]")
    # Nothing is heard before it is said what for; that stands in the audit.
    play.click()
    expect(why).to_have_text("请先选择收听目的。")
    expect(play).to_have_attribute("aria-pressed", "false")
    page.locator("[data-wave-purpose]").select_option("complaint")
    expect(why).to_have_text("")
    play.click()
    expect(time).not_to_have_text(re.compile("^0:00 /"), timeout=15_000)
    if play.get_attribute("aria-pressed") == "true":
        play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    box = page.locator("#calls-wave").bounding_box()
    page.mouse.click(box["x"] + 2, box["y"] + 40)
    expect(time).to_have_text(re.compile("^0:00 /"))
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    expect(time).not_to_have_text(re.compile("^0:00 /"))
    page.keyboard.press("ArrowLeft")
    expect(time).to_have_text(re.compile("^0:00 /"))
    one.picture("call")
    audit = visit("admin", 1366, 900)
    audit.open("/audit?from=today&action=recording_heard")
    line = audit.page.locator(".ag-row", has_text=transferred)
    expect(line).to_have_count(1)
    expect(line).to_contain_text("投诉处理")


def test_the_page_of_a_call_in_progress_keeps_up_by_itself(visit, phones):
    phones.agent("8003")
    citizen = phones.citizen("13900000055").dials("8003").talks()
    call_id = citizen.call_id()
    one = visit("supervisor")
    page = one.open("/calls?state=open")
    expect(page.locator(".ag-row")).to_have_count(1, timeout=15_000)
    expect(page.locator('.ag-cell[col-id="outcome"]')).to_have_text("进行中")
    page.goto(f"{one.home}/calls/{call_id}")
    expect(page.locator(".tag-running")).to_have_text("进行中", timeout=15_000)
    expect(page.get_by_text("通话进行中，结束后可在此回放录音。")).to_be_visible()
    one.picture("call_in_progress")
    citizen.hangs_up()
    expect(page.locator(".events")).to_contain_text("来电人挂机", timeout=15_000)
    expect(page.locator(".tag-running")).to_have_text("话后", timeout=15_000)


def test_a_call_that_is_not_there_is_said_to_be_not_there(visit):
    page = visit("supervisor").open("/calls/00000000000000000000000000000000")
    expect(page.locator(".refused")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name="今日全部通话")).to_be_visible()


def test_synthetic_history_says_that_it_has_no_recording(visit, house, phones):
    found = house.ask("GET", "/api/v1/calls?limit=1&outcome=abandoned", token=phones.token)["items"][0]
    page = visit("supervisor").open(f"/calls/{found['id']}")
    expect(page.get_by_text("只有接通的通话才会录音。")).to_be_visible(timeout=15_000)
    expect(page.locator("#calls-body .tag-demo")).to_be_visible()
