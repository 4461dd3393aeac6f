"""What a desk or a phone may do with a call that is up: hold, transfer, consult, three-way, hang up.

Whoever acts is named by leg: an agent talks through a segment of a call that came in, and through the first leg of a
call that the agent has placed.
"""

from __future__ import annotations

from typing import Protocol

from core.events import CallTransferred, ConferenceStarted, EndReason, RingOutcome
from core.i18n import N_
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import agents, bridging, endings, liveness, outward, queueing, rescue
from core.telephony.call_control.states import Call, Segment
from core.telephony.call_control.world import World
from core.telephony.inputs import LegId


class GoTo(Protocol):
    def __call__(self, call: Call, target: str, payer: str | None = ...) -> None:
        """``payer`` is on whose right a number outside is dialled, the site's unless it is said."""


CONSULT_RING_S = 30.0
# What an agent hears who gets a call back.
RETURNED = {
    "busy": cmd.Say(phrase=N_("The transfer has failed: the other party is busy.")),
    "no_answer": cmd.Say(phrase=N_("The transfer has failed: nobody answers there.")),
    "declined": cmd.Say(phrase=N_("The transfer has failed: the other party declines.")),
    "": cmd.Say(phrase=N_("The transfer has failed: the other party cannot be reached.")),
}


def target_of(w: World, text: str) -> str:
    """What a person types or dials, as a target: an extension, a queue, one of our numbers, a number outside."""
    if ":" in text or text == "hangup":
        return text
    if text in w.installation.dids:
        return w.installation.dids[text].target
    if text in w.installation.accounts or text in w.installation.agents:
        return f"extension:{text}"
    return f"queue:{text}" if text in w.installation.queues else f"number:{text}"


def leads_somewhere(w: World, target: str) -> bool:
    kind, _, rest = target.partition(":")
    match kind:
        case "extension":
            return rest in w.installation.accounts or rest in w.installation.agents
        case "queue":
            return rest in w.installation.queues
        case "flow":
            return rest in w.installation.flows
        case "number":
            return rest != "" and outward.trunk_out(w) is not None
    return False


def obstacle(w: World, target: str, payer: str | None) -> outward.BarredCall | None:
    """Why this target cannot be had by whoever pays for it."""
    if not leads_somewhere(w, target):
        return outward.BarredCall(target.partition(":")[2], "", "nowhere")
    return outward.refusal(w, target, payer)


# --- from a desk -----------------------------------------------------------------------------------------------


def action(w: World, given: inp.ActionRequested, go_to: GoTo) -> None:
    call = w.calls.get(given.call)
    if call is None:
        w.refuse("not_found", "This call is over.", "call_id")
        return
    if given.action == "answer":
        ringing = next((s for s in call.segments.values() if s.extension == given.by and not s.answered), None)
        if ringing is None:
            w.refuse("conflict", "No phone of yours is ringing for this call.", "action")
        else:
            w.send(cmd.TalkEvent(ringing.leg, "talk"))
        return
    if given.action == "hangup" and given.by == "":
        endings.end_call(w, call, "agent_hung_up")
        return
    leg = w.leg_of(call, given.by)
    if given.action == "hangup" and _hang_up(w, call, given.by, leg):
        return
    if leg is None or not w.talking(call):
        w.refuse("conflict", "You are not talking in this call.", "by", "Choose a call that you take part in.")
        return
    match given.action:
        case "hold":
            bridging.hold(w, call, leg)
        case "resume":
            bridging.resume(w, call, leg)
        case "transfer":
            target, payer = target_of(w, given.target), outward.payer_at(w, call, leg)
            if len(w.talking(call)) > 1:
                w.refuse("conflict", "A three-way call cannot be transferred.", "action", "Hang up to leave it.")
            elif (no := obstacle(w, target, payer)) is not None:
                refuse_target(w, target, "target", no, payer, call)
            elif target == f"extension:{given.by}":
                w.refuse("bad_input", "This target leads nowhere.", "target", _OTHERWISE)
            else:
                blind(w, call, leg, target, go_to)
        case "consult":
            consult(w, call, leg, target_of(w, given.target))
        case _:
            consulted(w, call, leg, given)


_OTHERWISE = N_("Give an extension, a number or queue:ID.")


def refuse_target(
    w: World, target: str, field: str, no: outward.BarredCall, payer: str | None, call: Call | None = None
) -> None:
    """In words to a desk, and on record."""
    outward.note_refused(w, no, payer, call.id if call is not None else None)
    if no.why != "nowhere":
        message, remedy = no.words
        w.refuse("not_allowed", message, field, remedy)
    elif target.startswith("number:") and target != "number:" and outward.trunk_out(w) is None:
        w.refuse("conflict", "Nothing outside can be dialled.", field, "Give a trunk of the site a gateway.")
    else:
        w.refuse("bad_input", "This target leads nowhere.", field, _OTHERWISE)


