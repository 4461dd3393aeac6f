"""An office for tests of the call floor: a site, a floor that is fed, what came out, and what must always hold."""

from __future__ import annotations

import itertools
from collections import Counter

from core.events import Fact
from core.installation.definition import Agent, Did, Flow, Installation, Queue, SipAccount, Trunk
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import Floor
from core.telephony.call_control.queueing import TURNED_AWAY, TurnedAway
from core.telephony.call_control.states import BUSY, Call
from core.telephony.ivr import DEFAULT_FLOW

QUEUES = ("general", "repair", "billing", "complaint")
AGENTS = ("8001", "8002", "8003")
# What begins and what ends it, by the field that tells them apart.
PAIRS = (
    ("call_arrived", "call_ended", "call_id"),
    ("agent_rang", "ring_ended", "segment_id"),
    ("call_answered", "segment_ended", "segment_id"),
    ("wrap_up_started", "wrap_up_ended", "segment_id"),
)


def make_installation(**queue: object) -> Installation:
    flow = Flow(DEFAULT_FLOW["id"], 1, DEFAULT_FLOW["start"], DEFAULT_FLOW["nodes"])
    queues = {name: Queue(name, name, **queue) for name in QUEUES}
    return Installation(
        1,
        "test",
        queues=queues,
        agents={ext: Agent(ext, ext, dict.fromkeys(queues, 1)) for ext in AGENTS},
        accounts={ext: SipAccount(ext, "") for ext in (*AGENTS, "8090")},
        trunks={"t": Trunk("t", ("127.0.0.1",), gateway="127.0.0.1:5099")},
        dids={"96000": Did("96000", "flow:main"), "96001": Did("96001", "queue:general")},
        flows={"main": flow},
    )


