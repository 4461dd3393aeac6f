"""What the rules share: calls, legs, seats, the commands of the input at hand, and what changed for the boards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from core.events import AgentState, AgentStateChanged, Fact, new_uid
from core.installation.definition import Installation
from core.telephony import commands as cmd
from core.telephony.call_control import hearing
from core.telephony.call_control.lines import Lines
from core.telephony.call_control.spending import Spending
from core.telephony.call_control.states import AGENT_MOVES, AgentSession, Call, CallState, Segment, Side
from core.telephony.inputs import CallId, LegId

# Expected wait is estimated from this many recent answers of the queue.
ANSWERS_KEPT = 20


class World:
    """``now``, ``out`` and ``hops`` belong to the input being handled; everything else lives on."""

    def __init__(self, installation: Installation, new_id: Callable[[], str] = new_uid, now: float = 0.0) -> None:
        self.installation = installation
        self.new_id = new_id
        self.now = now
        # What the machine's clock says more, because it was set.
        self.ahead_s = 0.0
        self.hops = 0
        self.stopping = False
        # When a party that is gone now gave its last sign of life; ``None`` when whatever ends does so now.
        self.talk_until: float | None = None
        self.out: list[cmd.Command] = []
        self.calls: dict[CallId, Call] = {}
        self.begun = 0
        self.legs: dict[LegId, CallId] = {}
        self.lines = Lines()
        # The calls in which an extension has had a part, with some in which it has none any more.
        self._parts: dict[str, dict[CallId, Call]] = {}
        # Where each call stands in there: also under numbers outside, which nobody asks for.
        self._parties: dict[CallId, set[str]] = {}
        self.sessions: dict[str, AgentSession] = {}
        self.registered: set[str] = set()
        self.answers: dict[str, deque[float]] = {}
        # Whom each queue rang last.
        self.last_rung: dict[str, str] = {}
        self.dirty_calls: set[CallId] = set()
        self.dirty_agents: set[str] = set()
        self.dirty_queues: set[str] = set()
        self.gone_calls: set[CallId] = set()
        # Who must hear each announcement; None is everybody.
        self.announced: dict[str, frozenset[str] | None] = {}
        self.spending = Spending()
        self.take_installation(installation)

    @property
    def wall(self) -> float:
        """For opening hours, and whatever else people have set by their own clocks."""
        return self.now + self.ahead_s

    def take_installation(self, installation: Installation) -> None:
        """The new definition counts from now on; what that means for agents is ``agents.follow_site``."""
        self.installation = installation
        self.announced = {
            one.id: None if one.numbers is None else frozenset(one.numbers)
            for one in installation.announcements.values()
        }
        for extension, agent in installation.agents.items():
            if extension in self.sessions:
                self.sessions[extension].agent = agent
            else:
                self.sessions[extension] = AgentSession(agent, since=self.now, registered=extension in self.registered)
        self.dirty_agents.update(self.sessions)
        self.dirty_queues.update(installation.queues)

    # --- commands and facts ---------------------------------------------------------------------------------

    def send(self, command: cmd.Command) -> None:
        self.out.append(command)

    def emit(self, fact: Fact, at: float | None = None) -> None:
        self.out.append(cmd.Emit(fact, at))

    def refuse(self, code: str, message: str, field: str | None = None, remedy: str | None = None) -> None:
        self.out.append(cmd.Refuse(code, message, field, remedy))  # type: ignore[arg-type]

    # --- calls ----------------------------------------------------------------------------------------------

    def begin(self, call: Call) -> None:
        self.begun += 1
        call.number = self.begun
        self.calls[call.id] = call
        if call.originator is not None:
            self.takes_part(call, call.originator)

    def takes_part(self, call: Call, extension: str) -> None:
        """To be told whenever an extension comes into a call, as its originator or in a segment."""
        self._parts.setdefault(extension, {})[call.id] = call
        self._parties.setdefault(call.id, set()).add(extension)

    def end(self, call: Call) -> None:
        """Nothing of the call is kept."""
        self.calls.pop(call.id, None)
        for extension in self._parties.pop(call.id, ()):
            known = self._parts.get(extension, {})
            known.pop(call.id, None)
            if not known:
                self._parts.pop(extension, None)
        self.dirty_calls.discard(call.id)
        self.gone_calls.add(call.id)

    def call_of(self, leg: LegId) -> Call | None:
        call_id = self.legs.get(leg)
        return self.calls.get(call_id) if call_id is not None else None

    def set_call(self, call: Call, state: CallState) -> None:
        if call.state != state:
            call.state, call.since = state, self.now
        if state != "ivr":
            self.listen(call, on=False)
        self.touch(call)

    def listen(self, call: Call, *, on: bool) -> None:
        """To tones at the first leg: they matter to a menu, and to nobody else."""
        if call.listens != on and call.caller_leg is not None:
            call.listens = on
            self.send(cmd.Listen(call.caller_leg, on))

    def touch(self, call: Call) -> None:
        self.dirty_calls.add(call.id)
        self.dirty_queues.update(queue for queue in (call.queue, call.last_queue) if queue)

    def new_leg(self, call: Call) -> LegId:
        leg = LegId(self.new_id())
        self.legs[leg] = call.id
        return leg

    # --- who is in a call -------------------------------------------------------------------------------------

    def talking(self, call: Call) -> list[Segment]:
        return hearing.talking(call)

    def consulted(self, call: Call) -> Segment | None:
        return hearing.consulted(call)

    def leg_of(self, call: Call, extension: str) -> LegId | None:
        """Through which leg an extension of the house talks in this call; ``None`` while it only rings or is asked."""
        if call.originator == extension and call.answered_in and call.caller_leg is not None:
            return call.caller_leg
        return next((s.leg for s in self.talking(call) if s.extension == extension and not s.outside), None)

    def extension_at(self, call: Call, leg: LegId | None) -> str:
        if leg == call.caller_leg:
            return call.originator or ""
        return call.segments[leg].extension if leg in call.segments else ""

    def side_of(self, call: Call, leg: LegId | None) -> Side:
        return hearing.side_of(call, leg)

    def holding(self, call: Call) -> set[LegId]:
        return hearing.holding(call)

    def parts_of(self, extension: str) -> list[Call]:
        """The calls in which this extension is talking, holding or being asked, or which it has placed, in the order
        in which they came."""
        known = self._parts.get(extension, {})
        for call in [call for call in known.values() if not _is_named_in(call, extension)]:
            del known[call.id]
        if not known:
            self._parts.pop(extension, None)
        return sorted((call for call in known.values() if _has_part(call, extension)), key=lambda call: call.number)

    # --- seats ----------------------------------------------------------------------------------------------

    def set_state(self, session: AgentSession, state: AgentState, reason: str = "", call: CallId | None = None) -> None:
        """One fact for each change; a change that the table does not know is a bug and says so."""
        if call is None and state in ("talking", "hold", "wrap_up"):
            call = session.call
        if (session.state, session.reason, session.call) == (state, reason, call):
            return
        if state != session.state and state not in AGENT_MOVES[session.state]:
            raise AssertionError(f"agent {session.agent.extension}: {session.state} to {state}")
        if state == "trouble":
            session.before_trouble = session.state
        # Whose phone rang in vain for a caller who gave up has not worked meanwhile.
        if state == "ready" and session.state != "ringing":
            session.idle_since = self.now
        if session.state == "offline":
            session.answered = 0
        session.state, session.reason, session.since, session.call = state, reason, self.now, call
        self.dirty_agents.add(session.agent.extension)
        self.dirty_queues.update(session.agent.queues)
        self.emit(AgentStateChanged(session.agent.extension, state, reason, call))

    def release(self, session: AgentSession) -> None:
        """Work is over: what was asked for meanwhile or before, else ready, else trouble without a phone."""
        wanted, session.wanted, session.owed = session.wanted, None, None
        extension = session.agent.extension
        if extension not in self.installation.agents:
            self.set_state(session, "offline")
            del self.sessions[extension]
        elif wanted is not None:
            self.set_state(session, *wanted)
        elif not session.registered:
            self.set_state(session, "trouble", "unregistered")
        else:
            self.set_state(session, "ready")


def _is_named_in(call: Call, extension: str) -> bool:
    named = call.originator == extension or any(one.extension == extension for one in call.segments.values())
    return named and not call.ended


def _has_part(call: Call, extension: str) -> bool:
    placed = call.originator == extension and call.caller_leg is not None
    return placed or any(s.extension == extension and s.answered and not s.outside for s in call.segments.values())
