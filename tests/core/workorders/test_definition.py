"""A definition is checked before it is published, and goes through a file unchanged."""

from dataclasses import replace

import pytest

from core.errors import BadInput
from core.people.users import Role
from core.workorders.definition import ROLES, ClockRule, Definition, EventField, OrderState, Transition, check
from core.workorders.shipped import DEFAULT

DRAFT, OPEN, CLOSED = (
    OrderState("draft", "Draft"),
    OrderState("open", "Open"),
    OrderState("closed", "Closed", final=True),
)
ACCEPT = Transition("accept", "Accept", ("draft",), "open", ("agent",))
CLOSE = Transition("close", "Close", ("open",), "closed", ("agent",))
SMALL = Definition("small", 1, "Small", "draft", "closed", (DRAFT, OPEN, CLOSED), (ACCEPT, CLOSE))


def test_the_shipped_process_may_be_published():
    check(DEFAULT)


def test_a_definition_goes_through_a_file_unchanged():
    assert Definition.from_json(DEFAULT.to_json()) == DEFAULT


def test_every_event_of_the_specification_is_there():
    assert {event.id for event in DEFAULT.events} >= {
        *("accept", "answer", "dispatch", "take", "return", "reassign", "depart", "arrive", "work", "submit"),
        *("close_out", "send_back", "visit", "not_reached", "reopen", "suspend", "resume", "extend", "merge", "split"),
        *("supervise", "urge", "void"),
    }


def test_roles_are_those_of_the_house():
    assert set(ROLES) <= {role.value for role in Role}


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (replace(SMALL, states=(DRAFT, OPEN, CLOSED, OrderState("lost", "Lost"))), "states.lost"),
        (replace(SMALL, events=(ACCEPT,)), "states.closed"),
        (replace(SMALL, events=(ACCEPT, replace(CLOSE, sources=("draft",)))), "states.open"),
        (replace(SMALL, events=(ACCEPT, replace(CLOSE, roles=("king",)))), "events.close.roles"),
        (replace(SMALL, events=(ACCEPT, replace(CLOSE, roles=()))), "events.close.roles"),
        (replace(SMALL, events=(ACCEPT, replace(CLOSE, to="heaven"))), "events.close.to"),
        (replace(SMALL, events=(ACCEPT, CLOSE, CLOSE)), "events"),
        (replace(SMALL, events=(replace(ACCEPT, guards=("magic",)), CLOSE)), "events.accept.guards"),
        (replace(SMALL, events=(replace(ACCEPT, effects=("magic",)), CLOSE)), "events.accept.effects"),
        (
            replace(SMALL, events=(ACCEPT, CLOSE, replace(ACCEPT, id="again", sources=("closed",)))),
            "events.again.sources",
        ),
        (
            replace(SMALL, events=(replace(ACCEPT, fields=(EventField("x", "X", "choice"),)), CLOSE)),
            "events.accept.fields.x",
        ),
        (replace(SMALL, closed="open"), "closed"),
        (replace(SMALL, clocks=(ClockRule("total", "Total", ("never",), ("closed",)),)), "clocks.total.begins"),
        (
            replace(
                SMALL, clocks=(ClockRule("t", "T", ("accept",), ("closed",), pauses_in=("open",), customers=True),)
            ),
            "clocks.t.pauses_in",
        ),
        (replace(SMALL, day_from=1300, day_to=400), "day_from"),
    ],
)
def test_what_cannot_work_is_refused_and_its_row_is_named(broken, field):
    with pytest.raises(BadInput) as refused:
        check(broken)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[", "definition"),
        ("[]", "definition"),
        ('{"states": 3}', "states"),
        ('{"events": [{"id": "x", "colour": "red"}]}', "events.colour"),
        ('{"id": "x"}', "definition.version"),
    ],
)
def test_a_file_that_is_no_definition_is_refused(text, field):
    with pytest.raises(BadInput) as refused:
        Definition.from_json(text)
    assert refused.value.field == field
