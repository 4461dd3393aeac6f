"""Records from JSON: what is of another kind is refused by its field, and never made fit."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.installation.definition import Calendar, Queue
from core.records import record

QUEUE = {"id": "general", "name": "General"}


def test_lists_become_tuples_and_whole_numbers_stand_for_fractions() -> None:
    made = record(Queue, {**QUEUE, "skills": ["gas", "water"], "ring_s": 15}, "queues.general", ConfigError)
    assert (made.skills, made.ring_s) == (("gas", "water"), 15.0)
    week = [[["08:00", "20:00"]], [], [], [], [], [], []]
    assert record(Calendar, {"id": "office", "weekly": week}, "calendars.office").weekly[0] == (("08:00", "20:00"),)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"ring_s": "twenty"}, "queues.general.ring_s", "must be a number"),
        ({"ring_s": "20"}, "queues.general.ring_s", "must be a number"),
        ({"ring_s": None}, "queues.general.ring_s", "must be a number"),
        ({"priority": 1.5}, "queues.general.priority", "must be a whole number"),
        ({"announce_wait": 1}, "queues.general.announce_wait", "must be true or false"),
        ({"skills": "gas"}, "queues.general.skills", "must be a list"),
        ({"skills": ["gas", 7]}, "queues.general.skills.1", "must be text"),
        ({"override": "ajar"}, "queues.general.override", "Use one of: , open, closed."),
        ({"name": None}, "queues.general.name", "must be text"),
        ({"colour": "red"}, "queues.general.colour", "Unknown key colour."),
    ],
)
def test_a_value_of_another_kind_is_refused_by_its_field(change: dict[str, object], field: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        record(Queue, {**QUEUE, **change}, "queues.general", ConfigError)
    assert refused.value.field == field
    assert said in str(refused.value)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ConfigError) as refused:
        record(Queue, {"id": "general"}, "queues.general", ConfigError)
    assert refused.value.field == "queues.general.name"
    with pytest.raises(ConfigError) as no_object:
        record(Queue, ["general"], "queues.general", ConfigError)  # type: ignore[arg-type]
    assert no_object.value.field == "queues.general"
