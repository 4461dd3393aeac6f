"""The site review in a real browser: every site for the director, the own one alone for who leads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

LONG = 60_000


def opened(visit, who, path="/kpi/sites", **how):
    made = visit(who, **how)
    page = made.open(path)
    expect(page.locator(".bill").first).to_be_visible(timeout=LONG)
    expect(page.locator(".sites-trend h3").first).to_be_visible(timeout=LONG)
    return made, page


def test_the_director_sees_every_site_side_by_side_and_one_of_them_line_by_line(visit):
    made, page = opened(visit, "director", "/kpi/sites?site=west")
    rows = page.locator(".sites-table .ag-center-cols-container .ag-row")
    expect(rows).to_have_count(4)
    expect(page.locator(".sites-one h2")).to_have_text("演示城西所")
    expect(page.locator(".bill tbody .bill-line")).to_have_count(6)
    expect(page.locator(".sites-trend h3")).to_have_count(6)
    expect(page.locator(".sites-head")).to_contain_text("演示数据")
    expect(page.locator(".sites-head")).to_contain_text("示例方案")
    made.picture("kpi_sites")
    assert made.barriers() == []
    page.get_by_role("link", name="演示滨江所").click()
    expect(page.locator(".sites-one h2")).to_have_text("演示滨江所", timeout=LONG)


def test_a_figure_opens_exactly_its_orders(visit):
    _made, page = opened(visit, "director")
    line = page.locator('.bill [data-line="0"]')
    below = line.locator("small").first.inner_text()
    line.locator("a").click()
    expect(page.locator(".totals b").first).to_be_visible(timeout=LONG)
    shown = int(page.locator(".totals b").first.inner_text().split()[0].replace(",", ""))
    due = re.search(r"÷ (\d+)|样本不足，(\d+)", below)
    assert due is not None, below
    assert shown == int(due[1] or due[2])


@pytest.mark.parametrize(
    ("who", "site", "other"), [("sitemanager", "演示城东所", "west"), ("sitemanager2", "演示城西所", "east")]
)
def test_who_leads_a_site_sees_the_own_one_alone_and_no_score_before_it_is_published(visit, who, site, other):
    made, page = opened(visit, who, f"/kpi/sites?site={other}")
    expect(page.locator(".sites-one h2")).to_have_text(site)
    expect(page.locator(".sites-table")).to_have_count(0)
    expect(page.locator(".sites-one")).to_contain_text("成绩公布后在此显示")
    expect(page.locator(".bill-total, .sites-hero")).to_have_count(0)
    body = page.locator("main").inner_text()
    assert sum(name in body for name in ("演示城东所", "演示城西所", "演示高新所", "演示滨江所")) == 1
    made.picture(f"kpi_sites_{who}")
    assert made.barriers() == []


def test_the_orders_behind_each_figure_open_for_who_leads_the_site(visit):
    made, page = opened(visit, "sitemanager")
    ways = [one.get_attribute("href") for one in page.locator(".bill-opens a").all()]
    assert len(ways) >= 4
    for way in ways:
        assert page.goto(made.home + way).status == 200
        expect(page.locator(".totals, .sites-caption").first).to_be_visible(timeout=LONG)
    # What no list's filter says stands on the page itself, and leads to each order.
    page.goto(made.home + next(way for way in ways if way.startswith("/kpi/sites")))
    first = page.locator(".ag-row a").first
    expect(first).to_be_visible(timeout=LONG)
    assert page.goto(made.home + first.get_attribute("href")).status == 200
    made.picture("kpi_sites_order")


def test_agents_have_no_site_review_and_the_menu_says_whose_it_is(visit):
    agent = visit("agent8001")
    agent.open("/desk")
    assert agent.page.goto(f"{agent.home}/kpi/sites").status == 403
    manager, page = opened(visit, "sitemanager", width=390, height=844)
    expect(page.locator('nav a.bar-link[href="/kpi/sites"]')).to_have_count(1)
    manager.picture("kpi_sites_phone")


def test_it_reads_in_the_dark_and_in_english(visit):
    made, page = opened(visit, "director", language="en", scheme="dark")
    expect(page.locator(".sites-caption").first).to_contain_text("Every site")
    made.picture("kpi_sites_dark_english")
    assert made.barriers() == []
