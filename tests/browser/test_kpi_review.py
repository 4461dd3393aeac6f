"""The director's review in a real browser: what would be if, and a period from its publishing to its freezing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from core.clock import utc_now
from core.db import connect
from tests.clock import today
from tests.house.running import until

LONG = 60_000
PERIODS = "/api/v1/kpi/periods"


def opened(visit, path="/kpi", who="director", waits=".kpi-ranking .ag-row", **how):
    made = visit(who, **how)
    page = made.open(path)
    expect(page.locator(waits).first).to_be_visible(timeout=LONG)
    return made, page


@pytest.fixture
def draft(house):
    """Six days as a scheme of the office's own judges them, made by the administrator."""
    token = house.token("admin")
    name = f"life-{len(house.ask('GET', '/api/v1/kpi/schemes', token=token)['items'])}"
    begins = (today() - timedelta(days=60)).isoformat()
    house.ask("POST", "/api/v1/kpi/schemes/example-agents/copy", {"id": name, "name": name, "from": begins}, token)
    days = {"from": (today() - timedelta(days=6)).isoformat(), "to": today().isoformat()}
    return house.ask("POST", PERIODS, {"scheme": name, **days}, token)


def address(period, **more):
    said = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/kpi?scheme={period['scheme']}&period={period['id']}{said}"


def own_total(page):
    return float(page.locator(".kpi-hero").inner_text())


def test_a_group_and_a_person_of_it_are_seen_at_once_with_the_ways_to_what_was_counted(visit, draft):
    made, page = opened(visit, address(draft, who="8001"))
    expect(page.locator(".kpi-score-head h2")).to_have_text("王芳")
    expect(page.locator(".bill .js-plotly-plot")).to_have_count(page.locator(".bill .figure").count(), timeout=LONG)
    expect(page.locator(".kpi-standing")).to_contain_text("演示数据")
    made.picture("kpi_review")
    assert made.barriers() == []
    line = page.locator('.bill [data-line="0"]')
    counted = re.search(r"÷ ([\d,]+)", line.locator("small").first.inner_text())
    assert counted is not None
    line.locator("a").click()
    expect(page.locator(".totals")).to_contain_text(re.compile(rf"\b{counted[1]}\b"), timeout=LONG)


def test_a_slider_tells_total_rank_and_gain_and_back_again_changes_nothing(visit, draft):
    _made, page = opened(visit, address(draft, who="8003"))
    lever = page.locator("[data-lever]").first
    slider, outcome = lever.locator("input[type=range]"), page.locator("#kpi-outcome")
    expect(outcome).to_contain_text("拖动滑块")
    at, most = slider.input_value(), int(slider.get_attribute("max"))
    before = own_total(page)
    # Of occupancy the best lies between its ends.
    slider.fill(str(round(0.6 * most)))
    expect(outcome).not_to_contain_text("拖动滑块")
    after = float(outcome.locator(".kpi-then-large").inner_text())
    assert after > before
    gained = outcome.locator(".kpi-gains b").first.inner_text()
    assert float(gained) == pytest.approx(after - before, abs=0.11)
    slider.fill(at)
    expect(outcome).to_contain_text("拖动滑块")
    expect(outcome.locator(".kpi-then-large")).to_have_text(f"{before:.1f}")


def test_another_weight_and_another_target_tell_who_moves_before_anything_is_saved(visit, draft, house):
    made, page = opened(visit, address(draft, change="scheme"))
    outcome = page.locator("#kpi-outcome")
    expect(outcome).to_contain_text("无人变动")
    weights = page.locator(".kpi-changes tr td:nth-child(2) input")
    first = float(weights.nth(0).input_value())
    weights.nth(0).fill(f"{first + 30:g}")
    expect(outcome).to_contain_text("130")
    weights.nth(1).fill("0")
    expect(outcome.locator(".kpi-movers tbody tr").first).to_be_visible()
    made.picture("kpi_review_scheme")
    assert made.barriers() == []
    kept = house.ask("GET", f"{PERIODS}/{draft['id']}", token=house.token("director"))
    assert kept["sha256"] == draft["sha256"]


def publish(page):
    page.get_by_role("button", name="公布…").click()
    expect(page.locator("dialog")).to_contain_text("不能撤回")
    page.locator("dialog").get_by_role("button", name="公布", exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".kpi-standing")).to_contain_text("已公布")


