"""The wall's chart of a day: what is drawn of which quarter, and what is written where."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.clock import iso, wall_text
from core.i18n import set_language
from dashboards.pages.wallboard.figures import arrivals, arrivals_json, clock
from dashboards.pages.wallboard.queries import QUARTER_S, quarter_starts
from dashboards.theme import DARK

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("zh_CN")


def today(calls, then=(), *, day=date(2026, 10, 21), zone=SHANGHAI):
    """``calls`` and ``then`` by the number of the quarter."""
    starts = quarter_starts(day, zone)

    def counts(given):
        return [dict(given).get(n, 0) for n in range(len(starts) - 1)]

    return {
        "day": day.isoformat(),
        "quarters": [wall_text(at) for at in starts],
        "first_quarter": iso(starts[0].timestamp()),
        "arrivals": counts(calls),
        "arrivals_week_ago": counts(then),
    }


def drawn(trace):
    """What of a trace is there, by the number of the quarter."""
    return {n: y for n, y in enumerate(trace.y) if y is not None}


def said(figure):
    return {one.text: (one.x, one.y, one.xanchor) for one in figure.layout.annotations}


def test_quarters_that_are_over_are_bars_and_the_running_one_is_a_trace_of_its_own():
    over, running, last_week = arrivals(today({36: 9, 40: 5}, {37: 11}), 40, "Wed").data
    assert (drawn(over), drawn(running)) == ({36: 9}, {40: 5})
    assert (over.x[36], over.width) == (36.5, 0.86)
    assert len(last_week.x) == len(last_week.y) == 97
    assert last_week.line.shape == "hv"


def test_a_bar_says_its_quarter_and_both_days():
    assert arrivals(today({95: 3}, {95: 4}), 96, "last Wed").data[0].hovertext[95] == "23:45–24:00: today 3, last Wed 4"


@pytest.mark.parametrize(("most", "ceiling"), [(1, 4), (4, 4), (5, 8), (101, 120), (9000, 9000)])
def test_the_axis_ends_at_a_round_number_not_below_the_highest(most, ceiling):
    axis = arrivals(today({10: most}, {11: 1}), 40, "").layout.yaxis
    assert (axis.range, axis.tickvals) == ((0, ceiling), (0, ceiling / 2, ceiling))


def test_a_day_without_calls_has_no_figure():
    assert arrivals(today({}), 40, "") is None
    assert arrivals_json(today({}), 0) is None


def test_the_latest_whole_quarter_is_named_above_what_runs_through_its_words():
    assert said(arrivals(today({39: 9, 40: 5}, {45: 11}), 40, "")) == {"<b>9:45–10:00: 9</b>": (39, 11, "left")}
    assert said(arrivals(today({79: 1200}, {70: 11}), 80, "")) == {"<b>19:45–20:00: 1,200</b>": (80, 1200, "right")}


def test_last_weeks_line_is_named_at_its_highest_where_it_goes_on_alone():
    assert said(arrivals(today({}, {30: 50, 70: 11, 90: 40}), 40, "last Wed")) == {"last Wed": (70, 11, None)}
    assert said(arrivals(today({}, {70: 11}), 60, "last Wed")) == {}
    assert said(arrivals(today({95: 1}, {95: 1}), 95, "last Wed")) == {}


def test_the_hour_that_comes_twice_has_its_offset_and_bars_of_its_own():
    back = today({9: 3, 13: 5}, day=date(2026, 10, 25), zone=BERLIN)
    assert [clock(back["quarters"][n]) for n in (0, 9, 13, 99)] == ["0:00", "2:15+02:00", "2:15+01:00", "23:45"]
    assert drawn(arrivals(back, 20, "").data[0]) == {9: 3, 13: 5}
    assert arrivals(back, 20, "").layout.xaxis.ticktext == ("0:00", "4:00", "8:00", "12:00", "16:00", "20:00", "24:00")


def test_the_running_quarter_and_the_weekday_are_those_of_the_moment():
    wednesday = today({40: 5})
    noon = datetime(2026, 10, 21, 10, 7, tzinfo=SHANGHAI).timestamp()
    over, running, _last_week = arrivals_json(wednesday, noon)["data"]
    assert over["y"][40] is None
    assert running["y"][40] == 5
    assert "Wed" in running["hovertext"][40]
    assert arrivals_json(wednesday, noon + QUARTER_S)["data"][0]["y"][40] == 5


def test_all_colours_are_those_of_the_wall_itself():
    noon = datetime(2026, 10, 21, 10, 7, tzinfo=SHANGHAI).timestamp()
    written = str(arrivals_json(today({36: 9, 40: 5}, {70: 11}), noon))
    assert "var(" not in written
    assert DARK["accent"] in written
