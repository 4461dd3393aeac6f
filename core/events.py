"""What has happened: one frozen record per kind of fact, all of them in this file.

The event log (append only) is the only contract between the live core and everything that analyses it.
A fact's shape never changes: a new meaning is a new ``VERSION`` and staging SQL reads both.
Times are not in the payload: every fact is wrapped in an ``Event`` that says when it happened.

A *call* is everything from the first INVITE to the last BYE, under one ``call_id``. A *segment* is one
agent's (or one dialled party's) share of it: ringing, talking, holding, wrapping up. Durations are derived
from these facts (``docs/events.md``), never stored as the only truth.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

from core.clock import to_micros

Direction = Literal["inbound", "outbound", "internal"]
RingOutcome = Literal["answered", "no_answer", "busy", "declined", "unreachable", "caller_gone", "withdrawn"]
SupervisionMode = Literal["listen", "whisper", "barge", "take_over"]
SupervisionEnd = Literal["stopped", "call_ended", "taken_over", "core_restarted"]
QueueOutcome = Literal["answered", "abandoned", "overflow", "max_wait", "closed", "no_agents", "moved"]
AgentState = Literal["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"]
OrderChannel = Literal["phone", "web", "wechat", "sms", "hotline_12345", "counter", "field"]
Urgency = Literal["normal", "urgent", "emergency"]
ClockState = Literal["running", "paused", "met", "missed", "stopped"]
EndReason = Literal[
    "caller_hung_up",
    "agent_hung_up",
    "flow_ended",
    "failed",
    "dead_media",
    "dead_peer",
    "core_restarted",
    "rejected",
    "supervisor",
]


# What a fact is about is the first of these that it has.
_SUBJECTS = ("call_id", "extension", "order_id")


@dataclass(frozen=True, slots=True)
class Fact:
    """Common root. ``subject`` is what the fact is about: a call, an extension, an order, or ``system``."""

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        return next((found for name in _SUBJECTS if (found := getattr(self, name, None))), "system")


@dataclass(frozen=True, slots=True)
class CallArrived(Fact):
    """The first fact of every call. ``demo`` labels generated traffic; ``order_id`` is set for return visits."""

    KIND: ClassVar[str] = "call_arrived"
    call_id: str
    direction: Direction
    caller: str
    dialled: str
    trunk: str | None = None
    demo: bool = False
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class FlowEntered(Fact):
    """An IVR flow began to serve the call: from here until ``call_queued`` or ``agent_rang`` is IVR time."""

    KIND: ClassVar[str] = "flow_entered"
    call_id: str
    flow: str
    version: int


@dataclass(frozen=True, slots=True)
class MenuChosen(Fact):
    """The caller pressed, said nothing in time, or pressed a key that leads nowhere."""

    KIND: ClassVar[str] = "menu_chosen"
    call_id: str
    node: str
    digits: str
    outcome: Literal["chosen", "timeout", "wrong_key"]


@dataclass(frozen=True, slots=True)
class CallQueued(Fact):
    """The call belongs to ``queue`` from now on. ``position`` counts from 1."""

    KIND: ClassVar[str] = "call_queued"
    call_id: str
    queue: str
    priority: int
    position: int
    expected_wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class QueueLeft(Fact):
    """Exactly one for each ``call_queued``: offered = answered + abandoned + redirected (everything else)."""

    KIND: ClassVar[str] = "queue_left"
    call_id: str
    queue: str
    outcome: QueueOutcome
    to: str | None = None


@dataclass(frozen=True, slots=True)
class AgentRang(Fact):
    """A segment begins: a phone is being called. ``extension`` is an agent's, or the outside number dialled."""

    KIND: ClassVar[str] = "agent_rang"
    call_id: str
    segment_id: str
    extension: str
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class RingEnded(Fact):
    """Exactly one for each ``agent_rang``. ``unreachable`` is routing loss, ``no_answer`` ringing loss."""

    KIND: ClassVar[str] = "ring_ended"
    call_id: str
    segment_id: str
    extension: str
    outcome: RingOutcome


