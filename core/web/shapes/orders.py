"""Work orders: lists, one with its story and clocks, what their process is made of."""

from __future__ import annotations

from pydantic import BaseModel, Field

from core.web.shapes import At, Json


class IdName(BaseModel):
    id: str
    name: str


class Flags(BaseModel):
    """``urged``, ``returned`` and ``attempts`` are counts; ``asked`` is what is waited for."""

    urged: int
    supervised: bool
    extended_to: At | None
    returned: int
    attempts: int
    asked: str


class Order(BaseModel):
    """One line of a list. Numbers are masked by right; names are in the asker's language."""

    id: str
    state: str
    state_name: str
    open: bool
    category: IdName
    urgency: str
    channel: str
    district: str
    address: str
    longitude: float | None
    latitude: float | None
    summary: str
    created_at: At
    created_by: str
    changed_at: At
    closed_at: At | None
    due_at: At | None
    overdue: bool
    flags: Flags
    round: int
    site: str
    site_name: str
    assignee: str
    assignee_name: str
    contact: str | None
    caller: str | None
    customer_id: int | None
    from_call: str | None
    parent: str | None
    version: int
    demo: bool


class Near(Order):
    """``distance_m`` null: it is the same address, and one of both has no place."""

    distance_m: float | None


class Position(BaseModel):
    longitude: float
    latitude: float


class Step(BaseModel):
    """What happened; ``was`` holds what a correction has replaced."""

    seq: int
    at: At
    event: str
    name: str
    from_state: str = Field(alias="from")
    to: str
    to_name: str
    by: str
    by_name: str
    role: str
    round: int
    note: str
    assignee: str
    assignee_name: str
    fields: Json
    was: Json
    position: Position | None
    distance_m: float | None
    device_time: At | None
    device_time_off: bool


class ClockRule(BaseModel):
    urgency: str
    night: bool
    above_mm: int | None
    example: bool
    extended_to: At | None
    given: bool


class Missed(BaseModel):
    due_at: At
    until: At


class Pause(BaseModel):
    began_at: At = Field(alias="from")
    ended_at: At | None = Field(alias="to")


class Clock(BaseModel):
    """``share`` is how much of the limit is used up, 1 at the deadline; ``elapsed_s`` without pauses. ``undone``: when
    it had been met before the work was sent back."""

    clock: str
    name: str
    state: str
    began_at: At
    due_at: At | None
    first_due_at: At
    ended_at: At | None
    elapsed_s: float
    limit_s: float
    share: float
    overdue: bool
    calendar: str
    rule: ClockRule
    missed: list[Missed]
    undone: list[At]
    pauses: list[Pause]


class EventField(BaseModel):
    """One field of a form. ``most`` is the largest number, or how many seconds a time may lie ahead."""

    id: str
    name: str
    kind: str
    required: bool
    choices: list[IdName]
    most: float | None


class Allowed(BaseModel):
    """What the asking person may do now."""

    event: str
    name: str
    to: str
    required: list[str]
    fields: list[EventField]


class Versioned(BaseModel):
    id: str
    version: int


class OrderDetail(Order):
    """``given_due_at`` is a deadline that came with the order; ``called`` is the person's last call to its caller."""

    workflow: Versioned
    diameter_mm: int | None
    given_due_at: At | None
    events: list[Step]
    clocks: list[Clock]
    children: list[Order]
    allowed: list[Allowed]
    called: str


class Rung(BaseModel):
    call_id: str
    order: OrderDetail


class Workflow(Versioned):
    name: str


class OrderState(IdName):
    open: bool
    final: bool


class Transition(IdName):
    sources: list[str] = Field(alias="from")
    to: str
    roles: list[str]
    fields: list[EventField]


class Category(BaseModel):
    """``immediate``: it is dispatched at once; ``leaf``: orders may have it."""

    id: str
    parent: str
    name: str
    name_zh: str
    name_en: str
    path: str
    path_zh: str
    urgency: str
    immediate: bool
    leaf: bool


class Worker(BaseModel):
    name: str
    display_name: str
    role: str


class Site(BaseModel):
    id: str
    name: str
    districts: list[str]
    people: list[Worker]


class Definition(BaseModel):
    workflow: Workflow
    states: list[OrderState]
    events: list[Transition]
    clocks: list[IdName]
    urgencies: list[IdName]
    channels: list[IdName]
    categories: list[Category]
    sites: list[Site]


class OrderPlace(BaseModel):
    name: str
    district: str
    longitude: float
    latitude: float


class OverdueGroup(BaseModel):
    """``ids`` are the first of them."""

    district: str
    site: str
    count: int
    ids: list[str]


class Overdue(BaseModel):
    """``count`` of all; ``items`` by district and site."""

    at: At
    count: int
    items: list[OverdueGroup]
    next: None = None
