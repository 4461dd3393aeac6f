"""What people write down for scores in a real browser: with a file as evidence, agreed to by another, withdrawn."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from tests.clock import today

LONG = 60_000
INPUTS = "/api/v1/kpi/inputs"


def opened(visit, who="supervisor", **how):
    made = visit(who, **how)
    page = made.open("/kpi/inputs?state=all")
    expect(page.get_by_role("button", name="录入…")).to_be_visible(timeout=LONG)
    return made, page


def field(page, name):
    return page.locator(f'dialog [name="{name}"]')


def test_an_entry_is_made_with_a_file_agreed_to_by_another_and_withdrawn(visit, house, tmp_path):
    made, page = opened(visit)
    page.get_by_role("button", name="录入…").click()
    day = (today() - timedelta(days=2)).isoformat()
    field(page, "indicator").select_option("manual.commendations")
    field(page, "who").select_option("8004")
    field(page, "from").fill(day)
    field(page, "to").fill(day)
    field(page, "value").fill("2")
    page.locator("dialog").get_by_role("button", name="录入", exact=True).click()
    expect(page.locator("dialog .form-wrong, dialog .form-error").filter(has_text="凭据").first).to_be_visible()
    made.picture("kpi_inputs_wrong")
    letter = tmp_path / "感谢信.txt"
    letter.write_text("感谢热线的同志。", "utf-8")
    field(page, "evidence").set_input_files(letter)
    page.locator("dialog").get_by_role("button", name="录入", exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)
    row = page.locator("[data-entry]", has_text="感谢信.txt").first
    expect(row).to_contain_text(day)
    made.picture("kpi_inputs")
    assert made.barriers() == []
    # Whoever wrote it down does not agree to it.
    expect(row.locator('[data-act="consent"]')).to_have_count(0)

    other, page = opened(visit, "director")
    row = page.locator("[data-entry]", has_text="感谢信.txt").first
    row.locator('[data-act="consent"]').click()
    expect(row).to_contain_text("director")
    row.get_by_role("button", name="撤回…").click()
    field(page, "why").fill("同一封信已录入")
    page.locator("dialog").get_by_role("button", name="撤回", exact=True).click()
    expect(row).to_contain_text("同一封信已录入")
    other.picture("kpi_inputs_withdrawn")
    found = house.ask("GET", f"{INPUTS}?state=withdrawn", token=house.token("director"))["items"]
    assert [one["who"] for one in found if one["evidence"] and one["evidence"]["name"] == "感谢信.txt"] == ["8004"]


def test_a_file_is_taken_in_whole_or_not_at_all(visit, house, tmp_path):
    _made, page = opened(visit)
    token, day = house.token("director"), (today() - timedelta(days=3)).isoformat()
    before = len(house.ask("GET", INPUTS, token=token)["items"])
    head = "指标,工号,类别,开始日期,结束日期,数值,应出勤,说明,链接\n"
    good = f"manual.training,8005,agent,{day},{day},88,,,https://files.example/1\n"

    def take(content: str) -> None:
        file = tmp_path / "entries.csv"
        file.write_text(content, "utf-8")
        page.locator("dialog input[type=file]").set_input_files(file)
        page.locator("dialog").get_by_role("button", name="导入", exact=True).click()

    page.get_by_role("button", name="导入文件…").click()
    take(head + good + good.replace("8005", "nobody"))
    expect(page.locator("dialog :is(.form-wrong, .form-error)").filter(has_text="nobody").first).to_be_visible()
    assert len(house.ask("GET", INPUTS, token=token)["items"]) == before
    take(head + good)
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("[data-entry]", has_text="88").first).to_be_visible()


def test_agents_have_no_such_page_and_it_reads_narrow_dark_and_in_english(visit):
    agent = visit("agent8001")
    agent.open("/desk")
    assert agent.page.goto(f"{agent.home}/kpi/inputs").status == 403
    made = visit("director", language="en", scheme="dark")
    page = made.open("/kpi/inputs?state=all")
    expect(page.get_by_role("button", name="Write down…")).to_be_visible(timeout=LONG)
    made.picture("kpi_inputs_dark_english")
    assert made.barriers() == []
    narrow = visit("director", width=390, height=844)
    expect(narrow.open("/kpi/inputs?state=all").get_by_role("button", name="录入…")).to_be_visible(timeout=LONG)
    narrow.picture("kpi_inputs_narrow")
