"""Supervisors in a call: listen, whisper, barge, take over; each with a reason, a fact and a track of its own.

A supervision is a leg besides the call's parties. It never rings a seat, counts for no agent and is invisible to the
caller: what it changes is who hears whom (``hearing``), and after a take-over it is a party like any other.
"""

from __future__ import annotations

from core.events import AgentRang, SupervisionChanged, SupervisionEnded, SupervisionStarted
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import bridging, endings, hearing, transfers
from core.telephony.call_control.states import BUSY, Call, Segment, Supervision
from core.telephony.call_control.world import World

RING_S = 20.0


def requested(w: World, given: inp.SuperviseRequested) -> None:
    call = w.calls.get(given.call)
    if call is None:
        w.refuse("not_found", "This call is over.", "call_id")
        return
    mine = _of(call, given.by, given.tab)
    if given.instead_of is not None and (mine is None or mine.leg != given.instead_of):
        _instead(w, call, mine, given)
    elif mine is not None:
        _change(w, call, mine, given)
    elif not w.talking(call):
        w.refuse("conflict", "Nobody talks in this call yet.", "mode", "Wait until an agent has answered.")
    elif _can_begin(w, given):
        _begin(w, call, given)


def left(w: World, given: inp.SupervisionLeft) -> None:
    call = w.calls.get(given.call)
    mine = _of(call, given.by, given.tab) if call is not None else None
    if call is None or mine is None:
        w.refuse("conflict", "You are not listening to this call.", "mode", "Choose listen, whisper or barge.")
    else:
        leave(w, call, mine)


def _of(call: Call, by: str, tab: str) -> Supervision | None:
    """A window has its own; a program that names none has the user's."""
    mine = (one for one in call.supervisions.values() if one.by == by and tab in ("", one.tab))
    return next(mine, None)


def _instead(w: World, call: Call, mine: Supervision | None, given: inp.SuperviseRequested) -> None:
    """From another window or person: what that one had ends, and this one begins."""
    other = call.supervisions.get(given.instead_of) if given.instead_of is not None else None
    if other is None:
        w.refuse("conflict", "That supervision is over.", "instead_of", "Listen to the call yourself.")
    elif mine is not None:
        leave(w, call, other)
        _change(w, call, mine, given)
    elif given.leg is None and other.by == given.by and other.extension == given.extension:
        # The same person's same phone: it goes on, in the hands of this window.
        other.tab = given.tab
        w.touch(call)
        _change(w, call, other, given)
    elif _can_begin(w, given):
        leave(w, call, other)
        _begin(w, call, given)


def _can_begin(w: World, given: inp.SuperviseRequested) -> bool:
    """A browser's line is up; a phone must be on and free."""
    if given.leg is not None:
        return True
    session = w.sessions.get(given.extension)
    if given.extension not in w.registered:
        w.refuse("conflict", "The phone is not registered.", "extension", "Switch the phone on, or use the browser.")
        return False
    if session is not None and session.state in BUSY:
        w.refuse("conflict", "You are in a call already.", "extension", "End it first.")
        return False
    return True


def _begin(w: World, call: Call, given: inp.SuperviseRequested) -> None:
    leg = given.leg or w.new_leg(call)
    w.legs[leg] = call.id
    one = Supervision(leg, given.by, given.mode, given.extension, given.reason, tab=given.tab)
    call.supervisions[leg] = one
    w.touch(call)
    if given.leg is None:
        watched = w.talking(call)[-1].extension
        w.send(cmd.Dial(leg, watched, "", extension=given.extension, ring_s=RING_S, auto_answer=True, demo=call.demo))
    else:
        joined(w, call, one)


def joined(w: World, call: Call, one: Supervision) -> None:
    """The supervisor's phone or browser is up."""
    one.up, one.since = True, w.now
    call.supervised += 1
    one.tape = inp.CallId(f"{call.id}:{call.supervised}")
    path = f"{bridging.recording_folder(call)}/{call.id}.supervision-{call.supervised}.wav"
    w.emit(SupervisionStarted(call.id, one.by, one.extension, one.mode, one.reason, path))
    w.send(cmd.Record(one.tape, path, (one.leg,), ()))
    if one.mode == "take_over":
        _take_over(w, call, one)
    else:
        bridging.join(w, call)
    w.touch(call)


def _change(w: World, call: Call, one: Supervision, given: inp.SuperviseRequested) -> None:
    """Only the table of who hears whom changes: nobody's line is touched, so nothing clicks."""
    if given.mode == one.mode:
        return
    one.mode = given.mode
    if one.tape is None:
        # The phone still rings: the mode counts when it is up.
        return
    w.emit(SupervisionChanged(call.id, one.by, one.mode, given.reason))
    if given.mode == "take_over":
        _take_over(w, call, one)
    else:
        bridging.join(w, call)
    w.touch(call)


def _take_over(w: World, call: Call, one: Supervision) -> None:
    """The agents leave, the supervisor is the caller's party from now on."""
    assert one.tape is not None
    gone = [leg for leg in hearing.parties(call) if w.side_of(call, leg) == "agent"]
    if len(gone) == len(hearing.parties(call)):
        # The citizen has gone while the supervisor's phone rang.
        leave(w, call, one)
        return
    call.supervisions.pop(one.leg)
    w.emit(SupervisionEnded(call.id, one.by, "taken_over"))
    w.send(cmd.StopRecord(one.tape))
    endings.drop_ringing(w, call, "withdrawn")
    if (asked_aside := w.consulted(call)) is not None:
        transfers.end_consult(w, call, asked_aside)
    segment = Segment(w.new_id(), one.leg, one.extension or one.by, tab=one.tab)
    call.segments[one.leg] = segment
    w.takes_part(call, segment.extension)
    w.emit(AgentRang(call.id, segment.id, segment.extension))
    bridging.took_part(w, call, segment)
    # The first leg last: whoever takes its place is then the citizen.
    for leg in reversed(gone):
        if leg == call.caller_leg:
            endings.replace_first(w, call, "taken_over", hang_up=True)
        else:
            endings.end_segment(w, call, call.segments[leg], "taken_over", hang_up=True)
    w.send(cmd.StopTimer(f"key:{call.id}"))
    call.holds = ""
    bridging.settle(w, call)


def leave(w: World, call: Call, one: Supervision, *, hang_up: bool = True) -> None:
    endings.end_supervision(w, call, one, "stopped", hang_up=hang_up)
    bridging.join(w, call)
    w.touch(call)