def _hang_up(w: World, call: Call, extension: str, leg: LegId | None) -> bool:
    """The desk hangs up its own part of the call, in whatever state that is."""
    if leg is not None and w.talking(call):
        let_go(w, call, leg, "agent_hung_up", hang_up=True)
    elif extension == call.originator:
        endings.end_call(w, call, "agent_hung_up")
    elif (second := w.consulted(call)) is not None and second.extension == extension:
        end_consult(w, call, second)
        if second.asked_by is not None:
            bridging.resume(w, call, second.asked_by)
    else:
        return False
    return True


def let_go(w: World, call: Call, leg: LegId, reason: EndReason, *, hang_up: bool) -> None:
    """A party of a talk leaves. Whoever is asking a colleague hands the call over; a conference goes on without an
    agent, but not without its caller; with nobody left to talk to the call is over."""
    side = w.side_of(call, leg)
    talking = w.talking(call)
    second = w.consulted(call)
    if second is not None and second.asked_by == leg:
        if len(talking) == 1:
            hand_over(w, call, leg, second, hang_up=hang_up)
            return
        end_consult(w, call, second)
    why: endings.SegmentReason = "failed" if reason in ("dead_peer", "failed") else _hung_up(side)
    if why == "failed" and side == "agent" and len(talking) == 1:
        _line_lost(w, call, leg, reason, hang_up=hang_up)
    elif leg == call.caller_leg:
        if len(talking) > 1 and call.originator is not None:
            endings.replace_first(w, call, why, hang_up=hang_up)
            bridging.settle(w, call)
        else:
            endings.end_call(w, call, reason, caller_left=not hang_up)
    else:
        endings.end_segment(w, call, call.segments[leg], why, hang_up=hang_up)
        if w.talking(call):
            bridging.settle(w, call)
        else:
            endings.end_call(w, call, reason)


def _line_lost(w: World, call: Call, leg: LegId, reason: EndReason, *, hang_up: bool) -> None:
    """The agent's phone is gone, and the other party is not."""
    segment = call.segments.get(leg)
    extension = w.extension_at(call, leg)
    target = rescue.way_on(w, call, extension, segment.queue if segment is not None else None)
    if (second := w.consulted(call)) is not None:
        # Whom the caller was asking meanwhile is let go, too.
        end_consult(w, call, second)
    if segment is None:
        endings.replace_first(w, call, "failed", hang_up=hang_up, owes=not target)
    else:
        endings.end_segment(w, call, segment, "failed", hang_up=hang_up, owes=not target)
    agents.lost(w, extension, began_anew=liveness.began_anew(call, leg))
    rescue.send_on(w, call, target, reason)


def _hung_up(side: str) -> endings.SegmentReason:
    return "agent_hung_up" if side == "agent" else "caller_hung_up"


# --- transfer --------------------------------------------------------------------------------------------------


def part_with(w: World, call: Call, leg: LegId, *, hang_up: bool = True) -> None:
    """The party at this leg gives the call away; the others stay."""
    if leg == call.caller_leg:
        endings.replace_first(w, call, "transferred", hang_up=hang_up)
    else:
        endings.end_segment(w, call, call.segments[leg], "transferred", hang_up=hang_up)


def say_transferred(w: World, call: Call, leg: LegId, target: str, *, attended: bool) -> str:
    """The fact; returns the extension that gives the call away."""
    extension = w.extension_at(call, leg)
    segment = call.segments.get(leg) or w.talking(call)[-1]
    w.emit(CallTransferred(call.id, segment.id, extension, "attended" if attended else "blind", target))
    return extension


def blind(w: World, call: Call, leg: LegId, target: str, go_to: GoTo) -> None:
    """The agent lets go at once; a target that fails rings the agent again rather than lose the caller."""
    payer = outward.payer_at(w, call, leg)
    extension = say_transferred(w, call, leg, target, attended=False)
    if (second := w.consulted(call)) is not None:
        end_consult(w, call, second)
    part_with(w, call, leg)
    call.back, call.holds, call.returned = back_to(call, extension), "", None
    go_to(call, target, payer)


def back_to(call: Call, extension: str) -> list[str]:
    """Whoever gave the call away, and then the queue in which it waited."""
    return [f"extension:{extension}", *([f"queue:{call.last_queue}"] if call.last_queue else [])]


def hand_over(w: World, call: Call, leg: LegId, second: Segment, *, hang_up: bool = True) -> None:
    """The two at the ends talk on without whoever stands between them, at once or when the asked phone is answered."""
    target = second.extension
    if second.referred:
        target = f"{'number' if second.outside else 'extension'}:{target}"
    extension = say_transferred(w, call, leg, target, attended=second.answered and not second.referred)
    second.consult, second.asked_by, second.referred = False, None, False
    part_with(w, call, leg, hang_up=hang_up)
    call.holds = ""
    if second.answered:
        bridging.settle(w, call)
    else:
        call.back = back_to(call, extension)
        w.set_call(call, "ringing")
        bridging.play(w, call, bridging.RINGBACK, loop=True)


