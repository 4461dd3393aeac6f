"""Refused and expensive dialling of the last hour, from the log: whoever dialled may have been started anew since."""

import pytest
from sqlalchemy.orm import Session

from core import events as ev
from core.db import event_log
from core.notify.dialling import at_least, counted

NOW = 1_795_572_000.0


def test_an_hour_of_dialling_is_counted_from_its_facts(session: Session):
    facts = [
        (NOW - 3601, ev.DialRefused(None, "8001", "0019001", "premium", "class")),
        (NOW - 3000, ev.DialRefused(None, "8001", "0019001", "premium", "class")),
        (NOW - 2000, ev.DialRefused("c9", "", "0044", "international", "stranger")),
        # From 80 minutes ago until half an hour ago: half an hour of it is in the hour, and it began before.
        (NOW - 4800, ev.DialledOut("c1", "s1", "8001", "0044123", "international", "city")),
        (NOW - 4700, ev.CallAnswered("c1", "s1", "0044123")),
        (NOW - 4700, ev.CallAnswered("c1", "s0", "8001")),
        (NOW - 1800, ev.SegmentEnded("c1", "s1", "0044123", "caller_hung_up")),
        # Goes on; and one that nobody answered; and one that costs nothing.
        (NOW - 620, ev.DialledOut("c2", "s2", "8001", "0044123", "international", "city")),
        (NOW - 600, ev.CallAnswered("c2", "s2", "0044123")),
        (NOW - 500, ev.DialledOut("c3", "s3", "8001", "16812", "premium", "city")),
        (NOW - 400, ev.DialledOut("c4", "s4", "8001", "87654321", "local", "city")),
        (NOW - 390, ev.CallAnswered("c4", "s4", "87654321")),
    ]
    event_log.append(session, [ev.Event.of(fact, at) for at, fact in facts])
    session.commit()
    assert counted(session.connection(), NOW) == {"refused": 2, "costly_calls": 2, "costly_minutes": 40}


@pytest.mark.parametrize("order", [1, -1])
def test_the_core_and_the_log_are_believed_where_they_know_more(order):
    one, other = {"refused": 3, "costly_calls": 0}, {"refused": 1, "costly_calls": 2, "costly_minutes": 5}
    assert at_least(*(one, other)[::order]) == {"refused": 3, "costly_calls": 2, "costly_minutes": 5}
    # A core that was started anew knows nothing.
    assert at_least({}, other) == other
