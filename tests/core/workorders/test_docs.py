"""The page of work orders shows the process as it is shipped."""

import re
from pathlib import Path

import pytest

from core.workorders.shipped import DEFAULT

TEXT = (Path(__file__).parents[3] / "docs" / "workorders.md").read_text("utf-8")


def rows(first: str) -> list[list[str]]:
    """The cells of the rows that begin with this id; an event and a clock may share one."""
    lines = [line for line in TEXT.splitlines() if line.startswith(f"| `{first}` |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_state_is_there():
    named = re.findall(r"^\| `(\w+)` \| [^|]+ \|$", TEXT, re.MULTILINE)
    assert named == [state.id for state in DEFAULT.states]


@pytest.mark.parametrize("event", DEFAULT.events, ids=lambda event: event.id)
def test_every_event_says_from_where_to_where_by_whom_and_what_it_needs(event):
    row = next(row for row in rows(event.id) if row[4:5] == [", ".join(event.roles)])
    assert row[2] == ", ".join("any open" if one == "*" else one for one in event.sources)
    assert row[3].startswith(event.to or "(flag)")
    assert row[5] == ", ".join(f"**{one.id}**" if one.required else one.id for one in event.fields)


@pytest.mark.parametrize("clock", DEFAULT.clocks, ids=lambda clock: clock.id)
def test_every_clock_is_there_with_what_begins_it(clock):
    assert any(row[2] == ", ".join(clock.begins) for row in rows(clock.id))
