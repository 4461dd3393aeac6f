"""A note finds its own call after the wrap-up has ended, and nobody else's."""

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import event_log
from core.events import Event, WrapUpEnded


def wrapped_up(site, call_id="c1", extension="8001"):
    with Session(site.web.database) as session:
        event_log.append(session, [Event.of(WrapUpEnded(call_id, f"{call_id}-1", extension), utc_now() - 60)])
        session.commit()


@pytest.mark.any_time
async def test_a_draft_is_saved_to_its_own_call_after_the_wrap_up(site):
    wrapped_up(site)
    agent = await site.program("agent8001")
    answer = await agent.post("/api/v1/calls/c1/note", json={"category": "报修/明漏", "note": "阀门漏水"})
    assert (answer.status_code, answer.json()["segment_id"]) == (200, "c1-1")
    with Session(site.web.database) as session:
        told = event_log.for_subject(session.connection(), "c1")
    assert [(one.kind, one.payload["category"], one.payload["note"]) for one in told] == [
        ("wrap_up_ended", "", ""),
        ("call_noted", "repair.leak_visible", "阀门漏水"),
    ]


async def test_nobody_notes_another_agents_call_but_a_supervisor(site):
    wrapped_up(site)
    other, chief = await site.program("agent8002"), await site.program("supervisor")
    body = {"category": "报修/明漏"}
    assert (await other.post("/api/v1/calls/c1/note", json=body)).status_code == 404
    assert (await chief.post("/api/v1/calls/c1/note", json=body)).status_code == 200
    assert (await chief.post("/api/v1/calls/c2/note", json=body)).status_code == 404
    nothing = await chief.post("/api/v1/calls/c1/note", json={})
    assert (nothing.status_code, nothing.json()["field"]) == (422, "note")
