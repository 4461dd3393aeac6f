"""What the rules share: calls, legs, seats, the commands of the input at hand, and what changed for the boards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from core.events import AgentState, AgentStateChanged, Fact, new_uid
from core.site import Site
from core.telephony import commands as cmd
from core.telephony.call_control.hearing import talking
from core.telephony.call_control.states import AGENT_MOVES, Call, CallState, Seat, Segment
from core.telephony.inputs import CallId, LegId

# Expected wait is estimated from this many recent answers of the queue.
ANSWERS_KEPT = 20


class World:
    """``now`` and ``out`` belong to the input being handled; everything else lives on."""

    def __init__(self, site: Site, new_id: Callable[[], str] = new_uid) -> None:
        self.site = site
        self.new_id = new_id
        self.now = 0.0
        self.out: list[cmd.Command] = []
        self.calls: dict[CallId, Call] = {}
        self.legs: dict[LegId, CallId] = {}
        self.seats: dict[str, Seat] = {}
        self.registered: set[str] = set()
        self.answers: dict[str, deque[float]] = {}
        self.dirty_calls: set[CallId] = set()
        self.dirty_seats: set[str] = set()
        self.dirty_queues: set[str] = set()
        self.gone_calls: set[CallId] = set()
        # Who must hear each announcement; None is everybody.
        self.announced: dict[str, frozenset[str] | None] = {}
        self.take_site(site)

    def take_site(self, site: Site) -> None:
        """Agents come and go with the site's definition; calls in progress keep theirs."""
        self.site = site
        self.announced = {
            one.id: None if one.numbers is None else frozenset(one.numbers) for one in site.announcements.values()
        }
        for extension, agent in site.agents.items():
            if extension in self.seats:
                self.seats[extension].agent = agent
            else:
                self.seats[extension] = Seat(agent, since=self.now, registered=extension in self.registered)
        for extension in set(self.seats) - set(site.agents):
            if self.seats[extension].call is None:
                del self.seats[extension]
        self.dirty_seats.update(self.seats)
        self.dirty_queues.update(site.queues)

    # --- commands and facts ---------------------------------------------------------------------------------

    def send(self, command: cmd.Command) -> None:
        self.out.append(command)

    def emit(self, fact: Fact) -> None:
        self.out.append(cmd.Emit(fact))

    def refuse(self, code: str, message: str, field: str | None = None, remedy: str | None = None) -> None:
        self.out.append(cmd.Refuse(code, message, field, remedy))  # type: ignore[arg-type]

    # --- calls ----------------------------------------------------------------------------------------------

    def call_of(self, leg: LegId) -> Call | None:
        call_id = self.legs.get(leg)
        return self.calls.get(call_id) if call_id is not None else None

    def set_call(self, call: Call, state: CallState) -> None:
        if call.state != state:
            call.state, call.since = state, self.now
        self.touch(call)

    def touch(self, call: Call) -> None:
        self.dirty_calls.add(call.id)
        self.dirty_queues.update(queue for queue in (call.queue, call.last_queue) if queue)

    def waiting(self, queue: str | None = None) -> list[Call]:
        """Calls that wait for an agent, those whose agent's phone rings among them, first come first."""
        found = [c for c in self.calls.values() if c.queue is not None and (queue is None or c.queue == queue)]
        return sorted(found, key=lambda call: (-call.priority, call.queued_at or 0.0))

    def talking(self, call: Call) -> list[Segment]:
        return talking(call)

    def segment_of(self, call: Call, extension: str) -> Segment | None:
        return next(
            (s for s in call.segments.values() if s.extension == extension and s.answered and not s.consult), None
        )

    def new_leg(self, call: Call) -> LegId:
        leg = LegId(self.new_id())
        self.legs[leg] = call.id
        return leg

    # --- seats ----------------------------------------------------------------------------------------------

    def set_seat(self, seat: Seat, state: AgentState, reason: str = "", call: Call | None = None) -> None:
        """One fact for each change; a change that the table does not know is a bug and says so."""
        if (seat.state, seat.reason) == (state, reason):
            return
        if state != seat.state and state not in AGENT_MOVES[seat.state]:
            raise AssertionError(f"agent {seat.agent.extension}: {seat.state} to {state}")
        if state == "trouble":
            seat.before_trouble = seat.state
        if state == "ready":
            seat.idle_since = self.now
        seat.state, seat.reason, seat.since = state, reason, self.now
        seat.call = call.id if call else (seat.call if state in ("talking", "hold", "wrap_up") else None)
        self.dirty_seats.add(seat.agent.extension)
        self.dirty_queues.update(seat.agent.queues)
        self.emit(AgentStateChanged(seat.agent.extension, state, reason, seat.call))

    def free_seat(self, seat: Seat) -> None:
        """Work is over: what was asked for meanwhile, else ready, else trouble without a phone."""
        wanted, seat.wanted = seat.wanted, None
        if wanted is not None:
            self.set_seat(seat, *wanted)
        elif not seat.registered:
            self.set_seat(seat, "trouble", "unregistered")
        else:
            self.set_seat(seat, "ready")
