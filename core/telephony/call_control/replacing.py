"""Transfers that phones ask for: REFER (RFC 3515), and calls that take another's place by Replaces (RFC 3891)."""

from __future__ import annotations

from core.events import AgentRang, CallTransferred
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import agents, bridging, endings, outward, transfers
from core.telephony.call_control.states import Call, Segment
from core.telephony.call_control.world import World
from core.telephony.inputs import LegId

Far = tuple[LegId, str, bool]


def referred(w: World, given: inp.TransferRequested, go_to: transfers.GoTo) -> None:
    """REFER from a phone of the house; nobody outside may send our calls about."""
    call = w.call_of(given.leg)
    if call is None:
        w.send(cmd.RefuseTransfer(given.leg, 603, "Decline"))
        return
    payer, target = outward.payer_at(w, call, given.leg), transfers.target_of(w, given.target)
    if payer is None and given.leg not in call.supervisions:
        no = outward.BarredCall(given.target, "", "stranger")
        outward.note_refused(w, no, None, call.id)
        w.send(cmd.RefuseTransfer(given.leg, no.status, no.phrase))
        return
    extension = w.extension_at(call, given.leg)
    if w.leg_of(call, extension) != given.leg or len(w.talking(call)) != 1:
        w.send(cmd.RefuseTransfer(given.leg, 603, "Decline"))
        return
    if given.replaces is not None:
        _attended(w, given, call)
        return
    if target in {f"extension:{there}" for there in (extension, *_present(w, call))}:
        w.send(cmd.RefuseTransfer(given.leg, 603, "Already in this call"))
        return
    if (refused := transfers.obstacle(w, target, payer)) is not None:
        outward.note_refused(w, refused, payer, call.id)
        if refused.why == "nowhere":
            w.send(cmd.TransferProgress(given.leg, refused.status, refused.phrase))
        else:
            w.send(cmd.RefuseTransfer(given.leg, refused.status, refused.phrase))
    elif target.startswith(("extension:", "number:")):
        transfers.refer(w, call, given.leg, target)
    else:
        # A queue or a menu takes every call at once.
        w.send(cmd.TransferProgress(given.leg, 100, "Trying"))
        w.send(cmd.TransferProgress(given.leg, 200, "OK"))
        transfers.blind(w, call, given.leg, target, go_to)


def _present(w: World, call: Call) -> set[str]:
    return {w.extension_at(call, call.caller_leg), *(segment.extension for segment in w.talking(call))}


def _attended(w: World, given: inp.TransferRequested, call: Call) -> None:
    """The phone's two calls become one without it. The one with a citizen in it is the one that goes on."""
    assert given.replaces is not None
    other = w.call_of(given.replaces)
    extension = w.extension_at(call, given.leg)
    if other is None or other is call or w.leg_of(other, extension) != given.replaces or len(w.talking(other)) != 1:
        w.send(cmd.TransferProgress(given.leg, 481, "Call/Transaction Does Not Exist"))
        return
    # The target is in a call already, so nothing lies between the two.
    w.send(cmd.TransferProgress(given.leg, 100, "Trying"))
    w.send(cmd.TransferProgress(given.leg, 200, "OK"))
    kept, own, second, second_own = call, given.leg, other, given.replaces
    if kept.direction == "internal" and second.direction != "internal":
        kept, own, second, second_own = other, given.replaces, call, given.leg
    for merged in (kept, second):
        if (asked := w.consulted(merged)) is not None:
            transfers.end_consult(w, merged, asked)
    far = _take_out(w, second, second_own)
    taken = _bring_in(w, kept, far)
    transfers.hand_over(w, kept, own, taken)


def _take_out(w: World, call: Call, own: LegId) -> Far:
    """Ends this call around the party at its far end, whose leg stays up; returns the leg, who is there, and whether
    outside."""
    if own == call.caller_leg:
        segment = w.talking(call)[0]
        leg, extension, outside = segment.leg, segment.extension, segment.outside
        w.legs.pop(leg)
        del call.segments[leg]
        endings.say_ended(w, call, segment, "transferred")
    else:
        assert call.caller_leg is not None
        leg, extension, outside = call.caller_leg, call.originator or call.caller, call.originator is None
        w.legs.pop(leg)
        call.caller_leg = None
    if leg in call.tones:
        bridging.stop_play(w, call, leg)
    endings.end_call(w, call, "agent_hung_up")
    return leg, extension, outside


