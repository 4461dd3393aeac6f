"""The floor's own records, and the tables that say which change of state is possible. No behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.events import AgentState, Direction, SupervisionMode
from core.site import Agent, Flow
from core.telephony.inputs import CallId, LegId
from core.telephony.ivr import Place

CallState = Literal["ivr", "queued", "ringing", "talking", "held", "ending"]

# From where an agent can go where. Offline and trouble can come from everywhere: a cable can be pulled at any time.
AGENT_MOVES: Mapping[AgentState, tuple[AgentState, ...]] = {
    "offline": ("ready", "break", "talking", "trouble"),
    "ready": ("ringing", "talking", "break", "offline", "trouble"),
    "ringing": ("talking", "ready", "break", "offline", "trouble"),
    "talking": ("hold", "wrap_up", "ready", "break", "offline", "trouble"),
    "hold": ("talking", "wrap_up", "ready", "break", "offline", "trouble"),
    "wrap_up": ("ready", "break", "offline", "talking", "trouble"),
    "break": ("ready", "offline", "talking", "trouble"),
    "trouble": ("ready", "break", "offline", "talking"),
}
BUSY: frozenset[AgentState] = frozenset({"ringing", "talking", "hold"})
STAFFED: frozenset[AgentState] = frozenset({"ready", "ringing", "talking", "hold", "wrap_up", "break"})


@dataclass(slots=True)
class Seat:
    """An agent on the floor. ``wanted`` is a break or offline asked for while busy."""

    agent: Agent
    state: AgentState = "offline"
    reason: str = ""
    since: float = 0.0
    idle_since: float = 0.0
    registered: bool = False
    call: CallId | None = None
    segment: str = ""
    wanted: tuple[AgentState, str] | None = None
    before_trouble: AgentState = "offline"


@dataclass(slots=True)
class Segment:
    """One party's share of a call besides its first leg."""

    id: str
    leg: LegId
    extension: str
    queue: str | None = None
    answered: bool = False
    consult: bool = False
    held_by: Literal["", "agent", "caller"] = ""
    wrap_up_s: float = 0.0


@dataclass(slots=True)
class Supervision:
    """A supervisor's leg. ``tape`` names its own recording; ``up`` is false while the phone still rings."""

    leg: LegId
    by: str
    mode: SupervisionMode
    extension: str
    reason: str
    up: bool = False
    since: float = 0.0
    tape: CallId | None = None


@dataclass(slots=True)
class Call:
    """``caller_leg`` is the first party; ``segments`` are the others, the talking one last."""

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
    state: CallState = "ivr"
    since: float = 0.0
    answered_in: bool = False
    flow: Flow | None = None
    place: Place = field(default_factory=lambda: Place(""))
    last_digit: tuple[str, str, float] = ("", "", 0.0)
    queue: str | None = None
    last_queue: str | None = None
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
    plays: int = 0
    conference: bool = False
    transfer_back: str = ""
    ended: bool = False
