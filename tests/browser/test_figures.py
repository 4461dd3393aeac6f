"""A figure opened: its rows are there, add up in sight, and lead to what was counted."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_the_rows_behind_handling_time_lead_to_their_calls(visit):
    seen = visit("supervisor")
    page = seen.open("/figures?indicator=aht&from=2020-01-01T00:00&to=2020-12-30T00:00")
    expect(page.locator(".empty")).to_be_visible(timeout=15_000)
    (value,) = page.evaluate("""async () => {
        const since = new Date(Date.now() - 3 * 86400e3).toISOString();
        return (await (await fetch(`/api/v1/indicators/aht?from=${since}`)).json()).values;
    }""")
    assert value["list"].startswith("/figures?")
    page = seen.open(value["list"])
    totals = page.locator(".totals")
    expect(totals).to_contain_text("通话、保持与整理的秒数", timeout=15_000)
    expect(totals).to_contain_text(f"已结束的接听段 {value['denominator']:,.0f}")
    link = page.locator('.ag-cell[col-id="at"] a').first
    expect(link).to_be_visible(timeout=15_000)
    link.click()
    expect(page).to_have_url(re.compile(r"/calls/[0-9a-f]{32}"))
