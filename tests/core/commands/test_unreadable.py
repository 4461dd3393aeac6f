"""What the list of facts that cannot be read says to people."""

from pathlib import Path

import pytest

from core.commands.unreadable import as_text
from core.i18n import set_language


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("ConversionException", "其中有数值无法计入指标"),
        ("at_us is no time", "其时间无效"),
        ("DatabaseError", "其数据已损坏"),
        ("Expecting value: line 1 column 1 (char 0)", "其数据已损坏"),
    ],
)
def test_why_a_fact_cannot_be_read_is_said_in_the_readers_language(problem, said):
    set_language("zh_CN")
    text = as_text({"items": [{"of": "event_log", "place": "event_log:7", "problem": problem}]}, Path("/site"))
    assert f"  event_log:7  {said}\n" in text
    assert problem not in text


def test_a_line_of_the_journal_is_named_by_its_place_alone():
    text = as_text({"items": [{"of": "journal", "place": "refused.log:1", "problem": ""}]}, Path("/site"))
    assert "  refused.log:1\n" in text
