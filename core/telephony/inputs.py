"""Everything that can happen to the call floor, one frozen record each: the input alphabet of call control.

Shells (signalling, media client, timers, operators' requests) turn what they see into these and know no
rules; call control answers with ``core.telephony.commands`` and knows no sockets. A *leg* is one SIP dialog
with its RTP stream; leg ids are made by signalling for calls that come in and by call control for calls it
dials. Digits are one of ``0-9*#A-D``.
"""

from __future__ import annotations

from typing import Literal, NewType

from core.events import AgentState, SupervisionMode
from core.frozen import dataclass

LegId = NewType("LegId", str)
CallId = NewType("CallId", str)
# Call control from a desk.
DeskAction = Literal[
    "answer", "hold", "resume", "transfer", "consult", "complete_transfer", "cancel_consult", "conference", "hangup"
]


@dataclass(frozen=True, slots=True)
class Input:
    """Common root of everything call control may be told."""


# --- from signalling ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegInvited(Input):
    """A peer calls in. ``origin`` is the extension (authenticated) or the trunk id (matched by address).

    ``replaces`` is the leg named by a Replaces header (RFC 3891). ``demo`` is set from the header
    ``X-Hotline-Demo: 1``, which only the demo robots send. ``order_id`` comes from ``X-Hotline-Order``.
    """

    leg: LegId
    dialled: str
    caller: str
    caller_name: str
    origin_kind: Literal["extension", "trunk"]
    origin: str
    replaces: LegId | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class LegRinging(Input):
    """The dialled party rings; with ``early_media`` its own tones are already coming in (183 with SDP)."""

    leg: LegId
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class LegAnswered(Input):
    """A leg that we dialled, or one that we answered, is up: media may flow (200 and ACK seen or on their way)."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class LegFailed(Input):
    """A leg that we dialled did not come up. Status 408 or 480 without a registration means unreachable."""

    leg: LegId
    status: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LegDiverted(Input):
    """A phone of the house that we rang sends the call on to ``target`` (302); its leg is over."""

    leg: LegId
    target: str


@dataclass(frozen=True, slots=True)
class LegEnded(Input):
    """A leg is over: the peer sent BYE or CANCEL, or it broke. No command is owed for it."""

    leg: LegId
    why: Literal["bye", "cancel", "dead_peer", "failed"]


@dataclass(frozen=True, slots=True)
class LegProbed(Input):
    """OPTIONS inside the dialog was answered with ``status``: 481 the peer knows no such call, 408 nobody answered."""

    leg: LegId
    status: int


@dataclass(frozen=True, slots=True)
class LegHeld(Input):
    """The peer put us on hold (sendonly, inactive or 0.0.0.0 in a re-INVITE)."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class LegUnheld(Input):
    leg: LegId


@dataclass(frozen=True, slots=True)
class TransferRequested(Input):
    """REFER (RFC 3515): blind to ``target``, or attended when ``replaces`` names another of our legs."""

    leg: LegId
    target: str
    replaces: LegId | None = None


@dataclass(frozen=True, slots=True)
class Registered(Input):
    """The extension has at least one live contact."""

    extension: str
    contact: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class Unregistered(Input):
    """The extension's last contact is gone."""

    extension: str
    reason: Literal["asked", "expired", "keep_alive_failed", "account_closed"]


# --- from media (digits also from signalling, by INFO) --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DigitPressed(Input):
    leg: LegId
    digit: str
    source: Literal["rfc4733", "info", "inband"]


@dataclass(frozen=True, slots=True)
class PlayFinished(Input):
    """The prompt with this token was heard to its end (not when it was stopped or replaced)."""

    leg: LegId
    token: str


@dataclass(frozen=True, slots=True)
class LegSilent(Input):
    """No RTP packet for ``seconds``, whether one is to be expected or not; told again every ten seconds."""

    leg: LegId
    seconds: float


@dataclass(frozen=True, slots=True)
class LegAudible(Input):
    """RTP comes again after a ``LegSilent``."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class RecordingClosed(Input):
    """The file is complete on disk."""

    call: CallId
    path: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordingBroke(Input):
    """The writer gave up on this file; the call goes on. ``reason`` is ``disk_full`` or the system's words."""

    call: CallId
    path: str
    reason: str


# --- from timers and operators ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CoreStopping(Input):
    """The house is to be stopped as planned: calls in progress may come to their end, new ones are not taken."""


@dataclass(frozen=True, slots=True)
class CoreStopped(Input):
    """No longer waited for: whatever call is left ends now."""


@dataclass(frozen=True, slots=True)
class TimerFired(Input):
    """A timer that a ``StartTimer`` command asked for. Stale names are ignored."""

    name: str


@dataclass(frozen=True, slots=True)
class StateRequested(Input):
    """An agent, or a supervisor for the agent, wants this state."""

    extension: str
    state: Literal["ready", "break", "offline"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpDone(Input):
    """The agent finished wrap-up, with what was recorded about the call."""

    extension: str
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OriginateRequested(Input):
    """Ring ``extension``, then dial ``target`` (extension or outside number)."""

    call: CallId
    extension: str
    target: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class ActionRequested(Input):
    """Call control from a desk: ``by`` is the extension acting. ``target`` is for transfer and consult."""

    call: CallId
    by: str
    action: DeskAction
    target: str = ""


@dataclass(frozen=True, slots=True)
class SuperviseRequested(Input):
    """``by`` is the user; the phone ``extension`` is rung, unless ``leg`` is a browser's line that is up already.

    ``tab`` is the browser window it belongs to; without one it is the user's own, whichever window began it.
    ``instead_of`` ends the supervision with that leg first: it is taken over from another window or person.
    """

    call: CallId
    by: str
    mode: SupervisionMode
    reason: str
    extension: str = ""
    leg: LegId | None = None
    tab: str = ""
    instead_of: LegId | None = None


@dataclass(frozen=True, slots=True)
class SupervisionLeft(Input):
    """The user stops listening, in this window or, without one, in whichever it is."""

    call: CallId
    by: str
    tab: str = ""


@dataclass(frozen=True, slots=True)
class AssignRequested(Input):
    """A waiting call for one agent, past the queue's order."""

    call: CallId
    extension: str


@dataclass(frozen=True, slots=True)
class MoveRequested(Input):
    """A waiting call into another queue; its time of waiting counts there."""

    call: CallId
    queue: str


@dataclass(frozen=True, slots=True)
class PriorityRequested(Input):
    call: CallId
    priority: int
    by: str


@dataclass(frozen=True, slots=True)
class EndRequested(Input):
    """A supervisor ends a call, whoever is in it."""

    call: CallId


@dataclass(frozen=True, slots=True)
class InstallationChanged(Input):
    """The site's definition was edited; the floor takes over the new one, calls in progress keep theirs."""


@dataclass(frozen=True, slots=True)
class AgentBefore:
    """What a seat was doing when the core before this one ended; ``segment`` of ``call`` is what it was talking in."""

    extension: str
    state: AgentState
    reason: str = ""
    call: str | None = None
    segment: str = ""
    wrap_up_s: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentsRestored(Input):
    """The core has just started again and knows who was at work."""

    sessions: tuple[AgentBefore, ...]
