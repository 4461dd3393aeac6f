"""The page of categories and kinds of breaks: a category is named, added, retired and brought back by hand."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def director(visit):
    one = visit("director", 1366, 768)
    one.open("/categories")
    expect(one.page.locator('[data-category="repair.burst"]')).to_be_visible(timeout=30_000)
    return one


def test_a_category_is_added_named_in_english_retired_and_brought_back(director):
    page = director.page
    assert director.barriers() == []
    director.picture("categories")
    page.get_by_role("button", name="新增分类").click()
    page.fill("dialog input[name=name]", "明漏")
    page.select_option("dialog select[name=parent]", "repair")
    page.keyboard.press("Enter")
    # There is one of that name beside it.
    expect(page.locator('dialog [data-error-of="name"]')).to_contain_text("已被占用")
    assert director.barriers() == []
    page.fill("dialog input[name=name]", "管道改迁")
    page.keyboard.press("Enter")
    row = page.locator("[data-tree] tr", has_text="管道改迁")
    expect(row).to_contain_text("尚无")
    expect(page.locator("[data-tree] .categories-head")).to_contain_text("1 个没有英文名")
    row.get_by_role("button", name="修改").click()
    page.fill("dialog input[name=name_en]", "Rerouting")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Rerouting")
    expect(row).to_contain_text("director")
    # Where it is chosen from it is there at once.
    desk = page.request.get(f"{director.home}/api/v1/work-orders/definition").json()
    (one,) = [one for one in desk["categories"] if one["name_zh"] == "管道改迁"]
    assert (one["path_zh"], one["name_en"]) == ("报修/管道改迁", "Rerouting")
    gone = row.get_by_role("button", name="停用")
    gone.click()
    row.get_by_role("button", name="再按一次").click()
    expect(row).to_have_count(0)
    page.locator("[data-tree] summary").click()
    page.locator("[data-tree] li", has_text="管道改迁").get_by_role("button", name="恢复").click()
    expect(row).to_be_visible()
    # As it was before for whoever comes next.
    row.get_by_role("button", name="停用").click()
    row.get_by_role("button", name="再按一次").click()
    expect(row).to_have_count(0)


def test_what_another_has_changed_meanwhile_is_told_and_not_overwritten(director, house):
    page = director.page
    page.locator('[data-change="suggestion"]').click()
    expect(page.locator("dialog input[name=name]")).to_have_value("建议")
    token = house.token("admin")
    house.ask("PUT", "/api/v1/categories/suggestion", {"name_en": "Suggestions"}, token)
    page.fill("dialog input[name=name_en]", "Idea")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [role=alert]", has_text="admin")).to_contain_text("Suggestions")
    page.keyboard.press("Escape")
    house.ask("PUT", "/api/v1/categories/suggestion", {"name_en": "Suggestion"}, token)


def test_a_group_in_use_stays_and_what_is_in_it_is_named(director):
    page = director.page
    row = page.locator('[data-category="service"]')
    row.get_by_role("button", name="停用").click()
    row.get_by_role("button", name="再按一次").click()
    expect(page.locator('[data-live="act-error"]')).to_contain_text("service.connect")
    expect(row).to_be_visible()


def test_a_kind_of_break_is_added_and_is_there_for_the_next_break(director, visit):
    page = director.page
    page.get_by_role("button", name="新增小休种类").click()
    page.fill("dialog input[name=name]", "取暖")
    page.fill("dialog input[name=name_en]", "Warming up")
    page.keyboard.press("Enter")
    row = page.locator("[data-breaks] tr", has_text="取暖")
    expect(row).to_contain_text("Warming up")
    agent = visit("agent8003", language="en")
    agent.open("/orders")
    choice = agent.page.locator(".phone option", has_text="Warming up")
    expect(choice).to_have_count(1)
    row.get_by_role("button", name="停用").click()
    row.get_by_role("button", name="再按一次").click()
    expect(row).to_have_count(0)
    agent.page.reload()
    expect(agent.page.locator(".phone option", has_text="Meal")).to_have_count(1)
    expect(choice).to_have_count(0)


def test_nobody_else_finds_the_page(visit):
    one = visit("supervisor", 1366, 768)
    one.open("/floor")
    expect(one.page.locator('nav a[href="/categories"]')).to_have_count(0)
    assert one.page.goto(f"{one.home}/categories").status == 403