def _bring_in(w: World, call: Call, far: Far) -> Segment:
    """A party of another call belongs to this one, as somebody who was consulted."""
    leg, extension, outside = far
    segment = Segment(w.new_id(), leg, extension, consult=True, outside=outside)
    w.legs[leg] = call.id
    call.segments[leg] = segment
    w.takes_part(call, extension)
    w.emit(AgentRang(call.id, segment.id, extension, None))
    bridging.took_part(w, call, segment)
    return segment


# --- INVITE with Replaces --------------------------------------------------------------------------------------


def invited(w: World, given: inp.LegInvited) -> None:
    """Another phone takes the place of a leg that is up, or picks up for a phone that rings."""
    call = w.call_of(given.replaces) if given.replaces is not None else None
    from_inside = given.origin_kind == "extension"
    if call is None or given.replaces is None or not _may(w, call, given):
        w.send(cmd.Reject(given.leg, 481, "Call/Transaction Does Not Exist"))
        return
    w.legs[given.leg] = call.id
    w.send(cmd.Answer(given.leg))
    segment = call.segments.get(given.replaces)
    if segment is None:
        _replace_first(w, call, given, given.origin if from_inside else None)
    elif segment.answered:
        _replace_segment(w, call, given, segment)
    else:
        _pick_up(w, call, given, segment)


def _may(w: World, call: Call, given: inp.LegInvited) -> bool:
    """Our phones may; an exchange only for its own caller. A first leg that nobody talks to yet is its caller's own."""
    if given.replaces in call.supervisions:
        return False
    if given.replaces == call.caller_leg:
        return bool(w.talking(call)) and (given.origin_kind == "extension" or call.trunk == given.origin)
    return given.origin_kind == "extension"


def _new_segment(w: World, call: Call, given: inp.LegInvited, before: Segment) -> Segment:
    segment = Segment(w.new_id(), given.leg, given.origin, before.queue, consult=before.consult)
    segment.asked_by = before.asked_by
    call.segments[given.leg] = segment
    w.takes_part(call, given.origin)
    w.emit(AgentRang(call.id, segment.id, given.origin, before.queue))
    return segment


def _replace_segment(w: World, call: Call, given: inp.LegInvited, before: Segment) -> None:
    w.emit(CallTransferred(call.id, before.id, before.extension, "attended", given.origin))
    after = _new_segment(w, call, given, before)
    if (second := w.consulted(call)) is not None and second.asked_by == before.leg:
        second.asked_by = given.leg
    endings.end_segment(w, call, before, "transferred", hang_up=True)
    bridging.took_part(w, call, after)
    bridging.settle(w, call)


def _replace_first(w: World, call: Call, given: inp.LegInvited, extension: str | None) -> None:
    assert call.caller_leg is not None
    gone = call.caller_leg
    bridging.end_hold(w, call, gone)
    w.legs.pop(gone, None)
    w.send(cmd.HangUp(gone))
    if (second := w.consulted(call)) is not None and second.asked_by == gone:
        second.asked_by = given.leg
    endings.end_first(w, call, "transferred")
    call.caller_leg, call.originator, call.clicked = given.leg, extension, False
    if extension is not None:
        w.takes_part(call, extension)
    session = w.sessions.get(extension or "")
    if session is not None:
        agents.take_up(w, session, call)
    bridging.settle(w, call)


def _pick_up(w: World, call: Call, given: inp.LegInvited, ringing: Segment) -> None:
    """A colleague answers for a phone that rings."""
    picked = _new_segment(w, call, given, ringing)
    w.send(cmd.HangUp(ringing.leg))
    endings.end_ring(w, call, ringing, "withdrawn")
    agents.stop_ringing(w, ringing.extension, call)
    bridging.answered(w, call, picked)
