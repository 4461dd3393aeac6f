"""Agents: states asked for, phones lost and found, calls taken up and left, wrap-up."""

from __future__ import annotations

from core.events import AgentState, ExtensionRegistered, ExtensionUnregistered, WrapUpEnded, WrapUpStarted
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control.states import BUSY, AgentSession, Call, PendingWrapUp, Segment
from core.telephony.call_control.world import World

USUAL_WRAP_UP_S = 20.0
# Why a seat is in after-call work for a call that nobody ended.
CUT_OFF = "core_restarted"


def state_requested(w: World, given: inp.StateRequested) -> None:
    session = w.sessions.get(given.extension)
    if session is None:
        w.refuse("not_found", "There is no such agent.", "extension")
        return
    w.dirty_agents.add(given.extension)
    if session.state in BUSY:
        session.wanted = None if given.state == "ready" else (given.state, given.reason)
    elif given.state == "ready" and not session.registered:
        w.refuse("conflict", "The phone is not registered.", "state", "Switch the phone on, then sign on again.")
    else:
        session.wanted = None
        end_wrap_up(w, session)
        w.set_state(session, given.state, "" if given.state == "ready" else given.reason)


def registered(w: World, given: inp.Registered) -> None:
    w.registered.add(given.extension)
    w.emit(ExtensionRegistered(given.extension, given.contact, given.expires_s))
    session = w.sessions.get(given.extension)
    if session is None:
        return
    session.registered, session.registered_at = True, w.now
    w.dirty_agents.add(given.extension)
    if session.state == "trouble":
        back = session.before_trouble if session.before_trouble in ("break", "offline") else "ready"
        w.set_state(session, back)


def unregistered(w: World, given: inp.Unregistered) -> None:
    w.registered.discard(given.extension)
    w.emit(ExtensionUnregistered(given.extension, given.reason))
    session = w.sessions.get(given.extension)
    if session is None:
        return
    session.registered = False
    w.dirty_agents.add(given.extension)
    if session.state in ("ready", "wrap_up"):
        end_wrap_up(w, session)
        wanted, session.wanted = session.wanted, None
        w.set_state(session, *(wanted or ("trouble", "unregistered")))


def standing(w: World) -> list[inp.AgentBefore]:
    """Who is at work and at what, for ``remembered`` after a restart."""
    return [
        standing_of(w, extension) for extension, session in sorted(w.sessions.items()) if session.state != "offline"
    ]


def standing_of(w: World, extension: str) -> inp.AgentBefore:
    """One seat; who is no longer on the floor is offline."""
    session = w.sessions.get(extension)
    if session is None:
        return inp.AgentBefore(extension, "offline")
    owed = _in_hand(w, extension, session)
    if owed is None:
        return inp.AgentBefore(extension, session.state, session.reason)
    return inp.AgentBefore(extension, session.state, session.reason, owed.call, owed.segment, owed.limit_s)


def _in_hand(w: World, extension: str, session: AgentSession) -> PendingWrapUp | None:
    """The after-call work of what the agent is doing, if that ended now."""
    if session.call is None or session.state not in ("talking", "hold", "wrap_up"):
        return None
    if session.state == "wrap_up":
        return PendingWrapUp(session.call, session.segment, None, USUAL_WRAP_UP_S)
    call = w.calls.get(session.call)
    parts = call.segments.values() if call is not None else ()
    own = next((part for part in parts if part.extension == extension and part.answered), None)
    return owed_for(w, call, own) if call is not None and own is not None else None


def remembered(w: World, given: inp.AgentsRestored) -> None:
    """Everybody goes on where the last core left them: at the break, at after-call work for the call that was cut off,
    else ready. Who has asked for something already has it."""
    for before in given.sessions:
        session = w.sessions.get(before.extension)
        if session is None or session.state != "offline":
            continue
        if before.state == "break":
            w.set_state(session, "break", before.reason)
        elif before.call and before.segment and before.wrap_up_s > 0:
            owed = PendingWrapUp(inp.CallId(before.call), before.segment, None, before.wrap_up_s)
            start_wrap_up(w, session, owed, CUT_OFF)
        else:
            w.release(session)
            # A phone that comes back finds its agent at work.
            session.before_trouble = "ready"


def follow_installation(w: World) -> None:
    """Agents who are no longer in the site leave, at once or when their call and its wrap-up are over; somebody who
    has just become an agent may be talking already."""
    for extension in sorted(set(w.sessions) - set(w.installation.agents)):
        session = w.sessions[extension]
        if session.state not in BUSY:
            end_wrap_up(w, session)
            w.release(session)
    for extension, session in w.sessions.items():
        if session.state not in BUSY and (calls := w.parts_of(extension)):
            take_up(w, session, calls[-1])


