"""Agents: states asked for, phones lost and found, wrap-up."""

from __future__ import annotations

from core.events import ExtensionRegistered, ExtensionUnregistered, WrapUpEnded, WrapUpStarted
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control.states import BUSY, Call, Seat, Segment
from core.telephony.call_control.world import World

USUAL_WRAP_UP_S = 20.0


def state_asked(w: World, given: inp.StateAsked) -> None:
    seat = w.seats.get(given.extension)
    if seat is None:
        w.refuse("not_found", "There is no such agent.", "extension")
        return
    if given.state == "ready":
        if seat.state in BUSY:
            seat.wanted = None
        elif not seat.registered:
            w.refuse("conflict", "The phone is not registered.", "state", "Switch the phone on, then sign on again.")
        else:
            end_wrap_up(w, seat)
            w.set_seat(seat, "ready")
        return
    if seat.state in BUSY:
        seat.wanted = (given.state, given.reason)
        w.dirty_seats.add(given.extension)
        return
    end_wrap_up(w, seat)
    w.set_seat(seat, given.state, given.reason)


def registered(w: World, given: inp.Registered) -> None:
    w.registered.add(given.extension)
    w.emit(ExtensionRegistered(given.extension, given.contact, given.expires_s))
    seat = w.seats.get(given.extension)
    if seat is None:
        return
    seat.registered = True
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
        w.set_seat(seat, "trouble", "unregistered")


def wrap_up(w: World, seat: Seat, call: Call, segment: Segment) -> None:
    """After-call work begins; with no time allowed the agent is free at once."""
    queue = w.site.queues.get(segment.queue or "")
    limit_s = queue.wrap_up_s if queue else USUAL_WRAP_UP_S
    if limit_s <= 0:
        w.free_seat(seat)
        return
    seat.segment = segment.id
    w.set_seat(seat, "wrap_up", "", call)
    w.emit(WrapUpStarted(call.id, segment.id, seat.agent.extension, limit_s))
    w.send(cmd.StartTimer(f"wrap:{seat.agent.extension}", limit_s))


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
    if seat.state == "wrap_up" and seat.call is not None:
        w.send(cmd.StopTimer(f"wrap:{seat.agent.extension}"))
        w.emit(WrapUpEnded(seat.call, seat.segment, seat.agent.extension, category, note))
        seat.segment = ""
