"""What a queue, an agent, a calendar, a number may be: every refusal names the field and a remedy. No database."""

from __future__ import annotations

from typing import Any

import pytest

from core.demo.installation import demo_installation
from core.errors import BadInput
from core.installation.agents import AGENTS
from core.installation.calendars import CALENDARS
from core.installation.editing import Editable, candidate, version_of
from core.installation.numbers import NUMBERS
from core.installation.queues import QUEUES
from core.installation.service import plain

SITE = demo_installation()
EDITABLES: dict[str, Editable[Any, Any]] = {
    "queues": QUEUES,
    "agents": AGENTS,
    "calendars": CALENDARS,
    "dids": NUMBERS,
}


@pytest.mark.parametrize(
    ("part", "name", "given", "field"),
    [
        ("queues", "general", {"ring_s": "twenty"}, "ring_s"),
        ("queues", "general", {"ring_s": 0}, "ring_s"),
        ("queues", "general", {"ring_s": float("nan")}, "ring_s"),
        ("queues", "general", {"name": " "}, "name"),
        ("queues", "general", {"skills": ["a", "a"]}, "skills"),
        ("queues", "general", {"overflow_waiting": -1}, "overflow_waiting"),
        ("queues", "general", {"alarm_wait_s": 10}, "alarm_wait_s"),
        ("queues", "general", {"calendar": "gone"}, "calendar"),
        ("queues", "general", {"on_closed": "queue:gone"}, "on_closed"),
        ("queues", "general", {"on_overflow": "queue:general"}, "on_overflow"),
        ("queues", "general", {"on_no_agents": "extension:9999"}, "on_no_agents"),
        ("queues", "general", {"override": "open"}, "override"),
        ("agents", "8001", {"queues": {"gone": 1}}, "queues"),
        ("agents", "8001", {"queues": {"general": 10}}, "queues.general"),
        ("agents", "8001", {"queues": {"general": "first"}}, "queues.general"),
        ("agents", "8001", {"skills": [""]}, "skills"),
        ("calendars", "office", {"weekly": [[]] * 6}, "weekly"),
        ("calendars", "office", {"weekly": [[["08:00", "12:00"], ["11:00", "17:00"]], *[[]] * 6]}, "weekly"),
        ("calendars", "office", {"holidays": ["1 October"]}, "holidays"),
        ("calendars", "office", {"holidays": ["2026-10-10"], "workdays": ["2026-10-10"]}, "workdays"),
        ("calendars", "office", {"timezone": "Asia/Atlantis"}, "timezone"),
        ("dids", "96000", {"target": "queue:gone"}, "target"),
        ("dids", "96000", {"target": "somewhere"}, "target"),
    ],
)
def test_what_cannot_be_is_refused_by_the_field_that_was_sent(
    part: str, name: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        candidate(EDITABLES[part], SITE, name, given, plain(getattr(SITE, part)[name]))
    assert (refused.value.field, bool(refused.value.remedy), refused.value.status) == (field, True, 422)


@pytest.mark.parametrize(
    ("part", "given", "field"),
    [
        ("queues", {"id": "Nacht!", "name": "夜间"}, "id"),
        ("queues", {"id": "night", "name": "夜间", "ring_s": -1}, "ring_s"),
        ("calendars", {"id": "night", "weekly": []}, "weekly"),
        ("dids", {"number": "96-x", "target": "queue:general"}, "number"),
        ("agents", {"extension": "8777", "name": "无话机"}, "extension"),
    ],
)
def test_a_new_one_that_cannot_be_is_refused_by_its_field(part: str, given: dict[str, Any], field: str) -> None:
    editable = EDITABLES[part]
    with pytest.raises(BadInput) as refused:
        candidate(editable, SITE, given[editable.key], given, {})
    assert (refused.value.field, bool(refused.value.remedy)) == (field, True)


@pytest.mark.parametrize("part", EDITABLES)
def test_all_that_is_shipped_passes_and_keeps_its_version(part: str) -> None:
    editable = EDITABLES[part]
    for name, standing in getattr(SITE, part).items():
        again = candidate(editable, SITE, name, {}, plain(standing))
        assert again == standing
        assert version_of(editable, again) == version_of(editable, standing)


@pytest.mark.parametrize("part", EDITABLES)
def test_every_field_that_can_be_changed_has_a_label(part: str) -> None:
    editable = EDITABLES[part]
    (standing, *_rest) = getattr(SITE, part).values()
    assert set(editable.labels) == set(plain(standing)) - editable.unseen - {editable.key}
