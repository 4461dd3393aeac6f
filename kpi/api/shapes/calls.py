"""Calls from the marts. Seconds are null where nobody knows them (yet)."""

from __future__ import annotations

from pydantic import BaseModel

from core.web.shapes import At, Json


class Call(BaseModel):
    """``handling_seconds`` is all of its agents' talk, hold and after-call work; ``transferred`` blind or attended;
    ``category`` the id, ``category_name`` in the reader's language."""

    id: str
    direction: str
    caller: str | None
    did: str | None
    trunk: str | None
    flow: str | None
    queue: str | None
    first_queue: str | None
    agent: str | None
    first_agent: str | None
    outcome: str | None
    end_reason: str | None
    arrived_at: At
    queued_at: At | None
    answered_at: At | None
    talking_since: At | None
    ended_at: At | None
    ivr_seconds: float | None
    wait_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    wrap_up_seconds: float | None
    caller_talk_seconds: float | None
    handling_seconds: float | None
    segment_count: int
    transferred: str | None
    category: str | None
    category_name: str | None
    note: str | None
    recording: bool
    recording_seconds: float | None
    order_id: str | None
    demo: bool


class Segment(BaseModel):
    """One agent's (or dialled party's) share of the call."""

    id: str
    extension: str | None
    queue: str | None
    ring_outcome: str | None
    reason: str | None
    rang_at: At | None
    answered_at: At | None
    ended_at: At | None
    wrap_up_ended_at: At | None
    ring_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    wrap_up_seconds: float | None
    transfer_method: str | None
    transfer_target: str | None
    category: str | None
    category_name: str | None
    note: str | None


class QueueVisit(BaseModel):
    """``to`` is where the call went from the queue."""

    queue: str
    outcome: str | None
    left_how: str | None
    to: str | None
    agent: str | None
    segment_id: str | None
    entered_at: At
    left_at: At | None
    wait_seconds: float | None


class CallEvent(BaseModel):
    """``facts`` as in docs/events.md, numbers masked by right."""

    at: At
    kind: str
    version: int
    facts: Json


class WholeCall(Call):
    segments: list[Segment]
    queue_visits: list[QueueVisit]
    events: list[CallEvent]


class Peaks(BaseModel):
    """The loudest sample (0 to 1) of equal stretches; left is the caller. ``duration`` in seconds."""

    duration: float
    left: list[float]
    right: list[float]
