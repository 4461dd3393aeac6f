"""What happens to agents, their phones and the house itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.events.fact import Fact
from core.frozen import dataclass

AgentState = Literal["ready", "ringing", "talking", "hold", "wrap_up", "break", "offline", "trouble"]


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
    reason: Literal["asked", "expired", "keep_alive_failed", "account_closed"]


@dataclass(frozen=True, slots=True)
class RegistrationRefused(Fact):
    """Wrong credentials of a phone, ``tries`` times from this address; both empty when there were too many at once."""

    KIND: ClassVar[str] = "registration_refused"
    extension: str
    address: str
    tries: int


@dataclass(frozen=True, slots=True)
class CoreStarted(Fact):
    """The sip process began with no calls; the writer closes calls that were open before it. ``last_alive``: when the
    process before it gave its last sign of life, in epoch seconds, where that is known."""

    KIND: ClassVar[str] = "core_started"
    SAID_IF_ANY: ClassVar[tuple[str, ...]] = ("last_alive",)
    version: str
    last_alive: float | None = None


@dataclass(frozen=True, slots=True)
class MediaLost(Fact):
    KIND: ClassVar[str] = "media_lost"
    calls: int


@dataclass(frozen=True, slots=True)
class MediaRestored(Fact):
    KIND: ClassVar[str] = "media_restored"
    calls: int
