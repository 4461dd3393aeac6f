"""The page of rights in a browser: ticked, saved, counted at once, written down; nothing but native boxes."""

import pytest
from playwright.sync_api import expect

from tests.house.running import until


def cell(page, role, right):
    return page.locator(f'[id*=\'"right":"{right}"\'][id*=\'"role":"{role}"\']')


@pytest.fixture
def admin(visit):
    one = visit("admin", 1366, 768)
    one.open("/rights")
    expect(one.page.locator("#rights-save")).to_be_visible(timeout=40_000)
    return one


def test_a_right_is_given_and_taken_back_and_counts_at_once(admin, visit):
    page = admin.page
    expect(page.locator(".rights-scroll").first).to_contain_text("查看完整电话号码")
    page.locator("#rights-save").click()
    expect(page.locator("#rights-said")).to_have_text("没有改动。")
    qa = visit("qa", 1366, 768)
    qa.open("/calls")
    assert qa.page.request.get(f"{qa.home}/api/v1/alerts").status == 403
    box = cell(page, "qa", "alerts").locator("input")
    for wanted, status in ((True, 200), (False, 403)):
        box.set_checked(wanted)
        page.locator("#rights-save").click()
        expect(page.locator("#rights-said")).to_have_text("已修改 1 项权限，即刻生效。")
        expect(box).to_be_checked(checked=wanted)
        # The second save says the same words as the first: only the answer tells that it is through.
        until(lambda status=status: qa.page.request.get(f"{qa.home}/api/v1/alerts").status == status)
    # What nobody could give back is greyed.
    expect(cell(page, "admin", "rights").locator("input")).to_be_disabled()
    admin.picture("rights")
    page.goto(f"{admin.home}/audit?from=today&action=rights_changed")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(2)


def test_who_may_dial_what_is_set_and_put_back(admin):
    page = admin.page
    rows = page.locator("#dialling-body tbody tr")
    expect(rows).to_have_count(11)
    qa = rows.filter(has_text="质检员")
    qa.get_by_label("国际").check()
    qa.locator("input[type=number]").fill("2")
    page.locator("#dialling-save").click()
    expect(page.locator("#dialling-said")).to_contain_text("质检员")
    expect(qa.get_by_label("国际")).to_be_checked()
    page.locator("#dialling-extension").fill("80x1")
    page.locator("#dialling-save").click()
    expect(page.locator("#dialling-said")).to_contain_text("role:agent")
    page.locator("#dialling-extension").fill("")
    qa.get_by_label("恢复默认").check()
    page.locator("#dialling-save").click()
    expect(qa.get_by_label("国际")).not_to_be_checked()
    expect(qa.locator(".tag-demo")).to_be_visible()


def test_nobody_else_finds_the_page(visit):
    one = visit("supervisor", 1366, 768)
    one.open("/floor")
    expect(one.page.locator('nav a[href="/rights"]')).to_have_count(0)
    assert one.page.goto(f"{one.home}/rights").status == 403
