"""Queues: entering, waiting, announcements, ringing agents, and coming back when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from core.events import AgentRang, CallQueued, EndReason, RingOutcome
from core.i18n import N_
from core.installation.definition import Queue
from core.numbering import dialable, normal
from core.telephony import commands as cmd
from core.telephony.call_control import agents, bridging, endings, outward
from core.telephony.call_control.states import STAFFED, AgentSession, Call, Segment
from core.telephony.call_control.world import World
from core.telephony.hours import state_at
from core.telephony.inputs import CallId, LegId
from core.telephony.routing import Waiting, pick_agent

TurnedAway = Literal["closed", "overflow", "no_agents", "max_wait"]
# What a caller hears whom a queue does not take and leads nowhere else.
TURNED_AWAY: Mapping[TurnedAway, cmd.Say] = {
    "closed": cmd.Say(phrase=N_("We are sorry, we are closed now. Please call again during our opening hours.")),
    "overflow": cmd.Say(
        phrase=N_("We are sorry, all lines are busy and too many are waiting. Please call again later.")
    ),
    "no_agents": cmd.Say(phrase=N_("We are sorry, nobody is on duty at present. Please call again later.")),
    "max_wait": cmd.Say(phrase=N_("We are sorry that nobody could answer you in time. Please call again later.")),
}
# What the program itself says, to be ready before it is needed.
PLACE = cmd.Say(phrase=N_("You are now number")), cmd.Say(phrase=N_("in the queue."))
WAIT = cmd.Say(phrase=N_("Your wait will be about")), cmd.Say(phrase=N_("minutes. Please hold on."))
PHRASES = (*TURNED_AWAY.values(), *PLACE, *WAIT)


def enter(w: World, call: Call, queue: Queue) -> tuple[TurnedAway, str] | None:
    """The call belongs to the queue; returns why and where to instead when the queue does not take it."""
    before, not_behind = w.lines.waiting(queue.id), w.lines.not_behind(queue.id, queue.priority + call.urgency)
    call.queue, call.queued_at, call.priority = queue.id, w.now, queue.priority + call.urgency
    w.lines.join(call)
    w.set_call(call, "queued")
    position = 1 + not_behind
    w.emit(CallQueued(call.id, queue.id, call.priority, position, expected_wait_s(w, queue.id, position)))
    instead: tuple[TurnedAway, str] | None = None
    if not is_open(w, queue):
        instead = "closed", queue.on_closed
    elif queue.overflow_waiting is not None and before >= queue.overflow_waiting:
        instead = "overflow", queue.on_overflow
    elif queue.on_no_agents is not None and not staffed(w, queue):
        instead = "no_agents", queue.on_no_agents
    if instead is not None:
        bridging.leave_queue(w, call, *instead)
        return instead
    call.back.clear()
    bridging.answer_in(w, call)
    wait(w, call, queue)
    # Whoever is offered to an agent at once hears a phone ring, everybody else music.
    at_once = dispatch_one(w, call)
    bridging.play(w, call, bridging.RINGBACK if at_once else bridging.MUSIC, loop=True)
    return None


def say_goodbye(w: World, call: Call, why: EndReason, words: cmd.Say) -> None:
    """The caller is told, and the call ends when that has been heard."""
    bridging.answer_in(w, call)
    call.farewell = why
    w.set_call(call, "ending")
    bridging.play(w, call, (words,))


def wait(w: World, call: Call, queue: Queue) -> None:
    """The clocks of a call that waits."""
    w.send(cmd.StartTimer(f"max:{call.id}", queue.max_wait_s))
    if queue.announce_every_s > 0:
        w.send(cmd.StartTimer(f"announce:{call.id}", queue.announce_every_s))


def is_open(w: World, queue: Queue) -> bool:
    """What a supervisor said, else the calendar; a house that is being stopped takes nobody any more."""
    if w.stopping:
        return False
    if queue.override:
        return queue.override == "open"
    calendar = w.installation.calendars.get(queue.calendar or "")
    return calendar is None or state_at(calendar, w.wall) == "open"


def staffed(w: World, queue: Queue) -> int:
    return sum(1 for session in w.sessions.values() if session.state in STAFFED and queue.id in session.agent.queues)


def expected_wait_s(w: World, queue_id: str, position: int) -> float | None:
    """Recent answers of the queue come so and so far apart; nothing is said before there are two."""
    answers = w.answers.get(queue_id)
    if not answers or len(answers) < 2:
        return None
    return position * (answers[-1] - answers[0]) / (len(answers) - 1)


def next_wait_s(w: World, queue: Queue, members: Sequence[AgentSession], now: float) -> float | None:
    """What a caller who came now would wait for ``members``; ``None`` when nobody is there to answer or nothing is
    known yet."""
    waiting, first = w.lines.waiting(queue.id), w.lines.longest_since(queue.id)
    if not any(session.state in STAFFED for session in members):
        return None
    if not waiting and any(session.state == "ready" and session.registered for session in members):
        return 0.0
    usual_s = expected_wait_s(w, queue.id, waiting + 1)
    if usual_s is None or first is None:
        return usual_s
    # While somebody waits and nobody is answered, answers come at least so far apart.
    return max(usual_s, (waiting + 1) * (now - max(first, w.answers[queue.id][-1])))


def dispatch(w: World) -> None:
    """Every waiting call that a ready agent can take, best first. Whom nobody can take stays so while agents become
    fewer, and with them everybody behind in the same line."""
    while (heads := sorted(w.lines.heads(), key=Call.turn)) and (idle := _idle(w)):
        if not any(_offer(w, call, idle) for call in heads):
            return


def dispatch_one(w: World, call: Call) -> bool:
    return _offer(w, call, _idle(w))


def _idle(w: World) -> list[AgentSession]:
    return [session for session in w.sessions.values() if session.state == "ready" and session.registered]


def _offer(w: World, call: Call, idle: Sequence[AgentSession]) -> bool:
    queue = w.installation.queues.get(call.queue or "")
    if queue is None:
        return False
    wanted = Waiting(call.id, queue, call.priority, call.queued_at or w.now, call.skills)
    chosen = pick_agent(wanted, idle, w.last_rung.get(queue.id, ""))
    if chosen is None:
        return False
    w.last_rung[queue.id] = chosen.agent.extension
    ring(w, call, chosen.agent.extension, queue.id, queue.ring_s)
    return True


def ring(
    w: World, call: Call, extension: str, queue: str | None, ring_s: float, *, asked_by: LegId | None = None
) -> Segment:
    """A phone of the house is called for this call; ``asked_by`` when it is to be consulted."""
    segment = new_segment(w, call, extension, queue, asked_by)
    session = w.sessions.get(extension)
    if session is not None and session.state == "ready":
        agents.take_up(w, session, call, "ringing")
    w.send(cmd.Dial(segment.leg, call.caller, call.caller_name, extension=extension, ring_s=ring_s, demo=call.demo))
    return segment


def ring_outside(
    w: World, call: Call, number: str, payer: str | None, *, asked_by: LegId | None = None, queue: str | None = None
) -> Segment | outward.BarredCall:
    """A number is dialled if ``payer`` has the right to it."""
    no = outward.refusal(w, f"number:{number}", payer)
    trunk = outward.trunk_out(w)
    if no is not None or trunk is None or payer is None:
        no = no or outward.BarredCall(number, "", "nowhere")
        outward.note_refused(w, no, payer, call.id)
        return no
    segment = new_segment(w, call, normal(number), queue, asked_by)
    segment.outside, segment.payer = True, payer
    outward.note_dialled(w, call, segment, trunk.id)
    dialled = dialable(number)
    w.send(cmd.Dial(segment.leg, trunk.caller or call.caller, "", number=dialled, trunk=trunk.id, demo=call.demo))
    return segment


def new_segment(w: World, call: Call, extension: str, queue: str | None, asked_by: LegId | None = None) -> Segment:
    """A party begins to be rung."""
    segment = Segment(w.new_id(), w.new_leg(call), extension, queue, consult=asked_by is not None, asked_by=asked_by)
    call.segments[segment.leg] = segment
    w.takes_part(call, extension)
    w.emit(AgentRang(call.id, segment.id, extension, queue))
    if asked_by is None:
        w.set_call(call, "ringing")
    return segment


def divert(w: World, call: Call, segment: Segment, target: str, ring_s: float) -> Segment:
    """A phone sends the call on, and may: whoever is called takes its place in the queue or the question."""
    set_aside(w, call, segment, "diverted")
    kind, _, rest = target.partition(":")
    after: Segment | outward.BarredCall
    if kind == "number":
        after = ring_outside(w, call, rest, segment.extension, asked_by=segment.asked_by, queue=segment.queue)
        assert isinstance(after, Segment), "asked before"
    else:
        after = ring(w, call, rest, segment.queue, ring_s, asked_by=segment.asked_by)
    after.referred, after.kept_waiting = segment.referred, segment.kept_waiting
    return after


def not_answered(w: World, call: Call, segment: Segment, outcome: RingOutcome) -> None:
    """Back to the head of its queue, with its entry time."""
    set_aside(w, call, segment, outcome)
    if call.queue is not None and not call.ended:
        w.set_call(call, "queued")
        if not dispatch_one(w, call):
            bridging.play(w, call, bridging.MUSIC, loop=True)


def set_aside(w: World, call: Call, segment: Segment, outcome: RingOutcome) -> None:
    """The agent whose phone rang in vain takes no further call of a queue, so that none is lost twice."""
    endings.end_ring(w, call, segment, outcome)
    session = w.sessions.get(segment.extension)
    if session is not None and session.state == "ringing" and session.call == call.id:
        if w.parts_of(segment.extension):
            agents.unless_talking(w, session)
        elif outcome == "unreachable":
            w.set_state(session, "trouble", "unreachable")
            session.before_trouble = "break"
        elif segment.queue is not None and session.wanted is None:
            # Also a phone that sends its calls on: the queue would come to it again and again.
            w.set_state(session, "break", outcome)
        else:
            w.release(session)


def announce(w: World, call_id: CallId) -> None:
    call = w.calls.get(call_id)
    queue = w.installation.queues.get(call.queue or "") if call else None
    if call is None or queue is None or queue.announce_every_s <= 0:
        return
    w.send(cmd.StartTimer(f"announce:{call.id}", queue.announce_every_s))
    # Whoever still hears the last announcement is not told the next one over it.
    if call.state != "queued" or call.tones.get(call.caller_leg or LegId("")) == "prompt":
        return
    position = w.lines.place(call)
    said: list[cmd.Say] = []
    if queue.announce_position:
        said += [PLACE[0], cmd.Say(value=str(position), slot="count"), PLACE[1]]
    wait_s = expected_wait_s(w, queue.id, position) if queue.announce_wait else None
    if wait_s is not None:
        minutes = max(1, round(wait_s / 60))
        said += [
            WAIT[0],
            cmd.Say(value=str(minutes), slot="count"),
            WAIT[1],
        ]
    if said:
        bridging.play(w, call, tuple(said))


def waited_too_long(w: World, call: Call) -> str:
    """The longest wait is over: where the call goes; nowhere when the queue has been done away with."""
    queue = w.installation.queues.get(call.queue or "")
    to = queue.on_max_wait if queue is not None else "hangup"
    endings.drop_ringing(w, call, "withdrawn")
    bridging.leave_queue(w, call, "max_wait", to)
    return to
