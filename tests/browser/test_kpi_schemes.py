"""Scoring schemes in a real browser: read, copied, changed while the check talks along, tried, saved, taken from a file."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.clock import today

LONG = 60_000


def field(page, at):
    return page.locator(f'[data-field="{at}"] :is(input, select)')


def opened(visit, path, who="director", waits=".scheme-line", **how):
    made = visit(who, **how)
    page = made.open(path)
    expect(page.locator(waits).first).to_be_visible(timeout=LONG)
    return made, page


def editor(visit, like="example-agents", **how):
    """A copy that nobody has saved, with nothing left from before."""
    made, page = opened(visit, f"/kpi/schemes/new?like={like}", **how)
    expect(page.locator(".scheme-right")).to_be_visible(timeout=LONG)
    return made, page


def save(page, version):
    page.locator("#kpi-draft-save").click()
    expect(page).to_have_url(re.compile(rf"saved={version}$"), timeout=LONG)
    expect(page.locator(".scheme-saved")).to_contain_text(f"第 {version} 版已保存")


@pytest.fixture
def kept(house):
    """A scheme of the office's own, version 1."""
    token = house.token("director")
    name = f"kept-{len(house.ask('GET', '/api/v1/kpi/schemes', token=token)['items'])}"
    begins = (today() - timedelta(days=60)).isoformat()
    house.ask(
        "POST", "/api/v1/kpi/schemes/example-agents/copy", {"id": name, "name": "早班考核", "from": begins}, token
    )
    return name


def test_the_list_has_the_examples_labelled_and_compares_two(visit):
    made, page = opened(visit, "/kpi/schemes", waits=".ag-row")
    rows = page.locator(".ag-center-cols-container .ag-row", has_text="示例")
    expect(rows).to_have_count(3)
    made.picture("kpi_schemes")
    assert made.barriers() == []
    for n in range(2):
        page.locator(".ag-row", has_text="示例").locator("input[type=checkbox]").nth(n).check()
    page.get_by_role("link", name="对比所选两个").click()
    expect(page.locator(".scheme-compare")).to_contain_text("仅左侧有")
    expect(page.locator(".scheme-compare")).not_to_contain_text("{")
    made.picture("kpi_schemes_compared")
    assert made.barriers() == []


def test_an_example_is_read_in_words_and_copied(visit):
    made, page = opened(visit, "/kpi/schemes/example-sites", waits=".scheme-sheet")
    expect(page.locator(".scheme-sheet")).to_contain_text("80%：0 分; 95%：100 分; 99%：120 分")
    expect(page.locator(".tag-demo").first).to_contain_text("示例")
    made.picture("kpi_scheme_read")
    assert made.barriers() == []
    page.get_by_role("link", name="复制").click()
    expect(field(page, "name")).to_have_value("远程站点绩效（示例） 副本", timeout=LONG)
    expect(page.locator(".scheme-line")).to_have_count(6)


def test_the_check_talks_along_and_nothing_wrong_is_saved(visit):
    made, page = editor(visit)
    assert made.barriers() == []
    made.picture("kpi_scheme_new")
    field(page, "lines.0.weight").fill("21")
    expect(page.locator(".scheme-weights")).to_contain_text("多出 1")
    # Of handling time less is better: a floor below the target goes back.
    field(page, "lines.0.numbers.floor").fill("4:10")
    beside = page.locator('[data-line="0"] .form-wrong', has_text="底线应高于目标")
    expect(beside).to_be_visible()
    field(page, "lines.2.numbers.target").fill("九十二")
    expect(page.locator('[data-field="lines.2.numbers.target"] .form-wrong')).to_contain_text("不是有效的数值")
    page.locator("#kpi-draft-save").click()
    expect(page.locator("#kpi-draft-said")).to_contain_text("未保存")
    made.picture("kpi_scheme_wrong")
    assert made.barriers() == []
    for at, value in (("0.weight", "20"), ("0.numbers.floor", "7:00"), ("2.numbers.target", "92")):
        field(page, f"lines.{at}").fill(value)
    expect(page.locator(".scheme-right")).to_be_visible()


@pytest.mark.xfail(
    strict=False,
    reason="On a slow machine a value typed while its line is drawn anew is lost now and then: a fault of the editor.",
)
def test_every_kind_of_curve_has_its_fields_and_its_picture(visit):
    made, page = editor(visit)
    field(page, "lines.0.kind").select_option("veto")
    field(page, "lines.0.numbers.limit").fill("15:00")
    field(page, "lines.0.effect").select_option("cap_grade")
    field(page, "lines.0.grade").select_option("C")
    field(page, "lines.2.kind").select_option("points")
    for n, (value, score) in enumerate((("85", "0"), ("90", "100"))):
        field(page, f"lines.2.pairs.{n}.0").fill(value)
        field(page, f"lines.2.pairs.{n}.1").fill(score)
    page.locator('[data-line="2"]').get_by_role("button", name="添加一档").click()
    # A jump: the same value twice.
    field(page, "lines.2.pairs.2.0").fill("90")
    field(page, "lines.2.pairs.2.1").fill("110")
    field(page, "lines.3.kind").select_option("steps")
    for n, (value, score) in enumerate((("10", "60"), ("5", "100"))):
        field(page, f"lines.3.pairs.{n}.0").fill(value)
        field(page, f"lines.3.pairs.{n}.1").fill(score)
    # The veto's weight is spread by hand.
    field(page, "lines.1.weight").fill("40")
    expect(page.locator(".scheme-right")).to_be_visible()
    expect(page.locator(".scheme-line .js-plotly-plot")).to_have_count(9)
    made.picture("kpi_scheme_kinds")
    page.locator('[data-line="4"]').get_by_role("button", name="删除此行").click()
    expect(page.locator(".scheme-line")).to_have_count(8)
    expect(page.locator(".scheme-weights")).to_contain_text("还差 10")
    page.get_by_role("button", name="添加一行指标").click()
    expect(page.locator(".scheme-line")).to_have_count(9)
    expect(page.locator(".scheme-wrong")).to_contain_text("未选择指标")


