"""The installation: queues, agents, flows, calendars, numbers as they stand, and what a form can choose from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core.installation.definition import RingStrategy
from core.web.shapes import Applied, At, Json, Page


class Use(BaseModel):
    """Who leads there: ``field`` is where in it, a queue's ``on_closed`` or a flow's node."""

    kind: Literal["queue", "flow", "number", "dial_right", "category"]
    id: str
    field: str


class Versioned(BaseModel):
    """``version`` goes back with a change. Nobody has changed what the installation began with."""

    version: str
    used_by: list[Use]
    changed_by: str
    changed_at: At | None


class CallTarget(BaseModel):
    target: str
    name: str


class Bounds(BaseModel):
    least: float
    most: float


class Serving(BaseModel):
    """Level 1 is rung first, 9 last."""

    extension: str
    name: str
    level: int


class Queue(Versioned):
    """Times in seconds; targets are ``queue:ID``, ``flow:ID``, ``extension:N``, ``number:N``, ``hangup``, or one of the
    refusals. ``override`` is a supervisor's word over the calendar (``PUT …/override``)."""

    id: str
    name: str
    ring_s: float
    wrap_up_s: float
    max_wait_s: float
    service_level_s: float
    priority: int
    skills: list[str]
    announce_every_s: float
    announce_position: bool
    announce_wait: bool
    overflow_waiting: int | None
    on_overflow: str
    on_max_wait: str
    on_no_agents: str | None
    calendar: str | None
    on_closed: str
    warn_wait_s: float
    alarm_wait_s: float
    name_en: str
    ring_strategy: RingStrategy
    override: Literal["", "open", "closed"]
    agents: list[Serving]


class QueueChoices(BaseModel):
    """``limits`` by field: the least and the most that are possible."""

    calendars: list[str]
    targets: list[CallTarget]
    refusals: list[str]
    skills: list[str]
    ring_strategies: list[RingStrategy]
    limits: dict[str, Bounds]


class Queues(Page[Queue]):
    choices: QueueChoices


class QueueSaved(Queue):
    telephony: Applied


class Agent(Versioned):
    """``queues`` are levels by queue; ``user`` is who signs in with it; without a ``phone`` nobody rings."""

    extension: str
    name: str
    queues: dict[str, int]
    skills: list[str]
    group: str
    user: str | None
    phone: bool


class QueueToServe(BaseModel):
    id: str
    name: str
    skills: list[str]


class AgentChoices(BaseModel):
    """``phones`` have no agent yet."""

    queues: list[QueueToServe]
    skills: list[str]
    groups: list[str]
    phones: list[str]


class Agents(Page[Agent]):
    choices: AgentChoices


class AgentSaved(Agent):
    telephony: Applied


class Calendar(Versioned):
    """``weekly`` is a list for each day, Monday first, of pairs such as ``["08:00", "20:00"]``."""

    id: str
    weekly: list[list[list[str]]]
    holidays: list[str]
    workdays: list[str]
    timezone: str


class CalendarChoices(BaseModel):
    """``timezone`` is the installation's own."""

    timezone: str


class Calendars(Page[Calendar]):
    choices: CalendarChoices


class CalendarSaved(Calendar):
    telephony: Applied


class Did(Versioned):
    number: str
    target: str


class DidChoices(BaseModel):
    targets: list[CallTarget]


class Dids(Page[Did]):
    choices: DidChoices


class DidSaved(Did):
    telephony: Applied


class FlowFault(BaseModel):
    field: str
    problem: str
    remedy: str


class FlowDraft(BaseModel):
    """``based_on`` is the version it was begun from, 0 for a new flow; with ``faults`` it cannot be published."""

    version: str
    based_on: int
    start: str
    nodes: dict[str, Json]
    changed_by: str
    changed_at: At
    faults: list[FlowFault]


class Flow(BaseModel):
    """``version`` 0: only a draft as yet. Steps are described in ``docs/installation.md``."""

    id: str
    version: int
    start: str
    nodes: dict[str, Json]
    used_by: list[Use]
    changed_by: str
    changed_at: At | None
    draft: FlowDraft | None


class QueueNamed(BaseModel):
    id: str
    name: str


class FlowChoices(BaseModel):
    """``clips`` are the recordings that are there, and the built-in tones."""

    queues: list[QueueNamed]
    calendars: list[str]
    targets: list[CallTarget]
    clips: list[str]


class Flows(Page[Flow]):
    choices: FlowChoices


class FlowSaved(Flow):
    telephony: Applied


class FlowVersion(BaseModel):
    version: int
    start: str
    nodes: dict[str, Json]
    changed_by: str
    changed_at: At | None


class Retired(BaseModel):
    id: str
    telephony: Applied
