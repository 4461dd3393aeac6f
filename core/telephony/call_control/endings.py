"""How rings, parties and calls end, in the order in which the facts are owed."""

from __future__ import annotations

from typing import Literal

from core.events import (
    CallEnded,
    EndReason,
    RingEnded,
    RingOutcome,
    SegmentEnded,
    SupervisionEnd,
    SupervisionEnded,
)
from core.telephony import commands as cmd
from core.telephony.call_control import agents, bridging
from core.telephony.call_control.states import Call, PendingWrapUp, Segment, Supervision
from core.telephony.call_control.world import World
from core.telephony.inputs import LegId

SegmentReason = Literal[
    "caller_hung_up", "agent_hung_up", "transferred", "taken_over", "failed", "core_restarted", "house_stopped"
]
# What a caller's phone or exchange is told, with the words of RFC 3261 21.
WORDS = {
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    503: "Service Unavailable",
    603: "Decline",
}
# What one leg is answered and the other one's peer could do nothing with: a phone that nobody picked up is no time-out
# of the network, and a challenge, an extension or a timer that is asked of us is not asked of the caller.
OF_THE_OTHER_LEG = frozenset({401, 407, 408, 420, 421, 422, 423, 494})


def drop_ringing(w: World, call: Call, outcome: RingOutcome) -> None:
    """Phones that still ring for this call stop."""
    for segment in list(call.segments.values()):
        if not segment.answered:
            if segment.referred and segment.asked_by is not None:
                w.send(cmd.TransferProgress(segment.asked_by, 487, "Request Terminated"))
            w.send(cmd.HangUp(segment.leg))
            end_ring(w, call, segment, outcome)
            agents.stop_ringing(w, segment.extension, call)


def end_ring(w: World, call: Call, segment: Segment, outcome: RingOutcome) -> None:
    w.emit(RingEnded(call.id, segment.id, segment.extension, outcome))
    call.segments.pop(segment.leg, None)
    w.legs.pop(segment.leg, None)


def end_segment(
    w: World, call: Call, segment: Segment, reason: SegmentReason, *, hang_up: bool, owes: bool = True
) -> None:
    """The party leaves the call; an agent goes to wrap-up, unless the call is not over and nothing is owed for it."""
    call.segments.pop(segment.leg, None)
    w.legs.pop(segment.leg, None)
    if hang_up:
        w.send(cmd.HangUp(segment.leg))
    say_ended(w, call, segment, reason)
    agents.leave(w, segment.extension, call, agents.owed_for(w, call, segment) if owes else None)


def say_ended(w: World, call: Call, segment: Segment, reason: SegmentReason) -> None:
    until = None if w.talk_until is None else min(w.now, max(w.talk_until, segment.since))
    w.emit(SegmentEnded(call.id, segment.id, segment.extension, reason), until)


def end_first(w: World, call: Call, reason: SegmentReason, heir: Segment | None = None, *, owes: bool = True) -> None:
    """What is owed when the party at the first leg is gone: its segment's end, if it had one, and the agent's rest.

    ``heir`` sits there from now on; ``owes`` as in ``end_segment``.
    """
    first, extension = call.first, call.originator
    owed: PendingWrapUp | None = None
    if first is not None:
        say_ended(w, call, first, reason)
        owed = agents.owed_for(w, call, first)
    elif call.answered_at is not None and call.direction == "outbound":
        owed = PendingWrapUp(call.id, w.new_id(), None, agents.USUAL_WRAP_UP_S)
    call.first = heir
    inside = heir is not None and not heir.outside and heir.extension in w.installation.accounts
    call.originator = heir.extension if heir is not None and inside else None
    if call.originator is not None:
        w.takes_part(call, call.originator)
    agents.leave(w, extension, call, owed if owes else None)


def replace_first(w: World, call: Call, reason: SegmentReason, *, hang_up: bool, owes: bool = True) -> None:
    """The first party leaves and the call goes on: the eldest of the others takes its place."""
    assert call.caller_leg is not None
    gone, heir = call.caller_leg, w.talking(call)[0]
    heir_holds = heir.holds
    for leg in (gone, heir.leg):
        bridging.end_hold(w, call, leg)
    w.legs.pop(gone, None)
    if hang_up:
        w.send(cmd.HangUp(gone))
    del call.segments[heir.leg]
    call.caller_leg, call.clicked, call.holds = heir.leg, False, heir.id if heir_holds else ""
    end_first(w, call, reason, heir, owes=owes)
    w.touch(call)


def end_supervision(w: World, call: Call, one: Supervision, why: SupervisionEnd, *, hang_up: bool) -> None:
    """Nothing is owed for a supervisor whose phone never came up."""
    call.supervisions.pop(one.leg, None)
    w.legs.pop(one.leg, None)
    if hang_up:
        w.send(cmd.HangUp(one.leg))
    if one.tape is not None:
        w.send(cmd.StopRecord(one.tape))
        w.emit(SupervisionEnded(call.id, one.by, why))


def end_call(
    w: World,
    call: Call,
    reason: EndReason,
    *,
    status: int | None = None,
    words: str = "",
    caller_left: bool = False,
) -> None:
    """Everything of the call ends. ``caller_left``: the first leg is gone already; else it is told ``status`` and
    ``words``."""
    if call.ended:
        return
    call.ended = True
    first_side = w.side_of(call, call.caller_leg)
    bridging.leave_queue(w, call, "abandoned" if caller_left else "closed")
    drop_ringing(w, call, "caller_gone" if caller_left else "withdrawn")
    why: SegmentReason = "agent_hung_up"
    if reason in ("dead_peer", "failed"):
        why = "failed"
    elif reason == "house_stopped":
        why = "house_stopped"
    elif reason == "caller_hung_up" or (caller_left and first_side == "caller"):
        why = "caller_hung_up"
    for segment in list(call.segments.values()):
        end_segment(w, call, segment, why, hang_up=True)
    for one in list(call.supervisions.values()):
        end_supervision(w, call, one, "call_ended", hang_up=True)
    if call.caller_leg is not None:
        w.legs.pop(call.caller_leg, None)
        if not caller_left:
            close_first_leg(w, call, call.caller_leg, status or 480, words)
    if call.recording:
        w.send(cmd.StopRecord(call.id))
    for name in ("key", "max", "announce"):
        w.send(cmd.StopTimer(f"{name}:{call.id}"))
    end_first(w, call, why)
    w.emit(CallEnded(call.id, reason, status))
    w.end(call)


def close_first_leg(w: World, call: Call, leg: LegId, status: int, words: str) -> None:
    if call.answered_in or call.clicked:
        w.send(cmd.HangUp(leg))
        return
    told = 480 if status in OF_THE_OTHER_LEG or status < 400 else status
    w.send(cmd.Reject(leg, told, words or WORDS.get(told, "Unavailable")))
