"""Any story at all: whatever people, phones, clocks and editors do, the floor keeps its promises (``Office.look``)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.installation.definition import Installation
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import AGENTS, Office, make_installation

LEGS = "ABCD"
PHONES = (*AGENTS, "8090")
TARGETS = (
    *PHONES,
    "queue:repair",
    "queue:full",
    "queue:nobody",
    "queue:none",
    "13900000009",
    "16812345",
    "96000",
    "flow:main",
)
# Legs, calls and timers are named by age, so that those that exist are found.
PLACE = range(10)
ACTIONS = (
    "answer", "hold", "resume", "transfer", "consult", "complete_transfer", "cancel_consult", "conference", "hangup"
)  # fmt: skip

# How often, what, and what may stand in each place of it.
HAPPENINGS: tuple[tuple[int, str, tuple[Sequence[object], ...]], ...] = (
    (3, "invite", (LEGS, ("96000", "96001", "8001", "nobody"))),
    (2, "inside", (LEGS, PHONES, TARGETS)),
    (1, "replaces", (LEGS, PHONES, PLACE)),
    (6, "answer", (PLACE,)),
    (1, "ringing", (PLACE, (True, False))),
    (1, "fail", (PLACE, (404, 408, 480, 486, 503, 603))),
    (1, "end", (PLACE, ("bye", "cancel", "dead_peer", "failed"))),
    (1, "hold", (PLACE, (True, False))),
    (1, "digit", (PLACE, "0129#", ("rfc4733", "info", "inband"))),
    (1, "played", (PLACE,)),
    (1, "silent", (PLACE, (10.0, 40.0))),
    (1, "heard", (PLACE,)),
    (1, "asked", (PLACE, (200, 408, 481))),
    (1, "state", (PHONES, ("ready", "ready", "break", "offline"))),
    (1, "phone", (PHONES, (True, True, True, False))),
    (1, "refer", (PLACE, TARGETS)),
    (1, "refer to", (PLACE, PLACE)),
    (1, "divert", (PLACE, TARGETS)),
    (3, "stranger acts", (PLACE, PHONES, ACTIONS, TARGETS)),
    (8, "party acts", (PLACE, PLACE, ACTIONS, TARGETS)),
    (1, "supervise", (PLACE, ("listen", "whisper", "barge", "take_over"), ("8090", "8003", ""))),
    (1, "leave supervision", (PLACE,)),
    (1, "assign", (PLACE, PHONES)),
    (1, "move", (PLACE, ("repair", "general", "nowhere"))),
    (1, "timer", (PLACE,)),
    (1, "originate", (PHONES, TARGETS)),
    (1, "wrapped", (PHONES,)),
    (1, "site", (range(4),)),
)


def sites() -> list[Installation]:
    """The site, and what an editor may make of it while people talk."""
    usual = make_installation(wrap_up_s=5.0)
    queues = dict(usual.queues)
    queues["full"] = replace(queues["repair"], id="full", overflow_waiting=0, on_overflow="queue:nobody")
    queues["nobody"] = replace(queues["repair"], id="nobody", on_no_agents="queue:full", skills=("flying",))
    queues["repair"] = replace(queues["repair"], on_max_wait="extension:8090", wrap_up_s=0.0)
    usual = replace(usual, queues=queues)
    fewer = {ext: agent for ext, agent in usual.agents.items() if ext != "8002"}
    closed = {name: queue for name, queue in queues.items() if name != "repair"}
    no_gateway = {"t": replace(usual.trunks["t"], gateway=None)}
    return [usual, replace(usual, agents=fewer), replace(usual, queues=closed), replace(usual, trunks=no_gateway)]


SITES = sites()


def by_chance(chance: random.Random) -> tuple[object, ...]:
    [(_, name, places)] = chance.choices(HAPPENINGS, [often for often, _, _ in HAPPENINGS])
    return (name, *(chance.choice(choices) for choices in places))


happenings = st.one_of(
    [
        st.tuples(st.just(name), *map(st.sampled_from, places))
        for often, name, places in HAPPENINGS
        for _ in range(often)
    ]
)


def perform(office: Office, what: tuple) -> None:
    w = office.floor.world
    legs = sorted(w.legs)
    dialled = [c.leg for c in office.commands if isinstance(c, cmd.Dial) and c.leg in w.legs]
    awaited = [leg for leg in dialled if not is_up(office, leg)]
    calls = list(w.calls)

    def pick(items, n):
        return items[n % len(items)] if items else "none"

    match what:
        case ("invite", leg, number):
            if leg not in w.legs:
                office.call(leg, number)
        case ("inside", leg, ext, number):
            if leg not in w.legs:
                office.phones(leg, ext, number)
        case ("replaces", leg, ext, n):
            fresh = inp.LegId(f"{leg}{len(office.commands)}")
            office.tell(inp.LegInvited(fresh, "x", ext, "", "extension", ext, pick(legs, n)))
        case ("answer", n):
            office.tell(inp.LegAnswered(pick(awaited, n)))
        case ("ringing", n, early):
            office.tell(inp.LegRinging(pick(dialled, n), early))
        case ("fail", n, status):
            office.tell(inp.LegFailed(pick(awaited, n), status))
        case ("end", n, why):
            office.tell(inp.LegEnded(pick(legs, n), why))
        case ("hold", n, on):
            office.tell((inp.LegHeld if on else inp.LegUnheld)(pick(legs, n)))
        case ("digit", n, key, source):
            office.tell(inp.DigitPressed(pick(legs, n), key, source))
        case ("played", n):
            call = w.calls.get(pick(calls, n))
            if call is not None and office.music.get(call.caller_leg) == "prompt":
                office.tell(inp.PlayFinished(call.caller_leg, f"{call.id}:{call.plays}"))
        case ("silent", n, seconds):
            office.tell(inp.LegSilent(pick(legs, n), seconds), 20)
        case ("heard", n):
            office.tell(inp.LegAudible(pick(legs, n)))
        case ("asked", n, status):
            office.tell(inp.LegProbed(pick(legs, n), status))
        case ("state", ext, state):
            office.tell(inp.StateRequested(ext, state, "why"))
        case ("phone", ext, there):
            office.tell(inp.Registered(ext, "x", 60) if there else inp.Unregistered(ext, "expired"))
        case ("refer", n, target):
            office.tell(inp.TransferRequested(pick(legs, n), target))
        case ("divert", n, target):
            office.tell(inp.LegDiverted(pick(awaited, n), target))
        case ("refer to", n, other):
            office.tell(inp.TransferRequested(pick(legs, n), "x", pick(legs, other)))
        case ("stranger acts", n, by, action, target):
            office.tell(inp.ActionRequested(pick(calls, n), by, action, target))
        case ("party acts", n, who, action, target):
            call = w.calls.get(pick(calls, n))
            if call is not None:
                parties = [call.originator or "", *(segment.extension for segment in call.segments.values())]
                office.tell(inp.ActionRequested(call.id, pick(parties, who), action, target))
        case ("supervise", n, mode, ext):
            fresh = None if ext else inp.LegId(f"browser{len(office.commands)}")
            office.tell(inp.SuperviseRequested(pick(calls, n), f"by {ext}", mode, "why", ext, fresh))
        case ("leave supervision", n):
            call = w.calls.get(pick(calls, n))
            for one in list(call.supervisions.values())[:1] if call is not None else ():
                office.tell(inp.SupervisionLeft(call.id, one.by))
        case ("assign", n, ext):
            office.tell(inp.AssignRequested(pick(calls, n), ext))
        case ("move", n, queue):
            office.tell(inp.MoveRequested(pick(calls, n), queue))
        case ("timer", n):
            office.tell(inp.TimerFired(pick(sorted(office.timers), n)))
        case ("originate", ext, target):
            office.tell(inp.OriginateRequested(inp.CallId(f"o{len(office.commands)}"), ext, target))
        case ("wrapped", ext):
            office.tell(inp.WrapUpDone(ext, "报修", ""))
        case ("site", n):
            office.floor.set_installation(SITES[n])
            office.tell(inp.InstallationChanged())


def is_up(office: Office, leg: str) -> bool:
    call = office.floor.world.call_of(leg)
    if call is None or leg == call.caller_leg:
        return call is not None and call.answered_in
    return call.supervisions[leg].up if leg in call.supervisions else call.segments[leg].answered


def live_through(story: list[tuple[object, ...]]) -> None:
    office = Office(SITES[0])
    office.sign_on(*AGENTS, "8090")
    for what in story:
        perform(office, what)
    office.close()


@given(st.lists(happenings, max_size=60))
@settings(max_examples=150)
def test_whatever_happens_nothing_hangs_nothing_is_owed_and_no_agent_is_busy_with_nobody(story):
    live_through(story)


@pytest.mark.parametrize("seed", range(20))
def test_long_days_drawn_by_chance_keep_the_same_promises(seed):
    """Deeper than a search for the shortest story gets: 25 stories of 150 happenings each."""
    chance = random.Random(seed)
    for _ in range(25):
        live_through([by_chance(chance) for _ in range(150)])