def test_what_was_typed_is_there_after_a_reload_and_goes_when_one_begins_anew(visit):
    _made, page = editor(visit, "example-supervisors")
    field(page, "name").fill("值班长二〇二七")
    field(page, "lines.0.weight").fill("24")
    expect(page.locator(".scheme-weights")).to_contain_text("还差 1")
    page.reload()
    expect(page.locator("#kpi-draft-note")).to_contain_text("已恢复您之前填写的内容", timeout=LONG)
    expect(field(page, "name")).to_have_value("值班长二〇二七")
    expect(page.locator(".scheme-weights")).to_contain_text("还差 1")
    page.get_by_role("button", name="重新填写").click()
    expect(field(page, "lines.0.weight")).to_have_value("25")
    expect(page.locator(".scheme-right")).to_be_visible()
    page.reload()
    expect(field(page, "lines.0.weight")).to_have_value("25", timeout=LONG)


def test_a_version_is_tried_saved_and_compared_and_days_that_overlap_are_told(visit, kept):
    made, page = opened(visit, f"/kpi/schemes/{kept}")
    expect(page.locator(".scheme-wrong")).to_contain_text("同一天生效", timeout=LONG)
    expect(page.locator('[data-field="begins"] .form-wrong')).to_contain_text("第 1 版")
    field(page, "begins").fill(today().isoformat())
    field(page, "lines.0.weight").fill("10")
    field(page, "lines.2.weight").fill("30")
    expect(page.locator(".scheme-right")).to_be_visible()
    page.locator('[data-sets*="kpi-draft-period"]').select_option("days30")
    page.locator("#kpi-draft-try").click()
    expect(page.locator(".scheme-tried .ag-row").first).to_be_visible(timeout=LONG)
    expect(page.locator(".scheme-facts")).to_contain_text("上升")
    expect(page.locator("#kpi-draft-tried")).to_contain_text("早班考核 第 1 版")
    made.picture("kpi_scheme_tried")
    assert made.barriers() == []
    save(page, 2)
    page.locator(".scheme-versions summary").click()
    page.get_by_role("link", name="差异").click()
    expect(page.locator(".scheme-compare .scheme-differs").first).to_be_visible(timeout=LONG)
    expect(page.locator(".scheme-compare")).to_contain_text("权重")
    made.picture("kpi_scheme_versions")


def test_a_file_goes_out_and_comes_in_and_a_wrong_one_changes_nothing(visit, house, tmp_path):
    made, page = opened(visit, "/kpi/schemes", waits=".ag-row")
    with page.expect_download() as download:
        page.locator(".ag-row", has_text="值班长").get_by_role("link", name="导出").click()
    good = json.loads(download.value.path().read_text("utf-8"))
    assert good["format"] == "hotline-kpi-scheme"
    before = page.locator(".ag-center-cols-container .ag-row").count()
    page.get_by_role("button", name="从文件导入").click()
    box = page.locator("dialog input[type=file]")
    wrong = page.locator("dialog :is(.form-wrong, .form-error)").filter(has_text=re.compile("."))

    def take(content: bytes, said: str) -> None:
        file = tmp_path / "scheme.json"
        file.write_bytes(content)
        box.set_input_files(file)
        page.locator("dialog").get_by_role("button", name="导入", exact=True).click()
        expect(wrong.first).to_contain_text(said)

    take(b"x" * (5 << 20), "文件超过 200 KB")
    take(b"no json", "文件不是 JSON")
    take(json.dumps({**good, "format_version": 9}).encode(), "文件格式为第 9 版")
    made.picture("kpi_schemes_import")
    heavy = json.loads(json.dumps(good))
    heavy["scheme"]["lines"][0]["weight"] += 1
    take(json.dumps(heavy).encode(), "权重合计为 101")
    token = house.token("director")
    assert len(house.ask("GET", "/api/v1/kpi/schemes", token=token)["items"]) == before
    box.set_input_files(files={"name": "s.json", "mimeType": "application/json", "buffer": json.dumps(good).encode()})
    page.locator("dialog").get_by_role("button", name="导入", exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(before + 1)


@pytest.mark.parametrize("who", ["supervisor", "agent8001", "sitemanager"])
def test_who_may_not_change_schemes_reads_them(visit, who):
    made, page = opened(visit, "/kpi/schemes/example-agents", who, ".scheme-sheet")
    expect(page.locator("main").locator("input, select")).to_have_count(0)
    expect(page.get_by_role("link", name="复制")).to_have_count(0)
    assert page.goto(f"{made.home}/kpi/schemes/new").status == 403


def test_it_reads_in_the_dark_in_english_and_narrow(visit):
    made, page = editor(visit, language="en", scheme="dark")
    expect(page.locator(".scheme-aside")).to_contain_text("Nothing is wrong")
    made.picture("kpi_scheme_dark_english")
    assert made.barriers() == []
    narrow, _page = editor(visit, width=390, height=844)
    narrow.picture("kpi_scheme_narrow")
