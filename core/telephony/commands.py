"""Everything call control may ask of the world, one frozen record each.

Shells obey and know no rules. Commands for a leg that is already gone are ignored by the shells, so call
control need not win races against the network.
"""

from __future__ import annotations

from typing import Literal

from core.events import Fact
from core.frozen import dataclass
from core.telephony.inputs import CallId, LegId


@dataclass(frozen=True, slots=True)
class Command:
    """Common root of everything call control may ask for."""


# --- to signalling -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dial(Command):
    """INVITE on a new leg. Exactly one of ``extension`` (every live contact of it is rung) and ``number`` is set.

    ``auto_answer`` adds ``Call-Info: answer-after=0`` so that a desk phone picks up by itself (click to dial).
    ``ring_s`` is how long to let it ring: after that signalling cancels and reports ``LegFailed(408)``.
    """

    leg: LegId
    caller: str
    caller_name: str
    extension: str | None = None
    number: str | None = None
    trunk: str | None = None
    ring_s: float = 60.0
    auto_answer: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Ring(Command):
    """180, or 183 with SDP when ``early_media`` (prompts before the answer)."""

    leg: LegId
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Command):
    leg: LegId


@dataclass(frozen=True, slots=True)
class Reject(Command):
    """A final failure for a leg that came in and is not answered yet."""

    leg: LegId
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class AskAlive(Command):
    """OPTIONS inside the leg's dialog, now; ``LegAsked`` follows, as it does after every regular one."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    """BYE, CANCEL or a final failure, whatever the leg's state needs. No ``LegEnded`` follows."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class TransferProgress(Command):
    """NOTIFY with a sipfrag to the phone that sent REFER (RFC 3515 2.4.5). A status of 200 or more is the last."""

    leg: LegId
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefuseTransfer(Command):
    """REFER itself is answered with this failure: nothing was tried, and no NOTIFY follows."""

    leg: LegId
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class TalkEvent(Command):
    """Ask a ringing phone to pick up, or a phone to hold: NOTIFY with ``Event: talk`` or ``Event: hold``."""

    leg: LegId
    event: Literal["talk", "hold"]


# --- to media ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hear(Command):
    """From now on ``leg`` hears the sum of ``sources`` (full replacement; empty is silence)."""

    leg: LegId
    sources: tuple[LegId, ...] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """One part of a prompt, as data: exactly one of ``text``, ``phrase``, ``clip`` or ``value`` is set.

    ``phrase`` is the program's own: a gettext id, spoken in the site's language.
    ``value`` is spoken by ``slot``: ``count``, ``digits``, ``money`` (yuan), ``date``, ``duration`` (seconds).
    ``clip`` names a recorded clip or a built-in tone: ``music``, ``ringback``, ``busy``.
    """

    text: str = ""
    phrase: str = ""
    clip: str = ""
    value: str = ""
    slot: Literal["", "count", "digits", "money", "date", "duration"] = ""


@dataclass(frozen=True, slots=True)
class Play(Command):
    """Play the parts one after the other to ``leg``, instead of what it hears; replaces a prompt still playing.

    ``PlayFinished(leg, token)`` follows at the end, never for ``loop``. With ``mix`` what the leg hears stays
    audible beneath.
    """

    leg: LegId
    parts: tuple[Say, ...]
    token: str
    loop: bool = False
    mix: bool = False


@dataclass(frozen=True, slots=True)
class StopPlay(Command):
    leg: LegId


@dataclass(frozen=True, slots=True)
class Listen(Command):
    """Whether keys that come as tones in the leg's voice are to be told; those that come as events always are."""

    leg: LegId
    on: bool


@dataclass(frozen=True, slots=True)
class SendDigits(Command):
    """RFC 4733 events out to the leg's peer, 100 ms each; tones to a peer that takes no events."""

    leg: LegId
    digits: str


@dataclass(frozen=True, slots=True)
class Record(Command):
    """Left and right channel of the call's recording from now on; the first such command opens the file."""

    call: CallId
    path: str
    left: tuple[LegId, ...]
    right: tuple[LegId, ...]


@dataclass(frozen=True, slots=True)
class StopRecord(Command):
    call: CallId


# --- to timers and the journal ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartTimer(Command):
    """``TimerFired(name)`` after ``after_s`` seconds. A second start of the same name moves it."""

    name: str
    after_s: float


@dataclass(frozen=True, slots=True)
class StopTimer(Command):
    name: str


@dataclass(frozen=True, slots=True)
class Emit(Command):
    """A fact for the event log; it happened ``at``, or at the time of the input being handled."""

    fact: Fact
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Refuse(Command):
    """The answer to an operator's input that cannot be done now; the shell raises it to whoever asked.

    ``message`` and ``remedy`` are gettext ids, ``code`` one of the codes of ``core.errors``.
    """

    code: Literal["conflict", "not_found", "bad_input", "not_allowed"]
    message: str
    field: str | None = None
    remedy: str | None = None
