"""What has happened: one frozen record per kind of fact.

The event log (append only) is the only contract between the live core and everything that analyses it.
A fact's shape never changes: a new meaning is a new ``VERSION`` and staging SQL reads both.
Times are not in the payload: every fact is wrapped in an ``Event`` that says when it happened.

A *call* is everything from the first INVITE to the last BYE, under one ``call_id``. A *segment* is one
agent's (or one dialled party's) share of it: ringing, talking, holding, wrapping up. Durations are derived
from these facts (``docs/events.md``), never stored as the only truth.
"""

from core.events.agents import (
    AgentState,
    AgentStateChanged,
    CoreStarted,
    ExtensionRegistered,
    ExtensionUnregistered,
    MediaLost,
    MediaRestored,
)
from core.events.alerts import AlertAcknowledged, AlertCleared, AlertRaised, AlertWorsened
from core.events.calls import (
    AgentRang,
    AnnouncementHeard,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallNoted,
    CallPrioritised,
    CallQueued,
    CallResumed,
    CallTransferred,
    ConferenceStarted,
    Direction,
    EndReason,
    FlowEntered,
    MenuChosen,
    QueueLeft,
    QueueOutcome,
    RecordingFailed,
    RecordingSaved,
    RecordingStarted,
    RingEnded,
    RingOutcome,
    SegmentEnded,
    SupervisionChanged,
    SupervisionEnd,
    SupervisionEnded,
    SupervisionMode,
    SupervisionRecorded,
    SupervisionStarted,
    WrapUpEnded,
    WrapUpStarted,
)
from core.events.event import FACTS, Event, new_uid
from core.events.fact import Fact
from core.events.orders import ClockState, OrderChannel, OrderClockSet, OrderOpened, OrderStepped, Urgency

__all__ = [
    "FACTS",
    "AgentRang",
    "AgentState",
    "AgentStateChanged",
    "AlertAcknowledged",
    "AlertCleared",
    "AlertRaised",
    "AlertWorsened",
    "AnnouncementHeard",
    "CallAnswered",
    "CallArrived",
    "CallEnded",
    "CallHeld",
    "CallNoted",
    "CallPrioritised",
    "CallQueued",
    "CallResumed",
    "CallTransferred",
    "ClockState",
    "ConferenceStarted",
    "CoreStarted",
    "Direction",
    "EndReason",
    "Event",
    "ExtensionRegistered",
    "ExtensionUnregistered",
    "Fact",
    "FlowEntered",
    "MediaLost",
    "MediaRestored",
    "MenuChosen",
    "OrderChannel",
    "OrderClockSet",
    "OrderOpened",
    "OrderStepped",
    "QueueLeft",
    "QueueOutcome",
    "RecordingFailed",
    "RecordingSaved",
    "RecordingStarted",
    "RingEnded",
    "RingOutcome",
    "SegmentEnded",
    "SupervisionChanged",
    "SupervisionEnd",
    "SupervisionEnded",
    "SupervisionMode",
    "SupervisionRecorded",
    "SupervisionStarted",
    "Urgency",
    "WrapUpEnded",
    "WrapUpStarted",
    "new_uid",
]
