"""What the rules share: calls, legs, seats, the commands of the input at hand, and what changed for the boards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from core.events import AgentState, AgentStateChanged, Fact, new_uid
from core.site import Site
from core.telephony import commands as cmd
from core.telephony.call_control import hearing
from core.telephony.call_control.outward import Spending
from core.telephony.call_control.states import AGENT_MOVES, Call, CallState, Seat, Segment, Side
from core.telephony.inputs import CallId, LegId

# Expected wait is estimated from this many recent answers of the queue.
ANSWERS_KEPT = 20


class World:
    """``now``, ``out`` and ``hops`` belong to the input being handled; everything else lives on."""

    def __init__(self, site: Site, new_id: Callable[[], str] = new_uid, now: float = 0.0) -> None:
        self.site = site
        self.new_id = new_id
        self.now = now
        self.hops = 0
        # When a party that is gone now gave its last sign of life; ``None`` when whatever ends does so now.
        self.talk_until: float | None = None
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
        self.spending = Spending()
        self.take_site(site)

    def take_site(self, site: Site) -> None:
        """The new definition counts from now on; what that means for agents is ``agents.follow_site``."""
        self.site = site
        self.announced = {
            one.id: None if one.numbers is None else frozenset(one.numbers) for one in site.announcements.values()
        }
        for extension, agent in site.agents.items():
            if extension in self.seats:
                self.seats[extension].agent = agent
            else:
                self.seats[extension] = Seat(agent, since=self.now, registered=extension in self.registered)
        self.dirty_seats.update(self.seats)
        self.dirty_queues.update(site.queues)

    # --- commands and facts ---------------------------------------------------------------------------------

    def send(self, command: cmd.Command) -> None:
        self.out.append(command)

    def emit(self, fact: Fact, at: float | None = None) -> None:
        self.out.append(cmd.Emit(fact, at))

    def refuse(self, code: str, message: str, field: str | None = None, remedy: str | None = None) -> None:
        self.out.append(cmd.Refuse(code, message, field, remedy))  # type: ignore[arg-type]

    # --- calls ----------------------------------------------------------------------------------------------

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

    def waiting(self, queue: str | None = None) -> list[Call]:
        """Calls that wait for an agent, those whose agent's phone rings among them, first come first."""
        found = [c for c in self.calls.values() if c.queue is not None and (queue is None or c.queue == queue)]
        return sorted(found, key=Call.turn)

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
        """The calls in which this extension is talking, holding or being asked, or which it has placed."""
        return [
            call
            for call in self.calls.values()
            if not call.ended
            and (
                (call.originator == extension and call.caller_leg is not None)
                or any(s.extension == extension and s.answered and not s.outside for s in call.segments.values())
            )
        ]

    # --- seats ----------------------------------------------------------------------------------------------

    def set_seat(self, seat: Seat, state: AgentState, reason: str = "", call: CallId | None = None) -> None:
        """One fact for each change; a change that the table does not know is a bug and says so."""
        if call is None and state in ("talking", "hold", "wrap_up"):
            call = seat.call
        if (seat.state, seat.reason, seat.call) == (state, reason, call):
            return
        if state != seat.state and state not in AGENT_MOVES[seat.state]:
            raise AssertionError(f"agent {seat.agent.extension}: {seat.state} to {state}")
        if state == "trouble":
            seat.before_trouble = seat.state
        # Whose phone rang in vain for a caller who gave up has not worked meanwhile.
        if state == "ready" and seat.state != "ringing":
            seat.idle_since = self.now
        seat.state, seat.reason, seat.since, seat.call = state, reason, self.now, call
        self.dirty_seats.add(seat.agent.extension)
        self.dirty_queues.update(seat.agent.queues)
        self.emit(AgentStateChanged(seat.agent.extension, state, reason, call))

    def free_seat(self, seat: Seat) -> None:
        """Work is over: what was asked for meanwhile or before, else ready, else trouble without a phone."""
        wanted, seat.wanted, seat.owed = seat.wanted, None, None
        extension = seat.agent.extension
        if extension not in self.site.agents:
            self.set_seat(seat, "offline")
            del self.seats[extension]
        elif wanted is not None:
            self.set_seat(seat, *wanted)
        elif not seat.registered:
            self.set_seat(seat, "trouble", "unregistered")
        else:
            self.set_seat(seat, "ready")