def refer(w: World, call: Call, leg: LegId, target: str) -> None:
    """As a phone asks for it (RFC 3515): it stays in its dialog, on hold, until the target has answered, and has the
    call back when it does not."""
    if (before := w.consulted(call)) is not None:
        end_consult(w, call, before)
    kept_waiting, call.returned = leg in w.holding(call), None
    payer = outward.payer_at(w, call, leg)
    bridging.hold(w, call, leg)
    kind, _, rest = target.partition(":")
    if kind == "extension":
        second = queueing.ring(w, call, rest, None, CONSULT_RING_S, asked_by=leg)
    else:
        outcome = queueing.ring_outside(w, call, rest, payer, asked_by=leg)
        assert isinstance(outcome, Segment), "asked before"
        second = outcome
    second.referred, second.kept_waiting = True, kept_waiting
    w.send(cmd.TransferProgress(leg, 100, "Trying"))
    bridging.join(w, call)


def referral_done(w: World, call: Call, second: Segment) -> None:
    """The target has answered: whoever referred is told and leaves."""
    assert second.asked_by is not None
    w.send(cmd.TransferProgress(second.asked_by, 200, "OK"))
    hand_over(w, call, second.asked_by, second)


def referral_failed(w: World, call: Call, second: Segment, outcome: RingOutcome, status: int) -> None:
    """Whoever referred has the call back, and is told why by the phone and by a voice."""
    assert second.asked_by is not None
    w.send(cmd.TransferProgress(second.asked_by, status, endings.WORDS.get(status, "Unavailable")))
    call.returned = (second.extension, outcome)
    if not second.kept_waiting:
        bridging.resume(w, call, second.asked_by)
    say_returned(w, call, second.asked_by)


def say_returned(w: World, call: Call, leg: LegId) -> None:
    """Over the talk, to this party alone."""
    if call.returned is not None:
        said = RETURNED.get(call.returned[1], RETURNED[""])
        w.send(cmd.Play(leg, (said,), f"{call.id}:returned", mix=True))
        w.touch(call)


# --- consultation ----------------------------------------------------------------------------------------------


def consult(w: World, call: Call, leg: LegId, target: str) -> None:
    kind, _, rest = target.partition(":")
    present = {w.extension_at(call, call.caller_leg), *(s.extension for s in call.segments.values())}
    if w.consulted(call) is not None or kind not in ("extension", "number") or rest in present:
        w.refuse("conflict", "This cannot be consulted now.", "target", "Consult one extension at a time.")
        return
    payer = outward.payer_at(w, call, leg)
    if (no := obstacle(w, target, payer)) is not None:
        refuse_target(w, target, "target", no, payer, call)
        return
    bridging.hold(w, call, leg)
    if kind == "extension":
        queueing.ring(w, call, rest, None, CONSULT_RING_S, asked_by=leg)
    else:
        queueing.ring_outside(w, call, rest, payer, asked_by=leg)
    bridging.join(w, call)


def consulted(w: World, call: Call, leg: LegId, given: inp.ActionRequested) -> None:
    """What follows a consultation: hand over, three-way, or back."""
    second = w.consulted(call)
    asking = second is not None and second.asked_by == leg
    if second is None or not asking or (given.action != "cancel_consult" and not second.answered):
        w.refuse("conflict", "There is no consultation to act on.", "action", "Consult a colleague first.")
        return
    match given.action:
        case "complete_transfer":
            hand_over(w, call, leg, second)
        case "conference":
            conference(w, call, leg, second)
        case "cancel_consult":
            end_consult(w, call, second)
            bridging.resume(w, call, leg)


def conference(w: World, call: Call, leg: LegId, second: Segment) -> None:
    second.consult, second.asked_by = False, None
    call.conference = True
    bridging.resume(w, call, leg)
    asker = call.segments.get(leg) or w.talking(call)[0]
    members = tuple(segment.extension for segment in w.talking(call))
    w.emit(ConferenceStarted(call.id, asker.id, w.extension_at(call, leg), members))
    bridging.settle(w, call)


def end_consult(w: World, call: Call, second: Segment, *, hang_up: bool = True) -> None:
    """Whoever was asked is let go, talking or still ringing; the asker's hold is the asker's business."""
    if second.answered:
        endings.end_segment(w, call, second, "agent_hung_up", hang_up=hang_up)
        return
    if second.referred and second.asked_by is not None:
        w.send(cmd.TransferProgress(second.asked_by, 487, "Request Terminated"))
    if hang_up:
        w.send(cmd.HangUp(second.leg))
    endings.end_ring(w, call, second, "withdrawn")
    agents.stop_ringing(w, second.extension, call)
