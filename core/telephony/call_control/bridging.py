"""Who hears whom, music and tones, recording, hold, and the moment when somebody picks up."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from core.events import CallAnswered, CallHeld, CallResumed, QueueLeft, QueueOutcome, RecordingStarted, RingEnded
from core.telephony import commands as cmd
from core.telephony.call_control import agents, hearing
from core.telephony.call_control.states import Call, Segment
from core.telephony.call_control.world import ANSWERS_KEPT, World
from core.telephony.inputs import DigitPressed, LegId

MUSIC = (cmd.Say(clip="music"),)
RINGBACK = (cmd.Say(clip="ringback"),)


def play(w: World, call: Call, parts: tuple[cmd.Say, ...], leg: LegId | None = None, *, loop: bool = False) -> None:
    target = leg or call.caller_leg
    if target is not None:
        call.plays += 1
        call.tones[target] = parts[0].clip if loop else "prompt"
        w.send(cmd.Play(target, parts, f"{call.id}:{call.plays}", loop))


def stop_play(w: World, call: Call, leg: LegId | None = None) -> None:
    target = leg or call.caller_leg
    if target is not None:
        call.plays += 1
        call.tones.pop(target, None)
        w.send(cmd.StopPlay(target))


def answer_in(w: World, call: Call) -> None:
    """Before a caller can hear a thing of ours."""
    if not call.answered_in and call.caller_leg is not None:
        call.answered_in = True
        w.send(cmd.Answer(call.caller_leg))


# --- the bridge ------------------------------------------------------------------------------------------------


def join(w: World, call: Call) -> None:
    """The bridge, music and recording follow the table of who hears whom."""
    heard = hearing.hearing(call)
    if not w.talking(call):
        # A caller who waits hears what the queue or the menu plays; only who listens in is concerned.
        heard = {leg: heard[leg] for leg in call.supervisions if leg in heard}
    tones = hearing.tones(call)
    for leg, sources in heard.items():
        w.send(cmd.Hear(leg, sources))
        _tone(w, call, leg, tones.get(leg))
    if w.talking(call) and call.caller_leg is not None:
        record(w, call)


def _tone(w: World, call: Call, leg: LegId, wanted: str | None) -> None:
    now = call.tones.get(leg)
    if wanted is None and now is not None:
        stop_play(w, call, leg)
    elif wanted is not None and now != wanted:
        play(w, call, (cmd.Say(clip=wanted),), leg, loop=True)


def record(w: World, call: Call) -> None:
    if not call.recording:
        call.recording = f"{recording_folder(call)}/{call.id}.wav"
        w.emit(RecordingStarted(call.id, call.recording))
    left, right = hearing.sides(call)
    w.send(cmd.Record(call.id, call.recording, left, right))


def recording_folder(call: Call) -> str:
    return datetime.fromtimestamp(call.arrived_at, UTC).strftime("%Y/%m/%d")


# --- picking up ------------------------------------------------------------------------------------------------


def answered(w: World, call: Call, segment: Segment) -> None:
    """A dialled party picked up."""
    took_part(w, call, segment)
    answer_in(w, call)
    if not segment.consult:
        call.back.clear()
        call.holds = ""
        w.set_call(call, "talking")
    join(w, call)


def took_part(w: World, call: Call, segment: Segment) -> None:
    """The facts of picking up, and the agent's state."""
    segment.answered, segment.since = True, w.now
    w.emit(RingEnded(call.id, segment.id, segment.extension, "answered"))
    leave_queue(w, call, "answered", segment.extension)
    w.emit(CallAnswered(call.id, segment.id, segment.extension, segment.queue))
    if call.answered_at is None:
        call.answered_at = w.now
    session = w.sessions.get(segment.extension)
    if session is not None and not segment.outside:
        agents.take_up(w, session, call)
        session.answered += segment.queue is not None


def leave_queue(w: World, call: Call, outcome: QueueOutcome, to: str | None = None) -> None:
    """Exactly once for each entry; afterwards the call belongs to no queue."""
    if call.queue is None:
        return
    if outcome == "answered":
        waits = w.answers.setdefault(call.queue, deque_of_answers())
        waits.append(w.now)
    w.emit(QueueLeft(call.id, call.queue, outcome, to))
    w.dirty_queues.add(call.queue)
    w.lines.leave(call)
    call.last_queue, call.queue, call.ahead = call.queue, None, False
    w.send(cmd.StopTimer(f"max:{call.id}"))
    w.send(cmd.StopTimer(f"announce:{call.id}"))
    w.touch(call)


def deque_of_answers() -> deque[float]:
    return deque(maxlen=ANSWERS_KEPT)


# --- hold ------------------------------------------------------------------------------------------------------


def hold(w: World, call: Call, leg: LegId) -> None:
    """The party at this leg puts the others on hold."""
    if leg in w.holding(call):
        return
    segment = call.segments.get(leg) or w.talking(call)[-1]
    if leg == call.caller_leg:
        call.holds = segment.id
    else:
        segment.holds = True
    w.emit(CallHeld(call.id, segment.id, segment.extension, w.side_of(call, leg)))
    settle(w, call)
    show_agent(w, call, leg)


def resume(w: World, call: Call, leg: LegId) -> None:
    """This party holds no longer; the others are joined to it unless they hold it in their turn."""
    if leg in w.holding(call):
        end_hold(w, call, leg)
        settle(w, call)
        show_agent(w, call, leg)


def settle(w: World, call: Call) -> None:
    """The talk as it stands now: two are a plain call, on hold as long as one of them holds."""
    call.conference = call.conference and len(w.talking(call)) > 1
    w.set_call(call, "held" if w.holding(call) and not call.conference else "talking")
    join(w, call)


def end_hold(w: World, call: Call, leg: LegId) -> None:
    """The fact, and nothing to be heard yet."""
    if leg not in w.holding(call):
        return
    if leg == call.caller_leg:
        segment = next((s for s in w.talking(call) if s.id == call.holds), None)
        call.holds = ""
    else:
        segment = call.segments[leg]
        segment.holds = False
    if segment is not None:
        w.emit(CallResumed(call.id, segment.id, segment.extension, w.side_of(call, leg)))


def others(call: Call, leg: LegId) -> list[LegId]:
    return [other for other in hearing.parties(call) if other != leg]


def show_agent(w: World, call: Call, leg: LegId) -> None:
    session = w.sessions.get(w.extension_at(call, leg))
    # A phone may hold one call while its agent talks in another.
    if (
        session is not None
        and (session.call == call.id or leg not in w.holding(call))
        and session.state in ("talking", "hold")
    ):
        agents.show(w, session, call)


# --- keys ------------------------------------------------------------------------------------------------------


def pass_on(w: World, call: Call, given: DigitPressed) -> None:
    """In a talk a key is for the other party's machine, as an event."""
    if given.leg in hearing.parties(call):
        for leg in others(call, given.leg):
            w.send(cmd.SendDigits(leg, given.digit))
