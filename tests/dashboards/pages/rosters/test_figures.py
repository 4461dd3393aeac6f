"""The figures of the rosters: what is drawn of what planning says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import orjson
import pytest

from dashboards.pages.rosters import figures

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("values", "end"), [([], 2), ([None], 2), ([0.3], 2), ([7], 8), ([8], 8), ([8.1], 10), ([9000], 9000)]
)
def test_an_axis_ends_at_a_number_that_people_read(values, end) -> None:
    assert figures.ceiling(values) == end


def days(value, count=2):
    return [[value] * 96 for _ in range(count)]


def test_coverage_marks_what_is_missing_between_those_there_and_those_needed() -> None:
    found = {
        "needed": [*days(4, 1), *days(None, 1)],
        "rostered": days(3.0),
        "marks": ["w" * 4 + "b" * 2 + "." * 90, "." * 96],
    }
    drawn = figures.coverage({**found, "past": 1})
    area, warn, bad, past, ahead = drawn.data
    assert area.fill == "tozeroy"
    assert (list(warn.x), set(warn.base), set(warn.y)) == ([0.5, 1.5, 2.5, 3.5], {3.0}, {1.0})
    assert (warn.marker.color, bad.marker.color, list(bad.x)) == ("var(--warn)", "var(--bad)", [4.5, 5.5])
    # Days that are over need what their calls needed: another line.
    assert (past.line.color, ahead.line.color) == ("var(--last-period)", "var(--text)")
    assert set(ahead.y) == {None}
    assert list(drawn.layout.yaxis.range) == [0, 4]
    orjson.dumps(drawn.to_plotly_json(), option=orjson.OPT_NON_STR_KEYS)


def test_the_forecast_is_three_lines_from_zero_with_the_days_under_them() -> None:
    found = {"forecast": [[3.0] * 48], "baseline": [[5.0] * 48], "actual": [[None] * 48]}
    drawn = figures.forecast(found, ["11-25 Wed"])
    assert [one.line.color for one in drawn.data] == ["var(--last-period)", "var(--text)", "var(--accent)"]
    assert drawn.layout.yaxis.range[0] == 0
    assert list(drawn.layout.xaxis.ticktext) == ["11-25 Wed"]


def test_a_shift_is_plan_and_states_on_one_axis_and_what_was_off_under_them() -> None:
    def piece(start: str, end: str, plan: str, state: str, adherent: bool):
        at = {"from": f"2026-11-25T{start}:00.000Z", "to": f"2026-11-25T{end}:00.000Z"}
        return {**at, "plan": plan, "state": state, "adherent": adherent}

    found = {
        "shift": {"starts_at": "2026-11-25T00:00:00.000Z", "ends_at": "2026-11-25T08:00:00.000Z"},
        "pieces": [
            piece("00:00", "01:00", "work", "ready", True),
            piece("01:00", "02:00", "work", "offline", False),
            piece("02:00", "08:00", "break", "break", True),
        ],
    }
    plans = {"plan_work": "work", "plan_break": "break planned"}
    plan, states, off = figures.adherence(found, ZONE, plans, {"ready": "Ready"}).data
    assert list(plan.x) == [7200, 21600]
    assert list(states.marker.color) == ["var(--s-ready)", "var(--s-offline)", "var(--s-break)"]
    assert states.customdata[0] == "08:00:00–09:00:00 work · Ready"
    assert (list(off.base), list(off.x)) == ([3600], [3600])
