"""The machine's clock is set by hours in mid-call: no length, no order and no timer is wrong, and later facts are right."""

import itertools
import json
from pathlib import Path
from typing import Any, cast

import pytest

from core.clock import from_iso
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.agent_snapshot import AgentSnapshot
from core.telephony.call_clock import SET_S, CallClock
from core.telephony.engine import Engine, Media
from core.telephony.journal import Journal
from core.telephony.prompts import Prompts
from core.telephony.signalling.registrar import Contact, Registrar
from tests.core.telephony.office import make_installation
from tests.core.telephony.test_journal import on_disk

HOUR = 3600.0
BEGAN = 1_800_000_000.0
SET = pytest.mark.parametrize("set_s", [3 * HOUR, -5 * HOUR, 26 * HOUR, -SET_S], ids=str)


class Machine:
    """Its two clocks."""

    def __init__(self) -> None:
        self.steady, self.off_s = 77.0, 0.0
        self.clock = CallClock(self.wall, lambda: self.steady)

    def wall(self) -> float:
        return BEGAN + self.steady + self.off_s


class Shells:
    """Signalling, media and voice that do nothing."""

    voice = "up"

    def __init__(self) -> None:
        self.dialled: list[inp.LegId] = []

    def execute(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Dial):
            self.dialled.append(command.leg)

    def cached(self, _parts: object) -> list[Path]:
        return []

    def play(self, *_what: object) -> None: ...


class House:
    def __init__(self, folder: Path) -> None:
        self.machine, self.shells = Machine(), Shells()
        self.folder = folder / "journal"
        prompts, media = cast(Prompts, self.shells), cast(Media, self.shells)
        memory = AgentSnapshot(folder / "seats.jsonl")
        self.engine = Engine(make_installation(), Journal(self.folder), prompts, memory, "test", self.machine.clock)
        self.engine._start_timer = lambda _name, _after_s: None  # type: ignore[method-assign]
        self.engine.attach(self.shells, media, lambda: "up")
        self.tell(inp.Registered("8001", "sip:8001@x", 300))
        self.tell(inp.StateRequested("8001", "ready"))

    def tell(self, given: inp.Input, after_s: float = 0.0) -> None:
        self.machine.steady += after_s
        self.engine.take(given)

    def call(self, leg: str) -> inp.LegId:
        self.tell(inp.LegInvited(inp.LegId(leg), "96001", "13900000001", "", "trunk", "t"), 1.0)
        return inp.LegId(leg)

    def pick_up(self, after_s: float) -> None:
        self.tell(inp.LegAnswered(self.shells.dialled[-1]), after_s)

    def set_clock(self, by_s: float) -> None:
        self.machine.off_s += by_s
        self.engine.check_health()

    def facts(self) -> list[tuple[str, float, dict[str, Any]]]:
        return [(one.kind, one.at_us / 1e6, one.payload) for one in on_disk(self.folder)]

    def at(self, kind: str, place: int = 0) -> float:
        return [at for found, at, _payload in self.facts() if found == kind][place]


@SET
def test_what_goes_on_has_its_own_lengths_and_what_comes_later_the_new_time(tmp_path: Path, set_s: float) -> None:
    house = House(tmp_path)
    caller = house.call("A")
    house.pick_up(10)
    house.set_clock(set_s)
    # A second one is set while the first is talked about.
    house.machine.steady += 30
    house.set_clock(-HOUR)
    house.tell(inp.LegEnded(caller, "bye"), 30)
    assert house.at("call_answered") - house.at("call_arrived") == pytest.approx(10, abs=0.01)
    assert house.at("segment_ended") - house.at("call_answered") == pytest.approx(60, abs=0.01)
    assert house.at("call_ended") == pytest.approx(house.at("segment_ended"), abs=0.01)
    states = [(p["state"], at) for kind, at, p in house.facts() if kind == "agent_state_changed"]
    lengths = {state: nxt - at for (state, at), (_next, nxt) in itertools.pairwise(states)}
    assert lengths["talking"] == pytest.approx(60, abs=0.01)
    house.tell(inp.WrapUpDone("8001", "报修", ""), 20)
    assert house.at("wrap_up_ended") - house.at("wrap_up_started") == pytest.approx(20, abs=0.01)
    house.call("B")
    assert house.at("call_arrived", 1) == pytest.approx(house.machine.wall(), abs=0.01)
    # The agent's clock changes over in the idle time.
    house.pick_up(5)
    assert house.at("call_answered", 1) - house.at("call_arrived", 1) == pytest.approx(5, abs=0.01)
    talking = [at for kind, at, p in house.facts() if kind == "agent_state_changed" and p["state"] == "talking"]
    assert talking[1] == pytest.approx(house.machine.wall(), abs=0.01)


@SET
def test_people_see_the_machine_s_time_with_the_right_ages_and_hours_follow_it(tmp_path: Path, set_s: float) -> None:
    house = House(tmp_path)
    house.call("A")
    house.call("B")
    house.machine.steady += 40
    house.set_clock(set_s)
    told = house.engine.snapshot()
    assert from_iso(told["at"]) == pytest.approx(house.machine.wall(), abs=0.01)
    (waiting,) = [call for call in told["calls"] if call["queued_at"] and call["state"] == "queued"]
    assert from_iso(told["at"]) - from_iso(waiting["arrived_at"]) == pytest.approx(40, abs=0.01)
    (queue,) = [one for one in told["queues"] if one["longest_wait_since"] and one["longest_wait_s"] > 0]
    assert queue["longest_wait_s"] == pytest.approx(41, abs=0.11)
    house.tell(inp.StateRequested("8001", "ready"))
    assert house.engine.floor.world.wall == pytest.approx(house.machine.wall(), abs=0.01)


@SET
def test_a_phone_stays_registered_as_long_as_it_was_promised(tmp_path: Path, set_s: float) -> None:
    machine = Machine()
    registrar = Registrar(tmp_path / "registrations.json", lambda _given: None)
    now = machine.clock.now()
    registrar.bind("8001", Contact("sip:8001@x", ("127.0.0.1", 5060), now + 300, "c", 1), now)
    machine.off_s += set_s
    machine.clock.check(list)
    machine.steady += 299
    registrar.expire(machine.clock.now())
    assert registrar.of("8001", machine.clock.now())
    # The next core knows the machine's clock only.
    (row,) = json.loads(registrar.dump(machine.clock.ahead_s))["8001"]
    assert row["until"] - machine.wall() == pytest.approx(1, abs=0.01)
    machine.steady += 2
    registrar.expire(machine.clock.now())
    assert not registrar.of("8001", machine.clock.now())


def test_small_corrections_are_followed_without_a_word() -> None:
    machine = Machine()
    for _ in range(100):
        machine.steady += 1.0
        machine.off_s += 0.1
        assert not machine.clock.check(list)
    assert machine.clock.now() == pytest.approx(machine.wall())
    assert machine.clock.ahead_s == 0.0
