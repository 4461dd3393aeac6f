"""The floor's own records, and the tables that say which change of state is possible. No behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.events import AgentState, Direction, EndReason, RingOutcome, SupervisionMode
from core.installation.definition import Agent, Flow
from core.telephony.inputs import CallId, LegId
from core.telephony.ivr import FlowPosition

CallState = Literal["ivr", "queued", "ringing", "talking", "held", "ending"]
Side = Literal["agent", "caller"]

# From where an agent can go where. Offline and trouble can come from everywhere: a cable can be pulled at any time.
# From offline to wrap-up leads a restart of the core that cut off a call.
AGENT_MOVES: Mapping[AgentState, tuple[AgentState, ...]] = {
    "offline": ("ready", "break", "talking", "wrap_up", "trouble"),
    "ready": ("ringing", "talking", "break", "offline", "trouble"),
    "ringing": ("talking", "hold", "ready", "break", "offline", "trouble"),
    "talking": ("hold", "wrap_up", "ready", "break", "offline", "trouble"),
    "hold": ("talking", "wrap_up", "ready", "break", "offline", "trouble"),
    "wrap_up": ("ready", "break", "offline", "talking", "trouble"),
    "break": ("ready", "offline", "talking", "trouble"),
    "trouble": ("ready", "break", "offline", "talking"),
}
BUSY: frozenset[AgentState] = frozenset({"ringing", "talking", "hold"})
STAFFED: frozenset[AgentState] = frozenset({"ready", "ringing", "talking", "hold", "wrap_up", "break"})


@dataclass(frozen=True, slots=True)
class PendingWrapUp:
    """After-call work that a finished call leaves behind."""

    call: CallId
    segment: str
    queue: str | None
    limit_s: float


@dataclass(slots=True)
class AgentSession:
    """An agent on the floor. ``answered`` counts calls of queues since signing on; ``wanted`` is where to go when work
    is over, if not to ready: a break or offline that was asked for while busy, or that the agent was in when a call
    came up."""

    agent: Agent
    state: AgentState = "offline"
    reason: str = ""
    since: float = 0.0
    idle_since: float = 0.0
    answered: int = 0
    registered: bool = False
    registered_at: float = 0.0
    call: CallId | None = None
    segment: str = ""
    wanted: tuple[AgentState, str] | None = None
    owed: PendingWrapUp | None = None
    before_trouble: AgentState = "offline"


@dataclass(slots=True)
class Press:
    """A key, and the ways by which it has been told."""

    leg: LegId
    digit: str
    at: float
    sources: set[str]


@dataclass(slots=True)
class Signs:
    """What shows that a party is there: ``status`` is the last answer to OPTIONS, ``answered_at`` when it was a good
    one; while ``silent``, ``heard_at`` is when the last voice came."""

    silent: bool = False
    heard_at: float = 0.0
    status: int = 0
    answered_at: float = 0.0


@dataclass(slots=True)
class Segment:
    """One party's share of a call besides its first leg.

    ``holds`` while its phone or desk has the call on hold; in ``consult`` it talks with ``asked_by`` alone; ``early``
    when tones come from it before it is answered; ``outside`` when it is no phone of the house, on the right of
    ``payer`` when we dialled it; ``tab`` when it is a supervisor's browser window. ``referred``: a phone's REFER had it
    called, ``asked_by`` is handed the outcome; ``kept_waiting`` when that phone had held the call before;
    ``since`` when it picked up.
    """

    id: str
    leg: LegId
    extension: str
    queue: str | None = None
    answered: bool = False
    consult: bool = False
    asked_by: LegId | None = None
    early: bool = False
    outside: bool = False
    payer: str = ""
    referred: bool = False
    kept_waiting: bool = False
    holds: bool = False
    tab: str = ""
    since: float = 0.0


@dataclass(slots=True)
class Supervision:
    """A supervisor's leg. ``tape`` names its own recording; ``up`` is false while the phone still rings; ``tab`` is the
    browser window it belongs to."""

    leg: LegId
    by: str
    mode: SupervisionMode
    extension: str
    reason: str
    up: bool = False
    since: float = 0.0
    tape: CallId | None = None
    tab: str = ""


@dataclass(slots=True)
class Call:
    """``caller_leg`` is the first party; ``segments`` are the others, the talking one last.

    ``originator`` is the extension of the house at the first leg, if one is there; ``clicked`` when we dialled that
    leg; ``listens`` while a menu waits for its keys; ``holds`` the segment that it has on hold. When the first party
    has left and the others go on, one of them moves to its place: ``first`` is then that party's segment, which is
    owed its end. ``tones`` is what is played to which leg. ``back`` are the targets to try when a transfer fails,
    ``returned`` where it should have gone and why it did not; ``diversions`` counts the phones that sent the call on.
    ``ahead``: it waits before all others of its priority. ``farewell`` is why it ends as soon as the caller has heard
    so. ``signs`` are its parties' signs of life. ``number`` counts the floor's calls.
    """

    id: CallId
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    arrived_at: float
    caller_leg: LegId | None
    demo: bool = False
    trunk: str | None = None
    order_id: str | None = None
    originator: str | None = None
    clicked: bool = False
    first: Segment | None = None
    state: CallState = "ivr"
    since: float = 0.0
    answered_in: bool = False
    flow: Flow | None = None
    place: FlowPosition = field(default_factory=lambda: FlowPosition(""))
    listens: bool = False
    presses: list[Press] = field(default_factory=list)
    queue: str | None = None
    last_queue: str | None = None
    urgency: int = 0
    priority: int = 0
    skills: tuple[str, ...] = ()
    queued_at: float | None = None
    answered_at: float | None = None
    segments: dict[LegId, Segment] = field(default_factory=dict)
    supervisions: dict[LegId, Supervision] = field(default_factory=dict)
    supervised: int = 0
    announcements: list[str] = field(default_factory=list)
    after_announcement: str = ""
    recording: str = ""
    recording_broke: bool = False
    plays: int = 0
    tones: dict[LegId, str] = field(default_factory=dict)
    conference: bool = False
    holds: str = ""
    back: list[str] = field(default_factory=list)
    ahead: bool = False
    farewell: EndReason | None = None
    signs: dict[LegId, Signs] = field(default_factory=dict)
    returned: tuple[str, RingOutcome] | None = None
    diversions: int = 0
    ended: bool = False
    number: int = 0

    def turn(self) -> tuple[int, bool, float, int]:
        """Sorts calls that wait: who is served first comes first."""
        return (-self.priority, not self.ahead, self.queued_at or 0.0, self.number)
