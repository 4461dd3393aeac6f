"""What becomes of a QA score: heard and appealed against by its agent, decided on by somebody else; rounds scored blind;
calls without a recording."""

import pytest
from playwright.sync_api import expect

QA = "/api/v1/qa"


@pytest.fixture(scope="module")
def plan(house):
    made = {
        "name": "浏览器二",
        "form": "example-water-repair",
        "rules": {"random": {"per_agent_week": 3}, "risk": {"per_agent_week": 0}},
    }
    return house.ask("POST", f"{QA}/plans", made, house.token("qa"))["id"]


@pytest.fixture
def scored(house, plan):
    """A call of the plan that was scored: its id, its agent's extension, and the score."""
    token = house.token("qa")
    house.ask("POST", f"{QA}/plans/{plan}/draw", {"seed": 7}, token)
    tasks = house.ask("GET", f"{QA}/worklist?limit=500", token=token)["items"]
    task = next(one for one in tasks if one["plan"] == plan and one["agent"].startswith("80"))
    form = house.ask("GET", f"{QA}/forms/{task['form']}", token=token)
    items = [item for section in form["sections"] for item in section["items"]]
    answers = {item["id"]: "yes" if item["answer"]["kind"] == "yes_no" else item["answer"]["most"] for item in items}
    first = next(item["id"] for item in items if item["answer"]["kind"] == "yes_no" and not item["fatal"])
    spans = [{"from_s": 1.0, "to_s": 3.0, "item": first, "comment": "没有报单位名称"}]
    said = {"call_id": task["call_id"], "form": task["form"], "answers": {**answers, first: "no"}, "spans": spans}
    return house.ask("POST", f"{QA}/scores", said, token)


def test_the_agent_hears_it_and_appeals_and_somebody_else_decides(visit, scored):
    path = f"/qa/reviews/{scored['call_id']}?form={scored['form']}"
    agent = visit(f"agent{scored['agent']}")
    page = agent.open("/qa/mine")
    row = page.locator(f'[data-score="{scored["id"]}"]')
    expect(row).to_contain_text("已评分", timeout=30_000)
    assert agent.barriers() == []
    agent.picture("qa_mine")
    row.get_by_role("link").click()
    expect(page.locator(".qa-marks")).to_contain_text("没有报单位名称", timeout=30_000)
    # To be heard, not to be changed.
    page.locator("[data-seek]").first.click()
    expect(page.locator("[data-wave-seek]")).to_have_attribute("aria-valuenow", "1")
    expect(page.locator("[data-item] [role=radio]")).to_have_count(0)
    page.get_by_role("button", name="申诉").click()
    page.locator("dialog textarea").fill("开头报了单位名称，录音前两秒")
    page.keyboard.press("Tab")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator('[data-state-of-score="appealed"]')).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="申诉")).to_have_count(0)
    agent.picture("qa_appealed")
    # Who scored it does not decide; the supervisor does, with the form open.
    scorer = visit("qa").open(path)
    expect(scorer.locator('[data-state-of-score="appealed"]')).to_be_visible(timeout=30_000)
    expect(scorer.locator("#qa-uphold")).to_have_count(0)
    lead = visit("supervisor")
    leads = lead.open("/qa")
    expect(leads.locator("#qa-appeals .ag-row")).not_to_have_count(0, timeout=30_000)
    lead.picture("qa_appeals")
    leads = lead.open(path)
    expect(leads.locator("#qa-uphold")).to_be_visible(timeout=30_000)
    leads.locator("#qa-submit").click()
    expect(leads.locator("#qa-problem")).to_contain_text("裁定须写明理由")
    leads.locator("[data-item]").first.get_by_text("是", exact=True).click()
    expect(leads.locator("#qa-total .qa-hero")).to_have_text("100.0")
    leads.locator("#qa-note").fill("重听确认，已报单位名称")
    leads.locator("#qa-submit").click()
    expect(leads.locator('[data-state-of-score="changed"]')).to_be_visible(timeout=30_000)
    expect(leads.locator(".qa-story")).to_contain_text("原评分")
    lead.picture("qa_decided")
    page.reload()
    expect(page.locator(".qa-story")).to_contain_text("重听确认", timeout=30_000)


def test_a_round_is_scored_blind_and_shows_its_agreement_afterwards(visit, house, scored):
    token = house.token("qa")
    names = ["qa", "qa2", "qa3"]
    body = {"name": "浏览器校准", "form": scored["form"], "calls": [scored["call_id"]], "scorers": names}
    made = house.ask("POST", f"{QA}/rounds", body, token)
    window = visit("qa")
    page = window.open(f"/qa/calibration?round={made['id']}")
    expect(page.locator("[role=status]", has_text="0")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="通话 1").click()
    expect(page.locator(".qa-head")).to_contain_text("校准盲评", timeout=30_000)
    # What the others gave, and what was given outside the round, is not here.
    expect(page.locator("[data-item] [aria-checked=true]")).to_have_count(0)
    answers = {**scored["answers"]}
    for n, name in enumerate(names):
        own = {**answers, "tone": 5 - n} if "tone" in answers else answers
        said = {"call_id": scored["call_id"], "form": scored["form"], "answers": own, "round": made["id"]}
        house.ask("POST", f"{QA}/scores", said, house.token(name))
    page = window.open(f"/qa/calibration?round={made['id']}")
    expect(page.get_by_text("两两一致")).to_be_visible(timeout=30_000)
    expect(page.locator(".qa-main")).to_contain_text("偏宽")
    assert window.barriers() == []
    window.picture("qa_calibration")


def test_a_call_without_recording_can_be_looked_at_and_says_why_it_is_silent(visit, house):
    token = house.token("qa")
    calls = house.ask("GET", "/api/v1/calls?outcome=answered&limit=100", token=token)["items"]
    call = next(one for one in calls if not one["recording"])
    window = visit("qa", 390, 844)
    page = window.open(f"/qa/reviews/{call['id']}")
    expect(page.locator(".qa-player")).to_contain_text("没有录音", timeout=30_000)
    expect(page.locator("[data-item]").first).to_be_visible()
    window.picture("qa_phone")
    page.locator("#qa-submit").click()
    expect(page.locator("#qa-problem")).to_contain_text("尚未评分")
    page = window.open("/qa/reviews/gone")
    expect(page.get_by_role("alert").or_(page.locator(".refused")).first).to_be_visible(timeout=30_000)
