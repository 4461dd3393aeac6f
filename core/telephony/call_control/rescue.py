"""What becomes of somebody whose talk ended because the other phone is gone: nobody is hung up without a word. Pure.

===============================================  ==========================================
who is left                                      goes on
===============================================  ==========================================
whoever waited in a queue before                 at its head
a citizen who reached or was called by an agent  at the head of the agent's first queue
any other citizen                                where our numbers lead: a menu, else a queue
a colleague, or a citizen with no way on         is told so, and the call ends
===============================================  ==========================================
"""

from __future__ import annotations

from core.events import CallQueued, EndReason
from core.i18n import N_
from core.installation.definition import Queue
from core.telephony import commands as cmd
from core.telephony.call_control import bridging, queueing
from core.telephony.call_control.states import Call
from core.telephony.call_control.world import World

NEXT = cmd.Say(phrase=N_("We are sorry, the line to our colleague was lost. You are next, please hold on."))
ANEW = cmd.Say(phrase=N_("We are sorry, the line to our colleague was lost. Please choose once more."))
BYE = cmd.Say(phrase=N_("We are sorry, the line was lost. Please call again."))
PHRASES = (NEXT, ANEW, BYE)


def way_on(w: World, call: Call, extension: str, queue: str | None) -> str:
    """A target; empty when there is none. ``extension`` had the phone that is gone, for a call of ``queue`` if any."""
    installation = w.installation
    if (before := queue or call.last_queue or "") in installation.queues:
        return f"queue:{before}"
    if call.direction == "internal":
        return ""
    agent = installation.agents.get(extension)
    queues = [one for one in agent.queues if one in installation.queues] if agent is not None else []
    if agent is not None and queues:
        return f"queue:{min(queues, key=lambda one: agent.queues[one])}"
    targets = [did.target for did in installation.dids.values()]
    menus = [one for one in targets if one.startswith("flow:") and one[5:] in installation.flows]
    return next(
        iter([*menus, *(one for one in targets if one.startswith("queue:") and one[6:] in installation.queues)]), ""
    )


def send_on(w: World, call: Call, target: str, reason: EndReason) -> None:
    """Of the call only its first party is left."""
    call.holds, call.conference = "", False
    call.back.clear()
    kind, _, rest = target.partition(":")
    if kind == "queue":
        _take_back(w, call, w.installation.queues[rest])
    elif kind == "flow":
        # No key counts for the menu of before.
        call.flow, call.after_announcement = None, target
        w.set_call(call, "ivr")
        bridging.play(w, call, (ANEW,))
    else:
        queueing.say_goodbye(w, call, reason, BYE)


def _take_back(w: World, call: Call, queue: Queue) -> None:
    """At the head, open or not, full or not: this citizen was being served."""
    call.queue, call.queued_at, call.ahead = queue.id, w.now, True
    w.lines.join(call)
    w.set_call(call, "queued")
    position = w.lines.place(call)
    w.emit(CallQueued(call.id, queue.id, call.priority, position, queueing.expected_wait_s(w, queue.id, position)))
    queueing.wait(w, call, queue)
    bridging.play(w, call, (NEXT,))
