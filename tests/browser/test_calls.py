"""The list of calls: filters in the URL, sums of all, a table that stays as it was left, a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import expect

from tests.house.running import until


def rows(page):
    expect(page.locator(".ag-row").first).to_be_visible(timeout=15_000)
    return page.locator(".ag-row")


def cells(page, column: str) -> list[str]:
    return page.locator(f'.ag-cell[col-id="{column}"]').all_inner_texts()


def test_a_filter_stands_in_the_url_and_in_the_form(visit):
    calls = visit("supervisor")
    page = calls.open("/calls?from=2020-01-01&outcome=abandoned&queue=general")
    rows(page)
    assert page.locator("select[name=outcome]").input_value() == "abandoned"
    assert page.locator("select[name=queue]").input_value() == "general"
    assert page.locator("input[name=from]").input_value() == "2020-01-01"
    assert set(cells(page, "outcome")) == {"放弃"}
    calls.picture("calls")


def test_the_form_changes_the_url_and_the_url_can_be_reloaded(visit):
    page = visit("supervisor").open("/calls?from=2020-01-01")
    everything = page.locator(".totals b").first
    expect(everything).to_have_text(re.compile("通"), timeout=15_000)
    page.select_option("select[name=outcome]", "answered")
    page.fill("input[name=caller]", "139 0000 0042")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("outcome=answered"))
    # No number stays in an address: histories, bookmarks and logs keep those.
    assert "0042" not in page.url
    rows(page)
    assert set(cells(page, "caller")) == {"139 0000 0042"}
    page.reload()
    rows(page)
    assert set(cells(page, "caller")) == {"139 0000 0042"}


def test_days_and_times_are_understood_as_people_write_them(visit):
    page = visit("supervisor").open("/calls?from=昨天&to=今天")
    first, last = page.locator("input[name=from]"), page.locator("input[name=to]")
    expect(first).to_have_value(re.compile(r"^\d{4}-\d\d-\d\d$"), timeout=15_000)
    yesterday, today = first.input_value(), last.input_value()
    assert yesterday < today
    page.goto(page.url.split("?")[0] + f"?from={yesterday[5:]} 08:30&to={yesterday.replace('-', '')}")
    expect(first).to_have_value(f"{yesterday} 08:30", timeout=15_000)
    expect(last).to_have_value(yesterday)


def test_what_cannot_be_read_is_refused_in_words_with_the_remedy(visit):
    calls = visit("supervisor")
    page = calls.open("/calls?from=someday")
    expect(page.get_by_text("someday 不是日期或时间。")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("请写成 2026-11-23 或 2026-11-23 08:30。")).to_be_visible()
    calls.picture("calls_refused")


def test_an_empty_list_says_why_and_what_to_do(visit):
    calls = visit("supervisor")
    page = calls.open("/calls?state=waiting")
    expect(page.get_by_text("此刻没有处于该状态的通话。")).to_be_visible(timeout=15_000)
    calls.picture("calls_empty")
    page = calls.open("/calls?from=2020-01-01&to=2020-01-02")
    expect(page.get_by_text("请放宽日期或条件。")).to_be_visible(timeout=15_000)


def test_the_sums_are_of_all_calls_and_not_of_the_page(visit):
    page = visit("supervisor").open("/calls?from=2020-01-01")
    rows(page)
    total = int(page.locator(".totals b").first.inner_text().split()[0].replace(",", ""))
    assert total > 500
    expect(page.get_by_text("显示第 1–500 通")).to_be_visible()
    page.get_by_role("link", name="较早").click()
    expect(page.get_by_text(re.compile("显示第 501–"))).to_be_visible(timeout=15_000)
    assert int(page.locator(".totals b").first.inner_text().split()[0].replace(",", "")) >= total


def test_lengths_are_sorted_as_lengths_and_stand_right(visit):
    page = visit("supervisor").open("/calls?from=2020-01-01&outcome=answered")
    rows(page)
    page.locator('.ag-header-cell[col-id="talk"]').click()
    page.locator('.ag-header-cell[col-id="talk"]').click()
    expect(page.locator('.ag-header-cell[col-id="talk"]')).to_have_attribute("aria-sort", "descending")

    def seconds(text: str) -> int:
        return sum(int(part) * 60**place for place, part in enumerate(reversed(text.split(":"))))

    shown = page.locator('.ag-row[row-index="0"] [col-id="talk"], .ag-row[row-index="1"] [col-id="talk"]')
    until(lambda: seconds(shown.nth(0).inner_text()) >= 600, 5)
    align = "getComputedStyle(document.querySelector('.ag-cell[col-id=talk]')).textAlign"
    assert page.evaluate(align) in ("right", "end")
    numbers = "getComputedStyle(document.querySelector('.ag-cell[col-id=talk]')).fontVariantNumeric"
    assert page.evaluate(numbers) == "tabular-nums"


def test_columns_stay_as_a_person_left_them_until_they_are_put_back(visit):
    page = visit("supervisor").open("/calls?from=2020-01-01")
    rows(page)
    head = page.locator('.ag-header-cell[col-id="queue"]')
    first = head.bounding_box()
    page.mouse.move(first["x"] + 20, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(first["x"] - 30, first["y"] + 10, steps=5)
    page.mouse.move(40, first["y"] + 10, steps=15)
    page.mouse.up()
    until(lambda: head.bounding_box()["x"] < 20, 5)
    page.reload()
    rows(page)
    until(lambda: head.bounding_box()["x"] < 20, 5)
    page.get_by_role("button", name="恢复默认列").click()
    rows(page)
    until(lambda: head.bounding_box()["x"] == first["x"], 5)


def test_the_keyboard_opens_the_line_it_stands_on(visit):
    page = visit("supervisor").open("/calls?from=2020-01-01")
    rows(page).first.locator('[col-id="caller"]').click()
    page.keyboard.press("Enter")
    expect(page.locator(".call-head h1")).to_be_visible(timeout=15_000)


def test_the_file_holds_the_same_calls_and_no_formula(visit, phones):
    agent = phones.agent("8001")
    citizen = phones.citizen("13900000077").dials().talks()
    citizen.hangs_up()
    until(lambda: agent.state() == "wrap_up", 10)
    agent.finish("报修/明漏", '=HYPERLINK("http://example.invalid")')
    until(lambda: phones.house.ask("GET", "/api/v1/calls?limit=1", token=phones.token)["items"][0]["note"], 10)
    page = visit("supervisor").open("/calls?caller=13900000077")
    rows(page)
    table = list(csv.reader(io.StringIO(_file(page).removeprefix("\ufeff"))))
    heads, newest = table[0], table[1]
    assert heads[:3] == ["时间", "方向", "来电号码"]
    assert newest[heads.index("备注")].startswith("'=")
    assert newest[heads.index("结果")] == "接起"
    assert len(table) - 1 == int(page.locator(".totals b").first.inner_text().split()[0])


def _file(page) -> str:
    href = page.get_by_role("link", name="导出 CSV").get_attribute("href")
    answer = page.request.get(page.url.split("/calls")[0] + href)
    assert answer.ok
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.body().decode()


def test_an_agent_sees_only_own_calls_and_no_whole_numbers_of_others(visit):
    page = visit("agent8001").open("/calls?from=2020-01-01&outcome=answered&direction=inbound")
    rows(page)
    assert all(re.match(r"139 \*{4} \d{4}", number) for number in cells(page, "caller"))
