"""Agents: states asked for, phones lost and found, calls taken up and left, wrap-up."""

from __future__ import annotations

from core.events import AgentState, ExtensionRegistered, ExtensionUnregistered, WrapUpEnded, WrapUpStarted
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control.states import BUSY, Call, Owed, Seat, Segment
from core.telephony.call_control.world import World

USUAL_WRAP_UP_S = 20.0
# Why a seat is in after-call work for a call that nobody ended.
CUT_OFF = "core_restarted"


def state_asked(w: World, given: inp.StateAsked) -> None:
    seat = w.seats.get(given.extension)
    if seat is None:
        w.refuse("not_found", "There is no such agent.", "extension")
        return
    w.dirty_seats.add(given.extension)
    if seat.state in BUSY:
        seat.wanted = None if given.state == "ready" else (given.state, given.reason)
    elif given.state == "ready" and not seat.registered:
        w.refuse("conflict", "The phone is not registered.", "state", "Switch the phone on, then sign on again.")
    else:
        seat.wanted = None
        end_wrap_up(w, seat)
        w.set_seat(seat, given.state, "" if given.state == "ready" else given.reason)


def registered(w: World, given: inp.Registered) -> None:
    w.registered.add(given.extension)
    w.emit(ExtensionRegistered(given.extension, given.contact, given.expires_s))
    seat = w.seats.get(given.extension)
    if seat is None:
        return
    seat.registered, seat.registered_at = True, w.now
    w.dirty_seats.add(given.extension)
    if seat.state == "trouble":
        back = seat.before_trouble if seat.before_trouble in ("break", "offline") else "ready"
        w.set_seat(seat, back)


def unregistered(w: World, given: inp.Unregistered) -> None:
    w.registered.discard(given.extension)
    w.emit(ExtensionUnregistered(given.extension, given.reason))
    seat = w.seats.get(given.extension)
    if seat is None:
        return
    seat.registered = False
    w.dirty_seats.add(given.extension)
    if seat.state in ("ready", "wrap_up"):
        end_wrap_up(w, seat)
        wanted, seat.wanted = seat.wanted, None
        w.set_seat(seat, *(wanted or ("trouble", "unregistered")))


def standing(w: World) -> list[inp.SeatBefore]:
    """Who is at work and at what, for ``remembered`` after a restart."""
    return [standing_of(w, extension) for extension, seat in sorted(w.seats.items()) if seat.state != "offline"]


def standing_of(w: World, extension: str) -> inp.SeatBefore:
    """One seat; who is no longer on the floor is offline."""
    seat = w.seats.get(extension)
    if seat is None:
        return inp.SeatBefore(extension, "offline")
    owed = _in_hand(w, extension, seat)
    if owed is None:
        return inp.SeatBefore(extension, seat.state, seat.reason)
    return inp.SeatBefore(extension, seat.state, seat.reason, owed.call, owed.segment, owed.limit_s)


def _in_hand(w: World, extension: str, seat: Seat) -> Owed | None:
    """The after-call work of what the agent is doing, if that ended now."""
    if seat.call is None or seat.state not in ("talking", "hold", "wrap_up"):
        return None
    if seat.state == "wrap_up":
        return Owed(seat.call, seat.segment, None, USUAL_WRAP_UP_S)
    call = w.calls.get(seat.call)
    parts = call.segments.values() if call is not None else ()
    own = next((part for part in parts if part.extension == extension and part.answered), None)
    return owed_for(w, call, own) if call is not None and own is not None else None


def remembered(w: World, given: inp.SeatsRemembered) -> None:
    """Everybody goes on where the last core left them: at the break, at after-call work for the call that was cut off,
    else ready. Who has asked for something already has it."""
    for before in given.seats:
        seat = w.seats.get(before.extension)
        if seat is None or seat.state != "offline":
            continue
        if before.state == "break":
            w.set_seat(seat, "break", before.reason)
        elif before.call and before.segment and before.wrap_up_s > 0:
            owed = Owed(inp.CallId(before.call), before.segment, None, before.wrap_up_s)
            start_wrap_up(w, seat, owed, CUT_OFF)
        else:
            w.free_seat(seat)
            # A phone that comes back finds its agent at work.
            seat.before_trouble = "ready"


def follow_site(w: World) -> None:
    """Agents who are no longer in the site leave, at once or when their call and its wrap-up are over; somebody who
    has just become an agent may be talking already."""
    for extension in sorted(set(w.seats) - set(w.site.agents)):
        seat = w.seats[extension]
        if seat.state not in BUSY:
            end_wrap_up(w, seat)
            w.free_seat(seat)
    for extension, seat in w.seats.items():
        if seat.state not in BUSY and (calls := w.parts_of(extension)):
            take_up(w, seat, calls[-1])


