"""The demo's scored calls: made by the services, labelled, with something in every state."""

import pytest
from sqlalchemy import func, select

from core.config import Settings
from core.db import event_log
from core.db.tables import QaRoundRow, QaScoreRow, QaTaskRow
from core.events import CallAnswered, Event, RecordingSaved
from qa import demo
from qa.service import rounds

NOW = 1_796_000_000.0


@pytest.fixture
def recorded(session):
    """Ten calls of each of two agents, a few hours apart."""
    told = []
    for n in range(20):
        at, call = NOW - 86_400 * 2 - n * 3600, f"c{n:02d}"
        told.append(Event.of(CallAnswered(call, f"{call}-s", f"800{n % 2 + 1}", None), at))
        told.append(Event.of(RecordingSaved(call, f"{call}.wav", 40.0), at + 40))
    event_log.append(session, sorted(told, key=lambda event: event.at_us))
    session.commit()


def test_a_demo_site_has_scores_in_every_state_and_a_round_that_is_whole(session, people, recorded, tmp_path):
    demo.fill(session, Settings(home=tmp_path), NOW)
    given = session.scalars(select(QaScoreRow).where(QaScoreRow.round.is_(None))).all()
    assert len(given) > 3
    assert all(row.demo and row.spans and row.part in ("random", "risk") for row in given)
    assert {"scored", "accepted", "appealed"} <= {row.state for row in given}
    assert session.scalar(select(func.count()).select_from(QaTaskRow).where(QaTaskRow.state == "scored")) == len(given)
    made = session.scalars(select(QaRoundRow)).one()
    assert rounds.result(session, made.id).pairs


def test_without_recordings_there_is_nothing_to_show(session, people, tmp_path):
    demo.fill(session, Settings(home=tmp_path), NOW)
    assert session.scalars(select(QaScoreRow)).all() == []
