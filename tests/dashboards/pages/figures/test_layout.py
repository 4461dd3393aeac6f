"""The page of one figure: what its URL says, what its rows say, and that a browser is given only what can be shown."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import BadInput
from dashboards.pages.figures.layout import row, rows_query, said, table

FIGURE = {"numerator": "seconds of talk", "denominator": "answered segments that are over", "n": None}
CALL = {
    "kind": "call",
    "id": "c1",
    "link": "/calls/c1",
    "at": "2026-11-23T04:00:00.000Z",
    "until": None,
    "names": {"queue": "综合", "agent": "王芳"},
    "numerator": 60.0,
    "denominator": 1.0,
}


def test_the_url_s_words_are_read_as_links_write_them():
    wanted = rows_query(
        {"indicator": "aht", "from": "2026-11-23T04:00:00.000Z", "to": "2026-11-24 08:30", "queue": "a", "page": "3"}
    )
    assert (wanted.indicator, wanted.chosen, wanted.skip) == ("aht", {"queue": "a"}, 1000)
    assert wanted.start == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert wanted.end.isoformat() == "2026-11-24T08:30:00"
    # As browsers send a plus sign that was not escaped.
    assert rows_query({"from": "2026-11-23T04:00:00 08:00"}).start.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(("given", "field"), [({"from": "soon"}, "from"), ({"level": "both"}, "level")])
def test_what_cannot_be_read_is_named(given, field):
    with pytest.raises(BadInput) as refused:
        rows_query(given)
    assert refused.value.field == field


def test_a_row_leads_to_its_call_and_shows_its_shares():
    shown = row(CALL, "Asia/Shanghai")
    assert shown["at"] == "[2026-11-23 12:00:00](/calls/c1)"
    assert (shown["queue"], shown["agent"], shown["numerator"], shown["denominator"]) == ("综合", "王芳", 60.0, 1.0)


def test_only_columns_that_hold_something_are_shown():
    fields = [column["field"] for column in table(FIGURE, [row(CALL, "Asia/Shanghai")]).columnDefs]
    assert fields == ["at", "what", "queue", "agent", "numerator", "denominator"]


@pytest.mark.parametrize(
    ("words", "n", "shown"),
    [
        ("n 分钟内已回拨的放弃来电人", 60, "60 分钟内已回拨的放弃来电人"),
        ("在n天内", 7, "在7天内"),
        ("lost callers called back within n minutes", 30, "lost callers called back within 30 minutes"),
        ("seconds of talk", None, "seconds of talk"),
    ],
)
def test_what_is_counted_says_the_n_of_the_figure(words, n, shown):
    assert said("numerator", {"numerator": words, "n": n}) == shown


def test_a_number_is_grouped_as_everywhere():
    lost = {**CALL, "kind": "caller", "id": "13900000059", "names": {}}
    assert row(lost, "Asia/Shanghai")["id"] == "139 0000 0059"
