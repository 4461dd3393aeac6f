"""What a desk or a phone may do with a call that is up: hold, transfer, consult, three-way, hang up."""

from __future__ import annotations

from collections.abc import Callable

from core.events import CallTransferred, ConferenceStarted
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import bridging, queueing
from core.telephony.call_control.states import Call, Segment
from core.telephony.call_control.world import World

GoTo = Callable[[Call, str], None]


def target_of(w: World, text: str) -> str:
    """What a person types or dials, as a target: an extension, a queue, a number."""
    if ":" in text or text == "hangup":
        return text
    if text in w.site.accounts or text in w.site.agents:
        return f"extension:{text}"
    return f"queue:{text}" if text in w.site.queues else f"number:{text}"


def action(w: World, given: inp.ActionAsked, go_to: GoTo) -> None:
    call = w.calls.get(given.call)
    if call is None:
        w.refuse("not_found", "This call is over.", "call_id")
        return
    ringing = next((s for s in call.segments.values() if s.extension == given.by and not s.answered), None)
    if given.action == "answer":
        if ringing is None:
            w.refuse("conflict", "No phone of yours is ringing for this call.", "action")
        else:
            w.send(cmd.TalkEvent(ringing.leg, "talk"))
        return
    if given.action == "hangup" and given.by in ("", call.originator):
        bridging.end_call(w, call, "agent_hung_up")
        return
    segment = w.segment_of(call, given.by)
    if segment is None:
        w.refuse("conflict", "You are not talking in this call.", "by", "Choose a call that you take part in.")
        return
    match given.action:
        case "hold":
            bridging.hold(w, call, segment, "agent")
        case "resume":
            bridging.resume(w, call, segment)
        case "hangup":
            leave(w, call, segment)
        case "transfer":
            blind(w, call, segment, target_of(w, given.target), go_to)
        case _:
            consulting(w, call, segment, given)


def leave(w: World, call: Call, segment: Segment, *, hang_up: bool = True) -> None:
    """An agent leaves; with nobody left the call is over."""
    bridging.end_segment(w, call, segment, "agent_hung_up", hang_up=hang_up)
    for other in list(call.segments.values()):
        if other.consult and not w.talking(call):
            bridging.end_segment(w, call, other, "agent_hung_up", hang_up=True)
    if w.talking(call):
        bridging.join(w, call)
    else:
        bridging.end_call(w, call, "agent_hung_up")


def blind(w: World, call: Call, segment: Segment, target: str, go_to: GoTo) -> None:
    """The agent lets go at once; a target that fails rings the agent again rather than lose the caller."""
    w.emit(CallTransferred(call.id, segment.id, segment.extension, "blind", target))
    bridging.end_segment(w, call, segment, "transferred", hang_up=True)
    segment.held_by = ""
    call.transfer_back = segment.extension
    bridging.play(w, call, bridging.RINGBACK, loop=True)
    go_to(call, target)


def consulting(w: World, call: Call, segment: Segment, given: inp.ActionAsked) -> None:
    second = next((s for s in call.segments.values() if s.consult), None)
    if given.action == "consult":
        target = target_of(w, given.target)
        kind, _, rest = target.partition(":")
        if second is not None or kind != "extension":
            w.refuse("conflict", "This cannot be consulted now.", "target", "Consult one extension at a time.")
            return
        bridging.hold(w, call, segment, "agent")
        queueing.ring(w, call, rest, None, 30.0, consult=True)
        return
    if second is None or (given.action != "cancel_consult" and not second.answered):
        w.refuse("conflict", "There is no consultation to act on.", "action", "Consult a colleague first.")
        return
    match given.action:
        case "complete_transfer":
            attended(w, call, segment, second)
        case "conference":
            second.consult = False
            call.conference = True
            bridging.resume(w, call, segment)
            members = tuple(s.extension for s in w.talking(call))
            w.emit(ConferenceStarted(call.id, segment.id, segment.extension, members))
            bridging.join(w, call)
        case "cancel_consult":
            if second.answered:
                bridging.end_segment(w, call, second, "agent_hung_up", hang_up=True)
            else:
                bridging.drop_ringing(w, call, "withdrawn")
            bridging.resume(w, call, segment)


def attended(w: World, call: Call, segment: Segment, second: Segment) -> None:
    w.emit(CallTransferred(call.id, segment.id, segment.extension, "attended", second.extension))
    second.consult = False
    segment.held_by = ""
    bridging.end_segment(w, call, segment, "transferred", hang_up=True)
    bridging.stop_play(w, call)
    w.set_call(call, "talking")
    bridging.join(w, call)


def referred(w: World, given: inp.TransferAsked, go_to: GoTo) -> None:
    """REFER from a phone."""
    call = w.call_of(given.leg)
    segment = call.segments.get(given.leg) if call else None
    if call is None or segment is None or not segment.answered or segment.consult:
        w.send(cmd.TransferProgress(given.leg, 603, "Decline"))
        return
    other = w.call_of(given.replaces) if given.replaces is not None else None
    if given.replaces is not None and (other is None or other is call or not w.talking(other)):
        w.send(cmd.TransferProgress(given.leg, 481, "Call/Transaction Does Not Exist"))
        return
    w.send(cmd.TransferProgress(given.leg, 200, "OK"))
    if other is None:
        blind(w, call, segment, target_of(w, given.target), go_to)
        return
    taken = w.talking(other)[-1]
    # The colleague's leg moves over before the second call ends, or it would be hung up with it.
    del other.segments[taken.leg]
    bridging.end_call(w, other, "flow_ended")
    w.legs[taken.leg] = call.id
    call.segments[taken.leg] = taken
    seat = w.seats.get(taken.extension)
    if seat is not None:
        seat.call = call.id
        w.dirty_seats.add(taken.extension)
    attended(w, call, segment, taken)