class Office:
    """Feeds a floor and keeps what came out; after every input the floor's promises are looked at."""

    def __init__(self, installation: Installation | None = None) -> None:
        ids = itertools.count(1)
        self.floor = Floor(installation or make_installation(), lambda: f"id{next(ids)}")
        self.now = 1_800_000_000.0
        self.facts: list[Fact] = []
        self.commands: list[cmd.Command] = []
        self.timers: set[str] = set()
        self.music: dict[str, str] = {}
        self.hearing: dict[str, tuple[str, ...]] = {}

    def tell(self, given: inp.Input, after_s: float = 1.0) -> list[cmd.Command]:
        self.now += after_s
        if isinstance(given, inp.TimerFired):
            self.timers.discard(given.name)
        elif isinstance(given, inp.PlayFinished):
            self.music.pop(given.leg, None)
        elif isinstance(given, inp.LegInvited):
            # Tests use a leg's name again once it is gone.
            self.music.pop(given.leg, None)
        out = self.floor.handle(given, self.now)
        self.commands += out
        for command in out:
            match command:
                case cmd.Emit():
                    self.facts.append(command.fact)
                case cmd.StartTimer():
                    assert command.after_s > 0, "a timer without a time fires for ever"
                    self.timers.add(command.name)
                case cmd.StopTimer():
                    self.timers.discard(command.name)
                case cmd.Play() if command.mix:
                    pass  # a word over the talk
                case cmd.Play():
                    self.music[command.leg] = command.parts[0].clip or "prompt"
                case cmd.Hear():
                    self.hearing[command.leg] = command.sources
                case cmd.StopPlay():
                    self.music.pop(command.leg, None)
        self.look()
        return out

    # --- what people do -----------------------------------------------------------------------------------

    def sign_on(self, *extensions: str) -> None:
        for ext in extensions:
            self.tell(inp.Registered(ext, f"sip:{ext}@x", 300))
            if ext in self.floor.world.sessions:
                self.tell(inp.StateRequested(ext, "ready"))

    def call(self, leg: str = "A", dialled: str = "96001", caller: str = "13900000001") -> inp.LegId:
        self.tell(inp.LegInvited(inp.LegId(leg), dialled, caller, "", "trunk", "t"))
        return inp.LegId(leg)

    def phones(self, leg: str, extension: str, dialled: str) -> inp.LegId:
        """A phone of the house dials."""
        self.tell(inp.LegInvited(inp.LegId(leg), dialled, extension, "", "extension", extension))
        return inp.LegId(leg)

    def talk(self) -> tuple[inp.LegId, inp.LegId]:
        leg = self.call()
        agent = self.dialled().leg
        self.tell(inp.LegAnswered(agent))
        return leg, agent

    def act(self, by: str, action: str, target: str = "", call: str = "") -> list[cmd.Command]:
        """A desk's button, for the newest call or the one named."""
        return self.tell(inp.ActionRequested(inp.CallId(call or self.newest()), by, action, target))

    def consult(self, by: str = "8001", whom: str = "8002") -> inp.LegId:
        """Asked and picked up."""
        self.act(by, "consult", whom)
        leg = self.dialled().leg
        self.tell(inp.LegAnswered(leg))
        return leg

    def told_and_let_go(self, why: TurnedAway) -> None:
        """The newest caller hears why, whole, and only then the call ends, under that name."""
        play = [command for command in self.commands if isinstance(command, cmd.Play)][-1]
        assert play.parts == (TURNED_AWAY[why],)
        assert not any(isinstance(command, cmd.HangUp) and command.leg == play.leg for command in self.commands)
        assert cmd.HangUp(play.leg) in self.tell(inp.PlayFinished(play.leg, play.token))
        assert self.last("call_ended").reason == why

    # --- what is to be seen -------------------------------------------------------------------------------

    def newest(self) -> str:
        return list(self.floor.world.calls)[-1]

    def dialled(self) -> cmd.Dial:
        return [command for command in self.commands if isinstance(command, cmd.Dial)][-1]

    def kinds(self) -> list[str]:
        return [fact.KIND for fact in self.facts]

    def session(self, ext: str = "8001") -> str:
        return self.floor.world.sessions[ext].state

    def hears(self, leg: str) -> tuple[str, ...]:
        return self.hearing[leg]

    def last(self, kind: str) -> Fact:
        return [fact for fact in self.facts if kind == fact.KIND][-1]

    def refusal(self) -> cmd.Refuse:
        return [command for command in self.commands if isinstance(command, cmd.Refuse)][-1]

    # --- what must always hold ----------------------------------------------------------------------------

    def look(self) -> None:
        w = self.floor.world
        assert set(w.legs.values()) <= set(w.calls)
        assert {call for known in w._parts.values() for call in known} | set(w._parties) <= set(w.calls)
        for call in w.calls.values():
            assert call.caller_leg is not None
            assert {leg for leg, owner in w.legs.items() if owner == call.id} == {
                call.caller_leg,
                *call.segments,
                *call.supervisions,
            }
            assert (call.queue is not None) == (f"max:{call.id}" in self.timers)
            if call.state in ("talking", "held"):
                self.look_at_talk(call)
            if call.state == "ending":
                assert call.caller_leg in self.music, "silence before the end"
                assert call.answered_in
            if call.state in ("queued", "ivr", "ending"):
                assert not call.segments
            if call.state == "ringing":
                ours = call.clicked and not call.answered_in
                assert ours or any(not s.answered and not s.consult for s in call.segments.values())
            assert call.queue is None or call.caller_leg in self.music, "silence in the queue"
        for name in self.timers:
            kind, _, rest = name.partition(":")
            if kind == "wrap":
                assert w.sessions[rest].state == "wrap_up"
            else:
                call = w.calls[inp.CallId(rest)]
                assert call.state == "ivr" if kind == "key" else call.queue is not None
        for ext, session in w.sessions.items():
            if session.state in BUSY:
                call = w.calls[session.call]
                parties = {s.extension for s in call.segments.values()}
                assert ext == call.originator or ext in parties, f"{ext} is {session.state} with a call of others"
            elif session.state != "wrap_up":
                assert session.call is None
                assert not w.parts_of(ext), f"{ext} is {session.state} and talks"

    def look_at_talk(self, call: Call) -> None:
        """Everyone who does not hold hears everyone else and no music; who is held hears music and nobody."""
        w = self.floor.world
        assert w.talking(call)
        legs = {call.caller_leg, *(segment.leg for segment in w.talking(call))}
        holding = w.holding(call)
        if call.state == "talking":
            assert call.conference or not holding
            for leg in legs - holding:
                assert set(self.hearing[leg]) - set(call.supervisions) == legs - holding - {leg}
                assert leg not in self.music, "music over a talk"
        else:
            assert holding
            assert not any(set(self.hearing[leg]) & legs for leg in legs)
            assert all(self.music.get(leg) == "music" for leg in legs - holding)
        if (second := w.consulted(call)) is not None and second.answered:
            heard = {second.asked_by} & holding
            assert set(self.hearing[second.leg]) == heard
            assert not heard or second.leg in self.hearing[second.asked_by]

    def close(self) -> None:
        """Every caller hangs up, every wrap-up runs out; then nothing may be owed or left over."""
        w = self.floor.world
        for _ in range(2 * len(w.calls)):
            for call in list(w.calls.values())[:1]:
                self.tell(inp.LegEnded(call.caller_leg, "bye"))
        for name in sorted(self.timers):
            self.tell(inp.TimerFired(name))
        assert not w.calls
        assert not w.legs
        assert not self.timers
        for begins, ends, key in PAIRS:
            began = Counter(getattr(f, key) for f in self.facts if begins == f.KIND)
            ended = Counter(getattr(f, key) for f in self.facts if ends == f.KIND)
            assert began == ended, f"{begins} and {ends}"
            assert not began or max(began.values()) == 1
            if key != "call_id":
                calls = {(getattr(f, key), f.call_id) for f in self.facts if f.KIND in (begins, ends)}
                assert len(calls) == len(began), f"{begins} and {ends} name different calls"
        assert self.kinds().count("supervision_started") == self.kinds().count("supervision_ended")
        queued = Counter((f.call_id, f.queue) for f in self.facts if f.KIND == "call_queued")
        assert queued == Counter((f.call_id, f.queue) for f in self.facts if f.KIND == "queue_left")
        over: set[str] = set()
        for fact in self.facts:
            if fact.KIND == "call_ended":
                over.add(fact.call_id)
            elif fact.KIND not in ("wrap_up_started", "wrap_up_ended", "agent_state_changed"):
                assert getattr(fact, "call_id", "") not in over, f"{fact.KIND} after the call's end"
