"""What a supervisor may do with calls that wait, and what callers are told before anything else. Pure."""

from __future__ import annotations

from collections.abc import Callable

from core.events import AnnouncementHeard, CallPrioritised
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import agents, bridging, endings, queueing
from core.telephony.call_control.states import BUSY, Call
from core.telephony.call_control.world import World

GoTo = Callable[[Call, str], None]


def _waiting(w: World, call_id: inp.CallId) -> Call | None:
    """The call, when it waits and no phone rings for it yet."""
    call = w.calls.get(call_id)
    if call is None:
        w.refuse("not_found", "This call is over.", "call_id")
    elif call.state != "queued":
        w.refuse("conflict", "This call does not wait any more.", "call_id", "Choose a call that waits.")
    else:
        return call
    return None


def assign(w: World, given: inp.AssignRequested) -> None:
    """Rings the agent for this call, also out of a break or wrap-up, to which the agent returns afterwards."""
    call = _waiting(w, given.call)
    if call is None:
        return
    session = w.sessions.get(given.extension)
    if session is None:
        w.refuse("not_found", "There is no such agent.", "extension")
    elif not session.registered or session.state in (*BUSY, "trouble", "offline"):
        w.refuse(
            "conflict", "This agent cannot take a call now.", "extension", "Choose one who is ready or on a break."
        )
    else:
        if session.state == "break":
            session.wanted = ("break", session.reason)
        if session.state != "ready":
            agents.end_wrap_up(w, session)
            w.set_state(session, "ready")
        queue = w.installation.queues.get(call.queue or "")
        queueing.ring(w, call, given.extension, call.queue, queue.ring_s if queue else 20.0)


def move(w: World, given: inp.MoveRequested, go_to: GoTo) -> None:
    call = _waiting(w, given.call)
    if call is None:
        return
    if given.queue not in w.installation.queues or given.queue == call.queue:
        w.refuse("bad_input", "There is no such queue to move to.", "queue", "Choose another queue.")
        return
    since = call.queued_at
    bridging.leave_queue(w, call, "moved", f"queue:{given.queue}")
    go_to(call, f"queue:{given.queue}")
    if call.queue == given.queue and since is not None:
        # Who has waited keeps the place that the waiting is worth.
        call.queued_at = since
        w.lines.join(call)
        w.touch(call)


def prioritise(w: World, given: inp.PriorityRequested) -> None:
    call = _waiting(w, given.call)
    if call is not None and call.queue is not None:
        call.priority = given.priority
        w.lines.join(call)
        w.emit(CallPrioritised(call.id, call.queue, given.priority, given.by))
        w.touch(call)


def end(w: World, given: inp.EndRequested) -> None:
    call = w.calls.get(given.call)
    if call is None:
        w.refuse("not_found", "This call is over.", "call_id")
    else:
        endings.end_call(w, call, "supervisor")


def owed(w: World, call: Call) -> list[str]:
    """Announcements that this caller must hear: for everybody, or for the caller's area, until their time is over."""
    if call.direction != "inbound":
        return []
    return [
        one for one, numbers in w.announced.items() if (numbers is None or call.caller in numbers) and _stands(w, one)
    ]


def _stands(w: World, announcement: str) -> bool:
    until = w.installation.announcements[announcement].until
    return until is None or w.wall < until


def announce(w: World, call: Call, target: str) -> None:
    """Says what is owed; ``announced`` goes on to the target."""
    call.after_announcement = target
    w.set_call(call, "ivr")
    parts = tuple(cmd.Say(text=w.installation.announcements[one].text) for one in call.announcements)
    bridging.play(w, call, parts)


def announced(w: World, call: Call, go_to: GoTo) -> None:
    target, call.after_announcement = call.after_announcement, ""
    for one in call.announcements:
        w.emit(AnnouncementHeard(call.id, one))
    call.announcements = []
    go_to(call, target)
