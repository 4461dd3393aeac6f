"""Who should be here now, from shifts and leave."""

from zoneinfo import ZoneInfo

from core.rosters.rules import HOUR, Leave, Shift, epoch
from dashboards.pages.floor.shift import current

ZONE = ZoneInfo("Asia/Shanghai")
DAY = "2026-11-25"
MIDNIGHT = epoch(DAY, 0, ZONE)


def shift(extension: str, start_h: float, end_h: float, name: str = "早班") -> Shift:
    return Shift(extension, DAY, MIDNIGHT + start_h * HOUR, MIDNIGHT + end_h * HOUR, name)


def test_the_shift_of_most_is_named_and_everybody_planned_is_counted():
    shifts = [shift("8001", 8, 16), shift("8002", 8, 16), shift("8003", 9, 18, "中班"), shift("8004", 16, 24, "晚班")]
    assert current(shifts, [], MIDNIGHT + 10 * HOUR, ZONE) == {
        "name": "早班",
        "name_en": "",
        "start": "08:00",
        "end": "16:00",
        "others": 1,
        "planned": ["8001", "8002", "8003"],
    }


def test_a_shift_ends_when_the_next_one_begins():
    shifts = [shift("8001", 8, 16), shift("8004", 16, 24, "晚班")]
    found = current(shifts, [], MIDNIGHT + 16 * HOUR, ZONE)
    assert found is not None
    assert (found["name"], found["planned"]) == ("晚班", ["8004"])


def test_who_is_on_approved_leave_is_not_planned_and_who_only_asked_is():
    shifts = [shift("8001", 8, 16), shift("8002", 8, 16)]
    leaves = [
        Leave("8001", MIDNIGHT + 8 * HOUR, MIDNIGHT + 12 * HOUR, "体检"),
        Leave("8002", MIDNIGHT + 8 * HOUR, MIDNIGHT + 12 * HOUR, "体检", "asked"),
    ]
    found = current(shifts, leaves, MIDNIGHT + 9 * HOUR, ZONE)
    assert found is not None
    assert found["planned"] == ["8002"]


def test_before_the_first_shift_there_is_none():
    assert current([shift("8001", 8, 16)], [], MIDNIGHT + 7 * HOUR, ZONE) is None
