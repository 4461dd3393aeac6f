"""The floor: queues, agents and calls that are up; what is asked of them; steering, trunks, dialling, limits."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from core.web.shapes import Applied, At, Page


class QueueNow(BaseModel):
    """``expected_wait_s`` is what the next caller would wait, null when unknown or nobody is on duty."""

    id: str
    name: str
    name_en: str = ""
    waiting: int
    longest_wait_s: float = 0.0
    longest_wait_since: At | None = None
    ready: int = 0
    talking: int = 0
    staffed: int = 0
    expected_wait_s: float | None = None
    answered_at: At | None = None
    service_level_s: float = 20.0
    warn_wait_s: float = 60.0
    alarm_wait_s: float = 120.0
    open: bool = True
    override: Literal["", "open", "closed"] = ""


class AgentNow(BaseModel):
    """A wall is given the names of its tiles and no more."""

    extension: str
    name: str = ""
    group: str = ""
    state: str
    since: At | None = None
    talking_since: At | None = None
    reason: str | None = None
    call_id: str | None = None
    queue: str | None = None
    registered: bool = True
    queues: list[str] = []
    wanted: str | None = None


class Returned(BaseModel):
    """Where a transfer should have gone whose call came back, and why."""

    target: str
    why: str


class Supervising(BaseModel):
    id: str
    by: str
    tab: str
    extension: str
    mode: Literal["listen", "whisper", "barge", "take_over"]
    since: At


class CallNow(BaseModel):
    """Who may not see numbers is given masked ones, and less than the whole row."""

    id: str
    state: str = ""
    direction: str = ""
    caller: str | None = None
    caller_name: str = ""
    did: str | None = None
    queue: str | None = None
    agent: str | None = None
    segment_id: str | None = None
    since: At | None = None
    arrived_at: At | None = None
    queued_at: At | None = None
    answered_at: At | None = None
    held: bool = False
    recording: bool = False
    recording_failed: bool = False
    position: int | None = None
    demo: bool = False
    order_id: str | None = None
    parties: list[str] = []
    tabs: list[str] = []
    priority: int = 0
    returned: Returned | None = None
    supervision: list[Supervising] = []


class Announcement(BaseModel):
    """``area`` null is everybody; ``active_until`` null: until somebody ends it."""

    id: int
    text: str
    area: str | None
    active_from: At
    active_until: At | None
    by: str
    by_name: str


class LiveSnapshot(BaseModel):
    """``stale`` says that the telephony core is away: then this is how it was ``at`` that time. Announcements are those
    that stand, for those who may read them."""

    seq: int
    at: At
    queues: list[QueueNow]
    agents: list[AgentNow]
    calls: list[CallNow]
    announcements: list[Announcement]
    stale: bool
    age_s: float
    health: dict[str, Any]


class Originated(BaseModel):
    call_id: str


class CallAfter(CallNow):
    """The call's live row; without an id when it is over by now."""

    id: str = ""


class Noted(BaseModel):
    call_id: str
    segment_id: str
    category: str
    note: str


class Supervision(BaseModel):
    """``socket`` is where the browser listens and speaks."""

    mode: Literal["listen", "whisper", "barge", "take_over", "stop"]
    socket: str = ""


class Steered(BaseModel):
    done: Literal["assign", "move", "prioritise", "transfer", "end"]


class QueueOverride(BaseModel):
    queue: str
    state: Literal["", "open", "closed"]
    telephony: Applied


class AnnouncementChanged(Announcement):
    telephony: Applied


class Area(BaseModel):
    """``callers`` is how many numbers would hear an announcement there."""

    name: str
    callers: int


class Announcements(Page[Announcement]):
    """Those that stand, and the areas there could be one for."""

    areas: list[Area]


class Message(BaseModel):
    """``to`` null is everybody."""

    id: int
    at: At
    by: str
    to: str | None
    text: str


class CallMark(BaseModel):
    call_id: str
    kind: Literal["qa", "training"]
    note: str
    by: str
    at: float


class WallLink(BaseModel):
    path: str
    expires_in: int


class WallLinksEnded(BaseModel):
    ended: bool


class Gateway(BaseModel):
    """``state`` null: nobody has asked it yet."""

    address: str
    state: str | None


class Trunk(BaseModel):
    id: str
    peers: list[str]
    gateway: str | None
    gateways: list[Gateway]
    trusted: bool
    state: str | None


class TrunkNumber(BaseModel):
    number: str
    target: str


class Trunks(Page[Trunk]):
    """Trunks with whether they answer, and the numbers with where they lead."""

    numbers: list[TrunkNumber]


class TrunkSaved(BaseModel):
    id: str
    telephony: Applied


class PhoneSaved(BaseModel):
    extension: str
    telephony: Applied


class DialRight(BaseModel):
    subject: str
    classes: list[str]
    hours: str | None
    most_at_once: int | None
    example: bool
    changed_by: str
    changed_at: At | None


class NumberRule(BaseModel):
    pattern: str
    number_class: str
    name: str
    example: bool


class Dialling(BaseModel):
    area_code: str
    classes: list[str]
    rights: list[DialRight]
    numbers: list[NumberRule]


class DialCheck(BaseModel):
    """Whose right it is and what it says stand there where an extension was named."""

    number: str
    normal: str
    number_class: str
    extension: str = ""
    role: str = ""
    right: str = ""
    allowed: bool | None = None


class DialRightSaved(BaseModel):
    subject: str
    telephony: Applied


class NumbersSaved(BaseModel):
    rules: int
    telephony: Applied


class Limit(BaseModel):
    """``warn`` is amber, or the target itself; ``bad`` is red and lies beyond it. Seconds, or shares from 0 to 1."""

    key: str
    name: str
    unit: Literal["seconds", "share"]
    warn: float
    bad: float
    lower_is_better: bool
    example: bool
    changed_by: str
    changed_at: At | None


class Limits(BaseModel):
    """By key."""

    limits: dict[str, Limit]
