"""How calls begin: a peer's INVITE, or a desk's click."""

from __future__ import annotations

from core.events import CallArrived, Direction
from core.installation.definition import LOOPBACK
from core.numbering import normal
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import agents, endings, outward, replacing, steering, transfers
from core.telephony.call_control.states import Call
from core.telephony.call_control.world import World

OWN_RING_S = 30.0


def invited(w: World, given: inp.LegInvited, go_to: transfers.GoTo) -> None:
    """A peer calls in."""
    installation = w.installation
    if given.replaces is not None:
        replacing.invited(w, given)
        return
    from_inside = given.origin_kind == "extension"
    did = installation.dids.get(given.dialled)
    trunk = None if from_inside else installation.trunks.get(given.origin)
    # A call of ours that leads back: whoever was rung up is played, and it is nobody's call to us.
    looped = trunk is not None and trunk.loops
    if looped:
        target = f"flow:{LOOPBACK}" if LOOPBACK in installation.flows else ""
    elif did is not None:
        target = did.target
    elif from_inside:
        target = transfers.target_of(w, given.dialled)
    elif given.dialled in installation.accounts:
        target = f"extension:{given.dialled}"
    else:
        target = ""
    direction: Direction = "inbound"
    if from_inside:
        direction = "outbound" if target.startswith("number:") else "internal"
    elif looped:
        direction = "internal"
    came = given.dialled if direction == "outbound" else given.caller
    caller = given.caller if from_inside else normal(given.caller)
    call = Call(
        inp.CallId(w.new_id()),
        direction,
        caller,
        given.caller_name if caller else "",
        given.dialled,
        w.now,
        given.leg,
        given.demo or looped,
        trunk=None if from_inside else given.origin,
        originator=given.origin if from_inside else None,
        since=w.now,
    )
    w.begin(call)
    w.legs[given.leg] = call.id
    w.touch(call)
    w.emit(
        CallArrived(
            call.id,
            direction,
            caller,
            normal(given.dialled) if direction == "outbound" else given.dialled,
            call.trunk,
            call.demo,
            received=came if came != normal(came) and (direction == "outbound" or not from_inside) else "",
            caller_name=call.caller_name,
        )
    )
    session = w.sessions.get(call.originator or "")
    # While the phone rings for a call of a queue, the agent is that call's.
    if session is not None and session.state != "ringing":
        agents.take_up(w, session, call)
    if not target:
        endings.end_call(w, call, "rejected", status=404)
        return
    if w.stopping and not target.startswith("queue:"):
        # A queue that is closed says itself where its callers go; whoever else sent the call finds another way.
        endings.end_call(w, call, "house_stopped", status=503)
        return
    # Where one of our own numbers leads is the site's decision.
    payer = given.origin if from_inside and did is None else outward.SITE
    if (no := outward.refusal(w, target, payer)) is not None:
        outward.note_refused(w, no, payer, call.id)
        endings.end_call(w, call, "rejected", status=no.status, words=no.phrase)
        return
    call.announcements = steering.owed(w, call)
    go_to(call, target, payer)


def originate(w: World, given: inp.OriginateRequested) -> None:
    """A desk has its own phone rung first, then the number."""
    if given.extension not in w.installation.accounts or given.extension not in w.registered:
        w.refuse("conflict", "The phone is not registered.", "from_extension", "Switch the phone on first.")
        return
    session = w.sessions.get(given.extension)
    if session is not None and session.state in ("ringing", "talking", "hold"):
        w.refuse("conflict", "You are in a call already.", "from_extension", "End it or put it on hold first.")
        return
    if w.stopping:
        w.refuse("conflict", "The hotline is being stopped.", "to", "Try again when it runs.")
        return
    target = transfers.target_of(w, given.target)
    if (no := transfers.obstacle(w, target, given.extension)) is not None:
        transfers.refuse_target(w, target, "to", no, given.extension)
        return
    call = Call(
        given.call,
        "outbound" if target.startswith("number:") else "internal",
        given.extension,
        "",
        given.target,
        w.now,
        None,
        order_id=given.order_id,
        originator=given.extension,
        clicked=True,
        since=w.now,
    )
    w.begin(call)
    call.caller_leg = w.new_leg(call)
    w.set_call(call, "ringing")
    dialled = normal(given.target) if call.direction == "outbound" else given.target
    w.emit(
        CallArrived(
            call.id,
            call.direction,
            given.extension,
            dialled,
            None,
            False,
            given.order_id,
            received=given.target if given.target != dialled else "",
        )
    )
    if session is not None:
        agents.take_up(w, session, call)
    w.send(cmd.Dial(call.caller_leg, given.target, "", extension=given.extension, auto_answer=True, ring_s=OWN_RING_S))