# --- calls taken up and left -----------------------------------------------------------------------------------


def take_up(w: World, seat: Seat, call: Call, state: AgentState = "talking") -> None:
    """The agent is busy with this call from now on, and afterwards goes back to the break that it came in."""
    end_wrap_up(w, seat)
    before = (seat.state, seat.reason) if seat.state != "trouble" else (seat.before_trouble, "")
    if before[0] in ("break", "offline") and seat.wanted is None:
        seat.wanted = before
    w.set_seat(seat, state, "", call.id)


def leave(w: World, extension: str | None, call: Call, owed: Owed | None) -> None:
    """The agent's part in this call is over: on to another call of the same phone, else to wrap-up or free."""
    seat = w.seats.get(extension or "")
    if seat is None:
        return
    if owed is not None and seat.state in ("talking", "hold") and (owed.queue or seat.owed is None):
        seat.owed = owed
    if seat.call != call.id or seat.state not in ("talking", "hold"):
        return
    others = w.parts_of(seat.agent.extension)
    if others:
        show(w, seat, others[-1])
    elif seat.owed is not None:
        start_wrap_up(w, seat, seat.owed)
    else:
        w.free_seat(seat)


def lost(w: World, extension: str, *, began_anew: bool) -> None:
    """The phone is gone in mid-talk: no call for it until it is there again, which it may be already."""
    seat = w.seats.get(extension)
    if seat is None or seat.state != "ready" or began_anew:
        return
    if w.talk_until is None or seat.registered_at < w.talk_until:
        w.set_seat(seat, "trouble", "unreachable")


def show(w: World, seat: Seat, call: Call) -> None:
    """The agent's state is that of this call of theirs: talking, or on hold by their own wish."""
    own = w.leg_of(call, seat.agent.extension)
    w.set_seat(seat, "hold" if own in w.holding(call) else "talking", "", call.id)


def stop_ringing(w: World, extension: str, call: Call) -> None:
    """Its phone rings no longer for this call."""
    seat = w.seats.get(extension)
    if seat is not None and seat.state == "ringing" and seat.call == call.id:
        unless_talking(w, seat)


def unless_talking(w: World, seat: Seat) -> None:
    """Free, but for a call that the agent has placed while the phone rang."""
    others = w.parts_of(seat.agent.extension)
    if others:
        show(w, seat, others[-1])
    else:
        w.free_seat(seat)


# --- wrap-up ---------------------------------------------------------------------------------------------------


def owed_for(w: World, call: Call, segment: Segment) -> Owed | None:
    """After-call work is owed for citizens, not for colleagues; with no time allowed the agent is free at once."""
    if call.direction == "internal" or segment.consult:
        return None
    queue = w.site.queues.get(segment.queue or "")
    limit_s = queue.wrap_up_s if queue else USUAL_WRAP_UP_S
    return Owed(call.id, segment.id, segment.queue, limit_s) if limit_s > 0 else None


def start_wrap_up(w: World, seat: Seat, owed: Owed, reason: str = "") -> None:
    seat.segment, seat.owed = owed.segment, None
    w.set_seat(seat, "wrap_up", reason, owed.call)
    w.emit(WrapUpStarted(owed.call, owed.segment, seat.agent.extension, owed.limit_s))
    w.send(cmd.StartTimer(f"wrap:{seat.agent.extension}", owed.limit_s))


def wrap_up_done(w: World, given: inp.WrapUpDone) -> None:
    seat = w.seats.get(given.extension)
    if seat is None:
        w.refuse("not_found", "There is no such agent.", "extension")
    elif seat.state != "wrap_up":
        w.refuse("conflict", "There is no wrap-up to finish.", "state", "Wrap-up begins when a call has ended.")
    else:
        end_wrap_up(w, seat, given.category, given.note)
        w.free_seat(seat)


def wrap_up_over(w: World, extension: str) -> None:
    """The time is up."""
    seat = w.seats.get(extension)
    if seat is not None and seat.state == "wrap_up":
        end_wrap_up(w, seat)
        w.free_seat(seat)


def end_wrap_up(w: World, seat: Seat, category: str = "", note: str = "") -> None:
    """Closes it if one is running; the seat's state is the caller's business."""
    if seat.state == "wrap_up" and seat.call is not None:
        w.send(cmd.StopTimer(f"wrap:{seat.agent.extension}"))
        w.emit(WrapUpEnded(seat.call, seat.segment, seat.agent.extension, category, note))
        seat.segment = ""