def test_a_period_is_published_appealed_against_decided_on_by_another_and_frozen(visit, draft, house):
    _admin, office = opened(visit, address(draft), "admin")
    publish(office)

    mine, own = opened(visit, f"/kpi/mine?period={draft['id']}", "agent8001", ".bill")
    before = own_total(own)
    own.locator('[data-appeal="0"]').click()
    own.locator("dialog textarea").fill("两通电话不是我接的")
    mine.picture("kpi_mine_appeal")
    own.locator("dialog").get_by_role("button", name="提交申诉").click()
    expect(own.locator(".kpi-own-appeals")).to_contain_text("两通电话不是我接的")
    expect(own.locator('[data-appeal="0"]')).to_have_count(0)

    # Whoever published does not decide.
    office.goto(office.url.split("?")[0] + address(draft, view="appeals").removeprefix("/kpi"))
    expect(office.locator("[data-appeal]")).to_contain_text("须由公布人以外的人复核")
    expect(office.locator("[data-decide]")).to_have_count(0)

    director, page = opened(visit, address(draft, view="appeals"), waits="[data-decide]")
    page.locator("[data-decide]").click()
    dialog = page.locator("dialog")
    dialog.locator("select").first.select_option("effect")
    dialog.locator('[data-name="effect"] input, input[name="effect"]').first.fill("2.5")
    dialog.locator("textarea").fill("确为系统错派")
    director.picture("kpi_review_decide")
    assert director.barriers() == []
    dialog.get_by_role("button", name="决定", exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("[data-appeal]")).to_contain_text("确为系统错派")
    director.picture("kpi_review_appeals")
    kept = house.ask("GET", f"{PERIODS}/{draft['id']}", token=house.token("director"))
    assert kept["edition"] == 2

    own.reload()
    expect(own.locator(".kpi-hero")).to_have_text(f"{before + 2.5:.1f}")
    expect(own.locator(".bill-appealed")).to_contain_text("确为系统错派")
    expect(own.locator(".bill-appealed")).to_contain_text("+2.50")
    mine.picture("kpi_mine_decided")
    assert mine.barriers() == []

    # What would be if carries the points that were given.
    page.goto(director.home + address(draft, who="8001"))
    expect(page.locator(".bill-appealed")).to_contain_text("+2.50", timeout=LONG)
    expect(page.locator("#kpi-outcome .kpi-then-large")).to_have_text(f"{before + 2.5:.1f}")
    director.picture("kpi_review_effect")

    # The deadline of appeals is over.
    engine = connect(house.database)
    with engine.begin() as connection:
        over = {"at": utc_now() - 60, "id": draft["id"]}
        connection.execute(text("update kpi_periods set appeals_until = :at where id = :id"), over)
    engine.dispose()
    page.reload()
    button = page.locator('[data-act="freeze"]')
    button.click(timeout=LONG)
    expect(button).to_contain_text("再按一次")
    button.click()
    expect(page.locator(".kpi-standing")).to_contain_text("已定稿")
    frozen = house.ask("GET", f"{PERIODS}/{draft['id']}", token=house.token("director"))
    assert (frozen["state"], frozen["edition"], frozen["intact"]) == ("frozen", 2, True)


def test_the_demo_begins_with_a_frozen_period_and_one_that_is_open_for_appeals(visit, house):
    token = house.token("director")

    def states():
        found = house.ask("GET", f"{PERIODS}?scheme=example-agents", token=token)["items"]
        return {one["state"] for one in found if one["made_by"] == "admin"}

    until(lambda: "published" in states(), 90)
    made, page = opened(visit, "/kpi?scheme=example-agents")
    expect(page.locator(".kpi-standing")).to_contain_text("已公布 · 申诉至")
    expect(page.locator(".kpi-standing")).to_contain_text("演示数据")
    expect(page.locator(".kpi-opens b")).to_have_text("1")
    made.picture("kpi_review_demo")
    agent, own = opened(visit, "/kpi/mine", "agent8001", ".bill")
    expect(own.locator(".kpi-standing")).to_contain_text("演示数据")
    assert own.locator("[data-query=period] option").count() >= 2
    agent.picture("kpi_mine_demo")


def test_a_trial_month_is_kept_as_a_draft_and_computed_anew(visit, house):
    _made, page = opened(visit, f"/kpi?scheme=example-agents&period={today():%Y-%m}")
    page.locator('[data-act="keep"]').click()
    expect(page.locator(".kpi-standing")).to_contain_text("草稿", timeout=LONG)
    page.locator('[data-act="recompute"]').click(timeout=LONG)
    expect(page.locator('[data-act="recompute"]')).to_be_visible(timeout=LONG)
    assert house.ask("GET", f"{PERIODS}?state=draft&scheme=example-agents", token=house.token("director"))["items"]


def test_groups_people_and_periods_stand_beside_one_another(visit, draft):
    made, page = opened(visit, address(draft, view="compare"), waits="#kpi-groups .ag-row")
    expect(page.locator("#kpi-groups .ag-center-cols-container .ag-row")).to_have_count(3)
    expect(page.locator("#kpi-people .ag-row").first).to_be_visible()
    made.picture("kpi_review_compare")
    assert made.barriers() == []


def test_what_chance_explains_and_signs_beside_the_score_are_said_in_sentences(visit, draft):
    made, page = opened(visit, address(draft, view="fairness", group="甲班", who="8001"), waits=".kpi-funnel")
    expect(page.locator(".kpi-funnel .js-plotly-plot")).to_have_count(page.locator(".kpi-funnel").count(), timeout=LONG)
    expect(page.locator(".kpi-funnel").first).to_contain_text("共 12 人，总体")
    expect(page.locator("#kpi-sign-table .ag-center-cols-container .ag-row")).to_have_count(4, timeout=LONG)
    expect(page.locator("#kpi-signs")).to_contain_text("偶然")
    made.picture("kpi_review_fairness")
    page.locator("#kpi-sign-table").scroll_into_view_if_needed()
    expect(page.locator("#kpi-sign-table .ag-header-cell")).to_have_count(6)
    made.picture("kpi_review_signs")
    assert made.barriers() == []


def test_it_reads_in_the_dark_in_english_and_narrow(visit, draft):
    made, page = opened(visit, address(draft), language="en", scheme="dark")
    expect(page.locator(".kpi-standing")).to_contain_text("Demo data")
    made.picture("kpi_review_dark_english")
    assert made.barriers() == []
    narrow, _page = opened(visit, address(draft), width=390, height=844)
    narrow.picture("kpi_review_narrow")
    wide, page = opened(visit, address(draft), width=1920, height=1080)
    wide.picture("kpi_review_wide")