# --- calls taken up and left -----------------------------------------------------------------------------------


def take_up(w: World, session: AgentSession, call: Call, state: AgentState = "talking") -> None:
    """The agent is busy with this call from now on, and afterwards goes back to the break that it came in."""
    end_wrap_up(w, session)
    before = (session.state, session.reason) if session.state != "trouble" else (session.before_trouble, "")
    if before[0] in ("break", "offline") and session.wanted is None:
        session.wanted = before
    w.set_state(session, state, "", call.id)


def leave(w: World, extension: str | None, call: Call, owed: PendingWrapUp | None) -> None:
    """The agent's part in this call is over: on to another call of the same phone, else to wrap-up or free."""
    session = w.sessions.get(extension or "")
    if session is None:
        return
    if owed is not None and session.state in ("talking", "hold") and (owed.queue or session.owed is None):
        session.owed = owed
    if session.call != call.id or session.state not in ("talking", "hold"):
        return
    others = w.parts_of(session.agent.extension)
    if others:
        show(w, session, others[-1])
    elif session.owed is not None:
        start_wrap_up(w, session, session.owed)
    else:
        w.release(session)


def lost(w: World, extension: str, *, began_anew: bool) -> None:
    """The phone is gone in mid-talk: no call for it until it is there again, which it may be already."""
    session = w.sessions.get(extension)
    if session is None or session.state != "ready" or began_anew:
        return
    if w.talk_until is None or session.registered_at < w.talk_until:
        w.set_state(session, "trouble", "unreachable")


def show(w: World, session: AgentSession, call: Call) -> None:
    """The agent's state is that of this call of theirs: talking, or on hold by their own wish."""
    own = w.leg_of(call, session.agent.extension)
    w.set_state(session, "hold" if own in w.holding(call) else "talking", "", call.id)


def stop_ringing(w: World, extension: str, call: Call) -> None:
    """Its phone rings no longer for this call."""
    session = w.sessions.get(extension)
    if session is not None and session.state == "ringing" and session.call == call.id:
        unless_talking(w, session)


def unless_talking(w: World, session: AgentSession) -> None:
    """Free, but for a call that the agent has placed while the phone rang."""
    others = w.parts_of(session.agent.extension)
    if others:
        show(w, session, others[-1])
    else:
        w.release(session)


# --- wrap-up ---------------------------------------------------------------------------------------------------


def owed_for(w: World, call: Call, segment: Segment) -> PendingWrapUp | None:
    """After-call work is owed for citizens, not for colleagues; with no time allowed the agent is free at once."""
    if call.direction == "internal" or segment.consult:
        return None
    queue = w.installation.queues.get(segment.queue or "")
    limit_s = queue.wrap_up_s if queue else USUAL_WRAP_UP_S
    return PendingWrapUp(call.id, segment.id, segment.queue, limit_s) if limit_s > 0 else None


def start_wrap_up(w: World, session: AgentSession, owed: PendingWrapUp, reason: str = "") -> None:
    session.segment, session.owed = owed.segment, None
    w.set_state(session, "wrap_up", reason, owed.call)
    w.emit(WrapUpStarted(owed.call, owed.segment, session.agent.extension, owed.limit_s))
    w.send(cmd.StartTimer(f"wrap:{session.agent.extension}", owed.limit_s))


def wrap_up_done(w: World, given: inp.WrapUpDone) -> None:
    session = w.sessions.get(given.extension)
    if session is None:
        w.refuse("not_found", "There is no such agent.", "extension")
    elif session.state != "wrap_up":
        w.refuse("conflict", "There is no wrap-up to finish.", "state", "Wrap-up begins when a call has ended.")
    else:
        end_wrap_up(w, session, given.category, given.note)
        w.release(session)


def wrap_up_over(w: World, extension: str) -> None:
    """The time is up."""
    session = w.sessions.get(extension)
    if session is not None and session.state == "wrap_up":
        end_wrap_up(w, session)
        w.release(session)


def end_wrap_up(w: World, session: AgentSession, category: str = "", note: str = "") -> None:
    """Closes it if one is running; the seat's state is the caller's business."""
    if session.state == "wrap_up" and session.call is not None:
        w.send(cmd.StopTimer(f"wrap:{session.agent.extension}"))
        w.emit(WrapUpEnded(session.call, session.segment, session.agent.extension, category, note))
        session.segment = ""
