"""A supervision belongs to a browser window: two windows of one person, and two people, in the same call."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.floors import agreed, audited, by_browser, floor, seat
from tests.house.running import until


def listens(page, extension: str, key: str = "F5") -> None:
    seat(page, extension).click()
    expect(page.locator('[data-mode="listen"]')).to_be_enabled(timeout=10_000)
    by_browser(page)
    page.keyboard.press(key)


def pressed(page, mode: str):
    return expect(page.locator(f'[data-mode="{mode}"]'))


def supervisions(phones, call_id: str) -> list[tuple[str, str]]:
    row = next(one for one in phones.house.live(phones.token)["calls"] if one["id"] == call_id)
    return [(one["by"], one["mode"]) for one in row["supervision"]]


def test_two_windows_of_one_person_listen_apart_and_one_leaves_without_the_other(visit, phones):
    _one, first = floor(visit)
    _two, second = floor(visit)
    phones.agent("8001")
    call_id = phones.citizen("13900000081").dials().talks().call_id()
    listens(first, "8001")
    pressed(first, "listen").to_have_attribute("aria-pressed", "true", timeout=10_000)
    seat(second, "8001").click()
    others = second.locator('[data-box="others"] li')
    expect(others).to_contain_text("您在另一窗口：")
    pressed(second, "listen").to_have_attribute("aria-pressed", "false")
    listens(second, "8001", "F6")
    pressed(second, "whisper").to_have_attribute("aria-pressed", "true", timeout=10_000)
    pressed(first, "listen").to_have_attribute("aria-pressed", "true")
    assert supervisions(phones, call_id) == [("supervisor", "listen"), ("supervisor", "whisper")]
    first.keyboard.press("Escape")
    expect(others).to_have_count(0)
    pressed(second, "whisper").to_have_attribute("aria-pressed", "true")
    expect(second.locator('[data-live="floor-error"]')).to_be_empty()
    assert supervisions(phones, call_id) == [("supervisor", "whisper")]
    second.keyboard.press("Escape")
    pressed(second, "whisper").to_have_attribute("aria-pressed", "false")


def test_what_another_window_does_is_taken_here_by_choice(visit, phones):
    _one, first = floor(visit)
    window, second = floor(visit)
    phones.agent("8001")
    call_id = phones.citizen("13900000082").dials().talks().call_id()
    listens(first, "8001")
    pressed(first, "listen").to_have_attribute("aria-pressed", "true", timeout=10_000)
    seat(second, "8001").click()
    by_browser(second)
    expect(second.locator('[data-box="others"] li')).to_be_visible()
    window.picture("floor_other_window")
    second.locator("[data-take]").click()
    pressed(second, "listen").to_have_attribute("aria-pressed", "true", timeout=10_000)
    pressed(first, "listen").to_have_attribute("aria-pressed", "false")
    expect(first.locator('[data-live="floor-error"]')).to_contain_text("与此通话的连接已断开")
    assert supervisions(phones, call_id) == [("supervisor", "listen")]
    second.keyboard.press("Escape")


def test_who_else_listens_is_named_and_is_replaced_only_after_the_question(visit, phones, house):
    _one, theirs = floor(visit, "admin")
    _two, mine = floor(visit)
    phones.agent("8001")
    call_id = phones.citizen("13900000083").dials().talks().call_id()
    listens(theirs, "8001", "F7")
    pressed(theirs, "barge").to_have_attribute("aria-pressed", "true", timeout=10_000)
    seat(mine, "8001").click()
    mine.locator("[data-by]").select_option("browser")
    expect(mine.locator('[data-box="others"] li')).to_contain_text("演示管理员：")
    mine.locator("[data-take]").click()
    agreed(mine, "接替 演示管理员 的监听？", "由我处理")
    pressed(mine, "barge").to_have_attribute("aria-pressed", "true", timeout=10_000)
    pressed(theirs, "barge").to_have_attribute("aria-pressed", "false")
    assert supervisions(phones, call_id) == [("supervisor", "barge")]
    _subject, detail = audited(house, "supervision")[-1]
    assert (detail["instead_of"], detail["reason"]) == ("admin", "由我处理")
    mine.keyboard.press("Escape")


def test_a_window_made_as_the_copy_of_another_is_not_the_same_window(visit):
    one, first = floor(visit)
    name = first.evaluate("sessionStorage.getItem('floor-tab')")
    first.reload()
    expect(first.locator(".seat")).to_have_count(12, timeout=15_000)
    assert first.evaluate("sessionStorage.getItem('floor-tab')") == name
    copy = one.context.new_page()
    copy.add_init_script(f"if (!window.name) {{ window.name = 'x'; sessionStorage.setItem('floor-tab', '{name}'); }}")
    copy.goto(one.home + "/floor")
    until(lambda: copy.evaluate("sessionStorage.getItem('floor-tab')") != name)
    assert first.evaluate("sessionStorage.getItem('floor-tab')") == name


def test_a_window_that_is_closed_ends_its_own_supervision_only(visit, phones):
    one, first = floor(visit)
    _two, second = floor(visit)
    phones.agent("8001")
    call_id = phones.citizen("13900000084").dials().talks().call_id()
    listens(first, "8001")
    pressed(first, "listen").to_have_attribute("aria-pressed", "true", timeout=10_000)
    listens(second, "8001")
    pressed(second, "listen").to_have_attribute("aria-pressed", "true", timeout=10_000)
    first.close()
    one.complaints.clear()
    expect(second.locator('[data-box="others"] li')).to_have_count(0, timeout=10_000)
    assert supervisions(phones, call_id) == [("supervisor", "listen")]
    second.keyboard.press("Escape")
