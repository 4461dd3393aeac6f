"""What happens to calls. A *segment* is one party's share of a call: ringing, talking, holding, wrapping up."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.events.fact import Fact
from core.frozen import dataclass

Direction = Literal["inbound", "outbound", "internal"]
DialRefusal = Literal["stranger", "class", "hours", "most"]
RingOutcome = Literal[
    "answered", "no_answer", "busy", "declined", "unreachable", "caller_gone", "withdrawn", "diverted"
]
SupervisionMode = Literal["listen", "whisper", "barge", "take_over"]
SupervisionEnd = Literal["stopped", "call_ended", "taken_over", "core_restarted"]
QueueOutcome = Literal["answered", "abandoned", "overflow", "max_wait", "closed", "no_agents", "moved"]
EndReason = Literal[
    "caller_hung_up",
    "agent_hung_up",
    "flow_ended",
    "failed",
    "dead_media",
    "dead_peer",
    "core_restarted",
    "house_stopped",
    "rejected",
    "supervisor",
    "closed",
    "overflow",
    "no_agents",
    "max_wait",
]


@dataclass(frozen=True, slots=True)
class CallArrived(Fact):
    """The first fact of every call. ``demo`` labels generated traffic; ``order_id`` is set for return visits.

    The outside party's number stands in its one form (``core.numbering.normal``), empty when it was kept back;
    ``received`` is what came from the trunk, or what was dialled, where that was written otherwise. ``caller_name`` is
    what the phone or exchange calls the caller, in whatever words.
    """

    KIND: ClassVar[str] = "call_arrived"
    SAID_IF_ANY: ClassVar[tuple[str, ...]] = ("received",)
    call_id: str
    direction: Direction
    caller: str
    dialled: str
    trunk: str | None = None
    demo: bool = False
    order_id: str | None = None
    received: str = ""
    caller_name: str = ""


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
class DialledOut(Fact):
    """A number outside is dialled on the right of ``by``: an extension, or ``site`` for menus and queues. The segment
    is the one whose ``agent_rang`` comes before it."""

    KIND: ClassVar[str] = "dialled_out"
    call_id: str
    segment_id: str
    by: str
    number: str
    number_class: str
    trunk: str


@dataclass(frozen=True, slots=True)
class DialRefused(Fact):
    """Somebody wanted to have a number dialled without the right to it. ``by`` is empty for a party outside; a desk's
    own call was never made, so that ``call_id`` is null."""

    KIND: ClassVar[str] = "dial_refused"
    call_id: str | None
    by: str
    number: str
    number_class: str
    why: DialRefusal


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
    reason: Literal[
        "caller_hung_up", "agent_hung_up", "transferred", "taken_over", "failed", "core_restarted", "house_stopped"
    ]


@dataclass(frozen=True, slots=True)
class WrapUpStarted(Fact):
    KIND: ClassVar[str] = "wrap_up_started"
    call_id: str
    segment_id: str
    extension: str
    limit_s: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded(Fact):
    """``category`` (an id; a name in version 1) and ``note`` are what was recorded; empty when the time ran out."""

    KIND: ClassVar[str] = "wrap_up_ended"
    VERSION: ClassVar[int] = 2
    call_id: str
    segment_id: str
    extension: str
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CallNoted(Fact):
    """What the call was about, said after its wrap-up had ended: takes the place of what was recorded then.

    ``category`` is an id; a name in version 1.
    """

    KIND: ClassVar[str] = "call_noted"
    VERSION: ClassVar[int] = 2
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
    """The call goes on without a recording, e.g. ``disk_full``; ``never_began``: there is no file."""

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
    """The last fact of every call. ``house_stopped``: the house was stopped as planned, and what was left of its calls
    with it (or a call came too late). ``closed``, ``overflow``, ``no_agents`` and ``max_wait``: a queue did not take
    the caller, for the reason that its ``queue_left`` names, and led nowhere else."""

    KIND: ClassVar[str] = "call_ended"
    call_id: str
    reason: EndReason
    sip_status: int | None = None
