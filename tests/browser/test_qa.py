"""The path of a QA person: a sample is drawn, a call is heard and scored, its agent appeals, somebody else decides, and
the score counts; a calibration round is scored blind and its agreement shown."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

from tests.house.running import until

QA = "/api/v1/qa"
FIRST = "#qa-tasks .ag-row a"


@pytest.fixture(scope="module")
def plan(house):
    """A plan of this file's own: what it draws was drawn by nobody else."""
    token = house.token("qa")
    made = house.ask(
        "POST",
        f"{QA}/plans",
        {
            "name": "浏览器",
            "form": "example-water-repair",
            "rules": {"random": {"per_agent_week": 3}, "risk": {"per_agent_week": 0}},
        },
        token,
    )
    return made["id"]


@pytest.fixture
def drawn(house, plan):
    """There is something to score, whichever test comes first."""
    token = house.token("qa")
    if not house.ask("GET", f"{QA}/worklist", token=token)["items"]:
        house.ask("POST", f"{QA}/plans/{plan}/draw", {"seed": 8}, token)


@pytest.fixture
def scorer(visit):
    return visit("qa", 1366, 768)


def draw(page, plan, seed):
    page.locator(f'[data-plan="{plan}"]').get_by_role("button", name="立即抽样").click()
    page.fill("dialog input[name=seed]", str(seed))
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0, timeout=30_000)
    expect(page.locator(f'[data-plan="{plan}"]')).to_contain_text(f"种子 {seed}")


def open_first(window):
    """The first call of the list, and its address."""
    link = window.page.locator(FIRST).first
    expect(link).to_be_visible(timeout=30_000)
    path = link.get_attribute("href")
    window.open(path)
    expect(window.page.locator("[data-item]").first).to_be_visible(timeout=30_000)
    return path


def answer_all(page):
    """By keys alone: every item the best answer, the last but one that counts a no."""
    page.locator("[data-item][data-keys]").first.click(position={"x": 5, "y": 5})
    count = page.locator("[data-item][data-keys]").count()
    for n in range(count):
        row = page.locator("[data-item][data-keys]").nth(n)
        expect(row).to_have_attribute("data-current", "1")
        page.keyboard.press("3" if n == 1 else row.get_attribute("data-keys").split(",")[0])
        page.keyboard.press("ArrowDown")
    return count


def test_a_sample_is_drawn_and_stands_on_the_list(scorer, plan):
    page = scorer.open("/qa")
    draw(page, plan, 7)
    expect(page.locator(FIRST).first).to_be_visible()
    assert scorer.barriers() == []
    scorer.picture("qa_samples")


def test_a_call_is_heard_and_marked_by_keys(scorer, drawn):
    page = scorer.open("/qa")
    open_first(scorer)
    place = page.locator("[data-wave-seek]")
    expect(page.locator(".qa-wave .js-plotly-plot .scatterlayer path").first).to_be_attached(timeout=15_000)
    # The sound, by keys.
    page.keyboard.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuenow", "3")
    page.keyboard.press("l")
    expect(page.locator('[data-speed="1.25"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(" ")
    expect(page.locator('[data-play="toggle"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(page.locator('[data-play="mark"]')).to_contain_text("结束选段")
    until(lambda: page.evaluate("document.getElementById('qa-audio').currentTime") > 4, 20)
    page.keyboard.press("m")
    page.keyboard.press(" ")
    expect(page.locator('[data-play="toggle"]')).to_have_attribute("aria-pressed", "false")
    comment = page.locator(".qa-comment input")
    comment.fill("问候完整")
    page.locator(".qa-marks select").select_option("opening")
    expect(page.locator("#qa-stored")).to_contain_text("草稿已保存")
    assert scorer.barriers() == []
    page.reload()
    expect(comment).to_have_value("问候完整", timeout=30_000)


def test_a_call_is_scored_by_keys_with_a_draft_that_survives_and_counts(scorer, drawn, house):
    page = scorer.open("/qa")
    path = open_first(scorer)
    count = answer_all(page)
    total = page.locator("#qa-total")
    expect(total).to_contain_text(f"已评 {count}/{count} 项")
    expect(total.locator(".qa-hero")).not_to_have_text("100.0")
    expect(page.locator("#qa-stored")).to_contain_text("草稿已保存")
    scorer.picture("qa_review")
    # What was filled in survives a reload.
    page.locator("#qa-note").fill("整体良好")
    call = re.search(r"reviews/([^?]+)", path).group(1)
    token = house.token("qa")
    until(lambda: house.ask("GET", f"{QA}/drafts/{call}", token=token)["body"]["note"] == "整体良好", 15)
    score = total.locator(".qa-hero").inner_text()
    page.reload()
    expect(total.locator(".qa-hero")).to_have_text(score, timeout=30_000)
    # A fatal item makes it nothing, and is told with what it would be.
    page.locator("[data-item]").last.get_by_text("违反", exact=True).click()
    expect(total).to_contain_text("一票否决")
    expect(total.locator(".qa-hero")).to_have_text("0.0")
    page.locator("[data-item]").last.get_by_text("未违反", exact=True).click()
    expect(total.locator(".qa-hero")).to_have_text(score)
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state-of-score="scored"]')).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="下一通")).to_be_visible()
    scorer.picture("qa_scored")
    # It counts.
    (given,) = [one for one in house.ask("GET", f"{QA}/scores", token=token)["items"] if one["call_id"] == call]
    until(lambda: counted(house, given["called_at"]) > 0, 30)


def counted(house, called_at):
    """How many calls the mean of QA is of, from this one on."""
    begin = urllib.parse.quote(called_at[:10])
    found = house.ask("GET", f"/api/v1/indicators/qa_mean?from={begin}", token=house.token("supervisor"))
    return found["values"][0]["denominator"]