@dataclass(frozen=True, slots=True)
class CallAnswered(Fact):
    """The segment's party and the caller can hear each other from now on."""

    KIND: ClassVar[str] = "call_answered"
    call_id: str
    segment_id: str
    extension: str
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class CallHeld(Fact):
    """``by`` is ``agent`` or ``caller``: whose phone or desk asked for it."""

    KIND: ClassVar[str] = "call_held"
    call_id: str
    segment_id: str
    extension: str
    by: Literal["agent", "caller"]


@dataclass(frozen=True, slots=True)
class CallResumed(Fact):
    KIND: ClassVar[str] = "call_resumed"
    call_id: str
    segment_id: str
    extension: str
    by: Literal["agent", "caller"]


@dataclass(frozen=True, slots=True)
class CallTransferred(Fact):
    """``segment_id`` is the segment that gave the call away; ``target`` an extension, number or queue id."""

    KIND: ClassVar[str] = "call_transferred"
    call_id: str
    segment_id: str
    extension: str
    method: Literal["blind", "attended"]
    target: str


@dataclass(frozen=True, slots=True)
class ConferenceStarted(Fact):
    KIND: ClassVar[str] = "conference_started"
    call_id: str
    segment_id: str
    extension: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SegmentEnded(Fact):
    """The party left the call: hung up, transferred it away, or the caller went. One for each ``call_answered``."""

    KIND: ClassVar[str] = "segment_ended"
    call_id: str
    segment_id: str
    extension: str
    reason: Literal["caller_hung_up", "agent_hung_up", "transferred", "taken_over", "failed", "core_restarted"]


@dataclass(frozen=True, slots=True)
class WrapUpStarted(Fact):
    KIND: ClassVar[str] = "wrap_up_started"
    call_id: str
    segment_id: str
    extension: str
    limit_s: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded(Fact):
    """``category`` and ``note`` are what the agent recorded; empty when the time ran out."""

    KIND: ClassVar[str] = "wrap_up_ended"
    call_id: str
    segment_id: str
    extension: str
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordingStarted(Fact):
    """``path`` is relative to the recordings folder. Left channel: caller; right channel: agent."""

    KIND: ClassVar[str] = "recording_started"
    call_id: str
    path: str


@dataclass(frozen=True, slots=True)
class RecordingSaved(Fact):
    KIND: ClassVar[str] = "recording_saved"
    call_id: str
    path: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordingFailed(Fact):
    """The call goes on without a recording, e.g. ``disk_full``."""

    KIND: ClassVar[str] = "recording_failed"
    call_id: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupervisionStarted(Fact):
    """``by`` is the user, ``extension`` empty for a browser; ``path`` is the supervision's own track (left channel)."""

    KIND: ClassVar[str] = "supervision_started"
    call_id: str
    by: str
    extension: str
    mode: SupervisionMode
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class SupervisionChanged(Fact):
    KIND: ClassVar[str] = "supervision_changed"
    call_id: str
    by: str
    mode: SupervisionMode
    reason: str


@dataclass(frozen=True, slots=True)
class SupervisionEnded(Fact):
    """Exactly one for each ``supervision_started``."""

    KIND: ClassVar[str] = "supervision_ended"
    call_id: str
    by: str
    reason: SupervisionEnd


@dataclass(frozen=True, slots=True)
class SupervisionRecorded(Fact):
    """The track of a supervision is complete on disk."""

    KIND: ClassVar[str] = "supervision_recorded"
    call_id: str
    path: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallPrioritised(Fact):
    """A supervisor put a waiting call before or behind others."""

    KIND: ClassVar[str] = "call_prioritised"
    call_id: str
    queue: str
    priority: int
    by: str


@dataclass(frozen=True, slots=True)
class AnnouncementHeard(Fact):
    """The caller was told of what is known to be wrong, before anything else."""

    KIND: ClassVar[str] = "announcement_heard"
    call_id: str
    announcement: str


@dataclass(frozen=True, slots=True)
class CallEnded(Fact):
    """The last fact of every call."""

    KIND: ClassVar[str] = "call_ended"
    call_id: str
    reason: EndReason
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class AgentStateChanged(Fact):
    """One per change: the agent is in ``state`` from now until the next such fact."""

    KIND: ClassVar[str] = "agent_state_changed"
    extension: str
    state: AgentState
    reason: str = ""
    # Not named call_id: the subject of this fact is the agent.
    during_call: str | None = None


