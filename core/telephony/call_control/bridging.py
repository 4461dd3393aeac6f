"""Who hears whom, recording, hold, and the end of segments and calls."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import Literal

from core.events import (
    CallAnswered,
    CallEnded,
    CallHeld,
    CallResumed,
    EndReason,
    QueueLeft,
    QueueOutcome,
    RecordingStarted,
    RingEnded,
    RingOutcome,
    SegmentEnded,
    SupervisionEnd,
    SupervisionEnded,
)
from core.telephony import commands as cmd
from core.telephony.call_control import agents
from core.telephony.call_control.hearing import hearing, sides
from core.telephony.call_control.states import Call, Segment, Supervision
from core.telephony.call_control.world import ANSWERS_KEPT, World
from core.telephony.inputs import LegId

MUSIC = (cmd.Say(clip="music"),)
RINGBACK = (cmd.Say(clip="ringback"),)


def play(w: World, call: Call, parts: tuple[cmd.Say, ...], leg: LegId | None = None, *, loop: bool = False) -> None:
    target = leg or call.caller_leg
    if target is not None:
        call.plays += 1
        w.send(cmd.Play(target, parts, f"{call.id}:{call.plays}", loop))


def stop_play(w: World, call: Call, leg: LegId | None = None) -> None:
    target = leg or call.caller_leg
    if target is not None:
        call.plays += 1
        w.send(cmd.StopPlay(target))


def join(w: World, call: Call) -> None:
    """Everyone of the call hears everyone else, but for those on hold; the recording follows."""
    for leg, sources in hearing(call).items():
        w.send(cmd.Hear(leg, sources))
    if w.talking(call) and call.caller_leg is not None:
        record(w, call)


def record(w: World, call: Call) -> None:
    if not call.recording:
        call.recording = f"{recording_folder(call)}/{call.id}.wav"
        w.emit(RecordingStarted(call.id, call.recording))
    left, right = sides(call)
    w.send(cmd.Record(call.id, call.recording, left, right))


def recording_folder(call: Call) -> str:
    return datetime.fromtimestamp(call.arrived_at, UTC).strftime("%Y/%m/%d")


def answered(w: World, call: Call, segment: Segment) -> None:
    """A dialled party picked up."""
    segment.answered = True
    w.emit(RingEnded(call.id, segment.id, segment.extension, "answered"))
    leave_queue(w, call, "answered", segment.extension)
    w.emit(CallAnswered(call.id, segment.id, segment.extension, segment.queue))
    if call.answered_at is None:
        call.answered_at = w.now
    seat = w.seats.get(segment.extension)
    if seat is not None:
        w.set_seat(seat, "talking", "", call)
    if call.caller_leg is not None and not call.answered_in:
        call.answered_in = True
        w.send(cmd.Answer(call.caller_leg))
    if segment.consult:
        join(w, call)
        return
    call.transfer_back = ""
    w.set_call(call, "talking")
    stop_play(w, call)
    join(w, call)


def leave_queue(w: World, call: Call, outcome: QueueOutcome, to: str | None = None) -> None:
    """Exactly once for each entry; afterwards the call belongs to no queue."""
    if call.queue is None:
        return
    if outcome == "answered":
        waits = w.answers.setdefault(call.queue, deque_of_answers())
        waits.append(w.now)
    w.emit(QueueLeft(call.id, call.queue, outcome, to))
    w.dirty_queues.add(call.queue)
    call.last_queue, call.queue = call.queue, None
    w.send(cmd.StopTimer(f"max:{call.id}"))
    w.send(cmd.StopTimer(f"announce:{call.id}"))
    w.touch(call)


def deque_of_answers() -> deque[float]:
    return deque(maxlen=ANSWERS_KEPT)


def drop_ringing(w: World, call: Call, outcome: RingOutcome) -> None:
    """Phones that still ring for this call stop."""
    for leg, segment in list(call.segments.items()):
        if not segment.answered:
            w.send(cmd.HangUp(leg))
            end_ring(w, call, segment, outcome)
            seat = w.seats.get(segment.extension)
            if seat is not None and seat.state == "ringing":
                w.free_seat(seat)


def end_ring(w: World, call: Call, segment: Segment, outcome: RingOutcome) -> None:
    w.emit(RingEnded(call.id, segment.id, segment.extension, outcome))
    call.segments.pop(segment.leg, None)
    w.legs.pop(segment.leg, None)


SegmentReason = Literal["caller_hung_up", "agent_hung_up", "transferred", "taken_over", "failed", "core_restarted"]


def end_segment(w: World, call: Call, segment: Segment, reason: SegmentReason, *, hang_up: bool) -> None:
    """The party leaves the call; an agent goes to wrap-up."""
    call.segments.pop(segment.leg, None)
    w.legs.pop(segment.leg, None)
    if hang_up:
        w.send(cmd.HangUp(segment.leg))
    w.emit(SegmentEnded(call.id, segment.id, segment.extension, reason))
    seat = w.seats.get(segment.extension)
    if seat is not None and seat.call == call.id and seat.state in ("talking", "hold"):
        agents.wrap_up(w, seat, call, segment)


def hold(w: World, call: Call, segment: Segment, by: Literal["agent", "caller"]) -> None:
    if segment.held_by:
        return
    segment.held_by = by
    w.emit(CallHeld(call.id, segment.id, segment.extension, by))
    w.set_call(call, "held")
    join(w, call)
    play(w, call, MUSIC, call.caller_leg if by == "agent" else segment.leg, loop=True)
    seat = w.seats.get(segment.extension)
    if seat is not None and by == "agent" and seat.state == "talking":
        w.set_seat(seat, "hold", "", call)


def resume(w: World, call: Call, segment: Segment) -> None:
    if not segment.held_by:
        return
    by, segment.held_by = segment.held_by, ""
    w.emit(CallResumed(call.id, segment.id, segment.extension, by))
    stop_play(w, call, call.caller_leg if by == "agent" else segment.leg)
    w.set_call(call, "talking")
    join(w, call)
    seat = w.seats.get(segment.extension)
    if seat is not None and seat.state == "hold":
        w.set_seat(seat, "talking", "", call)


def end_supervision(w: World, call: Call, one: Supervision, why: SupervisionEnd, *, hang_up: bool) -> None:
    """Nothing is owed for a supervisor whose phone never came up."""
    call.supervisions.pop(one.leg, None)
    w.legs.pop(one.leg, None)
    if hang_up:
        w.send(cmd.HangUp(one.leg))
    if one.tape is not None:
        w.send(cmd.StopRecord(one.tape))
        w.emit(SupervisionEnded(call.id, one.by, why))


def end_call(w: World, call: Call, reason: EndReason, *, status: int | None = None, caller_left: bool = False) -> None:
    """Everything of the call ends, in the order in which the facts are owed."""
    if call.ended:
        return
    call.ended = True
    leave_queue(w, call, "abandoned" if caller_left else "closed")
    drop_ringing(w, call, "caller_gone" if caller_left else "withdrawn")
    why: SegmentReason = (
        "caller_hung_up" if caller_left else "failed" if reason in ("dead_media", "dead_peer") else "agent_hung_up"
    )
    for segment in list(call.segments.values()):
        end_segment(w, call, segment, why, hang_up=True)
    for one in list(call.supervisions.values()):
        end_supervision(w, call, one, "call_ended", hang_up=True)
    if call.caller_leg is not None:
        w.legs.pop(call.caller_leg, None)
        if not caller_left:
            if call.answered_in or call.originator:
                w.send(cmd.HangUp(call.caller_leg))
            else:
                w.send(cmd.Reject(call.caller_leg, status or 480, "Unavailable"))
    if call.recording:
        w.send(cmd.StopRecord(call.id))
    for name in ("key", "max", "announce"):
        w.send(cmd.StopTimer(f"{name}:{call.id}"))
    release_originator(w, call)
    w.emit(CallEnded(call.id, reason, status))
    w.calls.pop(call.id, None)
    w.dirty_calls.discard(call.id)
    w.gone_calls.add(call.id)


def release_originator(w: World, call: Call) -> None:
    """The agent who placed the call is free again, after wrap-up when somebody was reached."""
    seat = w.seats.get(call.originator or "")
    if seat is None or seat.call != call.id or seat.state not in ("ringing", "talking", "hold"):
        return
    if call.answered_at is not None and call.direction == "outbound":
        assert call.caller_leg is not None
        agents.wrap_up(w, seat, call, Segment(w.new_id(), call.caller_leg, seat.agent.extension))
    else:
        w.free_seat(seat)
