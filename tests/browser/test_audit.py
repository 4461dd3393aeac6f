"""The audit as an administrator meets it: lines in words, filters in the address, the chain checked by a button."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_an_administrator_reads_who_did_what_and_checks_the_chain(visit, house):
    token = house.token("admin")
    house.ask("GET", "/api/v1/calls?limit=1&caller=13900007777", token=token)
    window = visit("admin", 1366, 900)
    page = window.open("/audit")
    table = page.locator("#audit-table")
    expect(table.get_by_text("登录", exact=True).first).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name="审计")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="检查链").click()
    expect(page.locator("#audit-verdict")).to_contain_text(re.compile(r"审计完整：\d+ 行"), timeout=30_000)
    assert table.bounding_box()["height"] > 400
    window.picture("audit")
    assert window.barriers() == []
    page.locator("select[name=action]").select_option("signed_in")
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile(r"action=signed_in"))
    expect(table.get_by_text("登录", exact=True).first).to_be_visible(timeout=15_000)


def test_nobody_else_reads_it(visit):
    for person in ("supervisor", "qa"):
        page = visit(person).open("/audit")
        expect(page.locator("body")).to_contain_text("您的角色不能访问此页", timeout=15_000)
        expect(page.get_by_role("link", name="审计")).to_have_count(0)