@dataclass(frozen=True, slots=True)
class ExtensionRegistered(Fact):
    KIND: ClassVar[str] = "extension_registered"
    extension: str
    contact: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class ExtensionUnregistered(Fact):
    KIND: ClassVar[str] = "extension_unregistered"
    extension: str
    reason: Literal["asked", "expired", "keep_alive_failed"]


@dataclass(frozen=True, slots=True)
class CoreStarted(Fact):
    """The sip process began with no calls; the writer closes calls that were open before it."""

    KIND: ClassVar[str] = "core_started"
    version: str


@dataclass(frozen=True, slots=True)
class MediaLost(Fact):
    KIND: ClassVar[str] = "media_lost"
    calls: int


@dataclass(frozen=True, slots=True)
class MediaRestored(Fact):
    KIND: ClassVar[str] = "media_restored"
    calls: int


@dataclass(frozen=True, slots=True)
class OrderOpened(Fact):
    """A work order exists; its first step follows as ``order_stepped``. Places are WGS 84 degrees.

    ``site`` is the unit that has to do it, empty while unknown; ``from_call`` the call it was taken in.
    """

    KIND: ClassVar[str] = "order_opened"
    order_id: str
    workflow: str
    workflow_version: int
    channel: OrderChannel
    category: str
    urgency: Urgency
    district: str
    address: str
    longitude: float | None
    latitude: float | None
    site: str
    customer_id: int | None
    caller: str
    from_call: str | None
    summary: str
    by: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class OrderStepped(Fact):
    """One step of an order; a flag (urged, supervised, extended) leaves it where it was.

    ``assignee`` is who has it afterwards, ``fields`` a JSON object of what the step changed, ``device_at`` the clock
    of the phone that reported it (UTC epoch seconds).
    """

    KIND: ClassVar[str] = "order_stepped"
    order_id: str
    event: str
    from_state: str
    to_state: str
    by: str
    role: str
    round: int
    note: str = ""
    assignee: str = ""
    fields: str = "{}"
    longitude: float | None = None
    latitude: float | None = None
    device_at: float | None = None


@dataclass(frozen=True, slots=True)
class OrderClockSet(Fact):
    """After a step: a clock of the order that began, moved, was paused or ended. ``due_at`` in UTC epoch seconds."""

    KIND: ClassVar[str] = "order_clock_set"
    order_id: str
    clock: str
    state: ClockState
    due_at: float | None
    limit_s: float


FACTS: dict[str, type[Fact]] = {cls.KIND: cls for cls in Fact.__subclasses__()}


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, when it happened, and an id that is unique for ever: what the event log stores.

    ``uid`` sorts by time (RFC 9562 version 7), so a repeated delivery is recognised and dropped.
    """

    uid: str
    at_us: int
    kind: str
    version: int
    subject: str
    payload: dict[str, Any]

    @classmethod
    def of(cls, fact: Fact, at: float) -> Event:
        """Wraps a fact that happened at ``at`` (UTC epoch seconds)."""
        # Facts are flat, so that a plain look at each field does what asdict does at a fifth of its price.
        payload = {name: getattr(fact, name) for name in _NAMES[fact.KIND]}
        return cls(new_uid(at), to_micros(at), fact.KIND, fact.VERSION, fact.subject, payload)

    def fact(self) -> Fact:
        """The record back; unknown fields of a newer writer are ignored."""
        cls = FACTS[self.kind]
        known = {f.name for f in fields(cls)}
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in self.payload.items() if k in known})


_NAMES: dict[str, tuple[str, ...]] = {kind: tuple(f.name for f in fields(cls)) for kind, cls in FACTS.items()}


def new_uid(at: float | None = None) -> str:
    """A UUID version 7 (RFC 9562, 5.7) as 32 lower-case hex digits: time-ordered to the millisecond."""
    millis = int((time.time() if at is None else at) * 1000)
    # Ids must differ, not be secret; the generator is seeded by the system, and anew in a forked child.
    tail = random.getrandbits(80)
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return f"{value:032x}"
