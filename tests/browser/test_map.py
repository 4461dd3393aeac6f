"""The map in a real browser: what it shows, a click on a cell, a filter, an incident decided on, without any server of maps."""

import re

import pytest
from playwright.sync_api import expect

LONG = 60_000


def opened(visit, who, path="/map", **how):
    made = visit(who, **how)
    page = made.open(path)
    expect(page.locator(".map-picture .js-plotly-plot .main-svg").first).to_be_visible(timeout=LONG)
    return made, page


def test_the_director_sees_hot_spots_in_words_and_the_orders_beside_them(visit):
    made, page = opened(visit, "director")
    expect(page.locator(".map-said p").first).to_be_visible()
    expect(page.locator(".map-incidents")).to_contain_text("目前没有未结事件")
    expect(page.locator(".map-table .ag-center-cols-container .ag-row").first).to_be_visible(timeout=LONG)
    made.picture("map")
    assert made.barriers() == []


def test_a_click_on_a_place_lists_its_orders_and_leads_to_one(visit):
    _made, page = opened(visit, "supervisor", "/map?layer=points")
    page.locator(".map-picture .points path").first.click(force=True)
    expect(page.locator(".map-list h2")).to_have_text("该工单", timeout=LONG)
    link = page.locator(".map-table a").first
    number = link.inner_text()
    link.click()
    expect(page.locator("main")).to_contain_text(number, timeout=LONG)


@pytest.mark.parametrize("layer", ["kde", "dbscan"])
def test_other_layers_are_chosen_in_the_form(visit, layer):
    _made, page = opened(visit, "director")
    page.locator("select[name=layer]").select_option(layer)
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile(f"layer={layer}"), timeout=LONG)
    expect(page.locator(".map-said p").first).to_be_visible(timeout=LONG)


def test_a_period_without_orders_says_so_and_a_wrong_one_what_to_type(visit):
    _made, page = opened(visit, "director", "/map?from=2020-01-01&to=2020-01-02")
    expect(page.locator(".map-list .empty")).to_have_text("此处没有工单。")
    made = visit("director")
    page = made.open("/map?from=nonsense")
    expect(page.locator(".refused")).to_be_visible(timeout=LONG)


def test_the_map_is_english_and_dark_as_one_likes(visit):
    made, page = opened(visit, "director", "/map", language="en", scheme="dark")
    expect(page.locator(".map-incidents h2")).to_have_text("Incidents")
    made.picture("map_en_dark")
    assert made.barriers() == []


def test_an_agent_has_no_map(visit):
    page = visit("agent8001").open("/map")
    expect(page.locator(".map-picture")).to_have_count(0)
