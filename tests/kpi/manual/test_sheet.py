"""CSV files as people and spreadsheets write them: whatever is in one, it is read or refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, Several
from core.i18n import translate_error
from kpi.manual import sheet
from kpi.manual.entries import EntryRequest

HEAD = "indicator,who,from,to,value"
ROW = "manual.training,8001,2026-11-01,2026-11-01,90"


def read(*lines, evidence="e-1", encoding="utf-8"):
    return sheet.read("\n".join(lines).encode(encoding), evidence)


def test_columns_may_stand_in_any_order_and_be_named_in_chinese():
    expected = [EntryRequest("manual.training", "8001", "2026-11-01", "2026-11-01", 90, evidence="e-1")]
    assert read(HEAD, ROW) == expected
    assert read("value,to,from,who,indicator", ",".join(reversed(ROW.split(",")))) == expected
    assert read("指标,工号,开始日期,结束日期,数值", "培训,8001,2026/11/1,2026/11/1,90", encoding="gb18030") == expected
    assert read("", HEAD, "", ROW, ",,,,") == expected


def test_evidence_of_a_row_comes_before_that_of_the_sheet():
    head = f"{HEAD},link,evidence,out_of,kind,note"
    (one,) = read(head, f"{ROW},https://a.example,,,,")
    assert (one.link, one.evidence) == ("https://a.example", "")
    (one,) = read(head, f"{ROW},,e-7,,站点,说明")
    assert (one.evidence, one.kind, one.note) == ("e-7", "site", "说明")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "file"),
        ((HEAD,), "file"),
        (("a,b", "1,2"), "file"),
        ((f"{HEAD},value", f"{ROW},1"), "file"),
        (("indicator,who,from,to", "a,b,c,d"), "file"),
        ((HEAD, '"open'), "file"),
        ((HEAD, *([ROW] * (sheet.MOST_ROWS + 1))), "file"),
        ((HEAD, "manual.training,8001,2026-11-01,2026-11-01,many"), "rows.1.value"),
        ((HEAD, ROW, f"manual.training,{'8' * 65},2026-11-01,2026-11-01,90"), "rows.2.who"),
        ((f"{HEAD},kind", f"{ROW},planet"), "rows.1.kind"),
    ],
)
def test_what_cannot_be_read_is_named(lines, field):
    with pytest.raises(BadInput) as refused:
        read(*lines)
    assert refused.value.field == field
    assert all(translate_error(refused.value))


def test_all_wrong_rows_are_told_at_once():
    with pytest.raises(Several) as refused:
        read(HEAD, "a,b,c,d,e", ROW, "a,b,c,d,f")
    assert [one.field for one in refused.value.parts] == ["rows.1.value", "rows.3.value"]


def problem(content):
    """What is wrong with the file, in words; empty for one that is read."""
    try:
        sheet.read(content, "e-1")
    except BadInput as no:
        return " ".join(filter(None, translate_error(no)))
    return ""


@given(st.binary(max_size=300))
def test_bytes_that_are_no_sheet_are_refused_in_words(content):
    assert problem(content)


cells = st.text(alphabet=st.characters(exclude_characters="{", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(cells, min_size=1, max_size=9), min_size=1, max_size=5))
def test_any_cells_are_read_or_refused_in_words(rows):
    text = "\n".join([f"{HEAD},out_of,note,kind,link", *(",".join(row) for row in rows)])
    assert "{" not in problem(text.encode())
