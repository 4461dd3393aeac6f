"""Limits of tiles and targets, on both databases: examples until the office sets its own, all or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.errors import BadInput, NotFound
from core.installation.limits import LIMITS, limits, save_limits

NOW = 1_800_000_000.0


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session


def test_what_the_office_has_not_set_is_an_example(session):
    assert limits(session) == {one.key: one for one in LIMITS}
    assert all(one.example for one in LIMITS)
    saved = save_limits(session, {"break": (600, 1200)}, "周敏", NOW)
    session.commit()
    found = limits(session)["break"]
    assert saved["break"] == found
    assert (found.warn, found.bad, found.example, found.changed_by, found.changed_at) == (600, 1200, False, "周敏", NOW)
    assert limits(session)["hold"].example


def test_what_is_sent_as_it_stands_stays_an_example(session):
    talking = limits(session)["talking"]
    saved = save_limits(session, {"talking": (talking.warn, talking.bad), "break": (600, 1200)}, "周敏", NOW)
    assert saved["talking"] == talking
    # Whoever sets the example's own numbers over others has set them.
    talked = save_limits(session, {"talking": (1, 2)}, "周敏", NOW) and save_limits(
        session, {"talking": (talking.warn, talking.bad)}, "周敏", NOW
    )
    assert not talked["talking"].example


def test_a_limit_goes_back_to_its_example(session):
    save_limits(session, {"break": (600, 1200)}, "周敏", NOW)
    assert save_limits(session, {"break": None}, "周敏", NOW)["break"] == {one.key: one for one in LIMITS}["break"]


@pytest.mark.parametrize(
    ("key", "pair", "field"),
    [
        ("break", (900, 900), "break.bad"),
        ("break", (900, 600), "break.bad"),
        ("service", (0.8, 0.9), "service.bad"),
        ("abandon", (0.1, 0.05), "abandon.bad"),
        ("break", (0, 900), "break.warn"),
        ("break", (900, 90_000), "break.bad"),
        ("service", (1.2, 0.6), "service.warn"),
    ],
)
def test_an_impossible_limit_names_its_field_and_changes_nothing(session, key, pair, field):
    before = limits(session)
    with pytest.raises(BadInput) as no:
        save_limits(session, {"talking": (100, 200), key: pair}, "周敏", NOW)
    assert no.value.field == field
    assert limits(session) == before


def test_a_limit_that_is_none_is_named(session):
    with pytest.raises(NotFound) as no:
        save_limits(session, {"coffee": (1, 2)}, "周敏", NOW)
    assert no.value.field == "coffee"
