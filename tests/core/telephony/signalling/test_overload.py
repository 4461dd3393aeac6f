"""More calls than can be served: which are begun, which are refused, and that nothing else waits behind them."""

from __future__ import annotations

import asyncio

import pytest

from core.telephony import inputs as inp
from core.telephony.signalling import overload
from core.telephony.signalling.overload import LONGEST_WAIT_S, MOST_WAITING, REMEMBERED_S, CallsToBegin, begins_call
from tests.core.telephony.signalling.house import House, Peer

TRUNK = ("192.0.2.1", 5060)


def invite(n: int, to: str = "<sip:96001@hotline>") -> bytes:
    return (
        f"INVITE sip:96001@hotline SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{n}\r\n"
        f"From: <sip:139@x>;tag=a{n}\r\nTo: {to}\r\nCall-ID: call{n}\r\nCSeq: 1 INVITE\r\n\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (invite(1), True),
        (invite(1, "<sip:96001@hotline>;tag=b"), False),
        (invite(1, "<sip:96001@hotline> ; TAG = b"), False),
        (invite(1).replace(b"To:", b"t :"), True),
        (invite(1, "<sip:96001@hotline>;tag=b").replace(b"To:", b"t:"), False),
        (invite(1).replace(b"INVITE", b"OPTIONS"), False),
        (b"SIP/2.0 200 OK\r\n\r\n", False),
        (b"", False),
    ],
)
def test_a_call_that_would_begin_is_told_from_everything_else(data, begins):
    assert begins_call(data) == begins


def served(
    per_second: float, come: list[float], *, share: float = 1.0, stands: tuple[float, float] = (0.0, 0.0)
) -> list[str]:
    """What is said to callers who come at these times, when so many can be begun in a second on the processor, of which
    the machine gives us this share and between two moments nothing. A refusal costs a fiftieth of a call."""
    calls, now, worked, said, coming = CallsToBegin(), 0.0, 0.0, [], list(come)
    while coming or calls:
        while coming and coming[0] <= now:
            calls.put(invite(len(said) + len(calls) + 1_000 * len(coming)), TRUNK, coming.pop(0), worked)
        if not calls:
            now = coming[0]
            continue
        _data, _place, verdict = calls.take(now, worked)
        said.append(verdict)
        cost = (1 if verdict == "begun" else 0.02) / per_second
        worked += cost
        now += cost / share
        if stands[0] <= now < stands[1]:
            now = stands[1]
    return said


def test_many_calls_at_one_moment_are_worked_off():
    assert set(served(100, [0.0] * 200)) == {"begun"}


def test_at_twice_what_can_be_served_nearly_as_many_are_served():
    said = served(100, [n / 200 for n in range(4000)])
    # 20 s, in which 2,000 can be begun, and what waits in the end.
    assert said.count("begun") >= 2000 * 0.95


@pytest.mark.parametrize(("share", "a_second"), [(0.5, 45), (0.1, 9), (0.05, 4.5)])
def test_a_house_that_gets_little_of_the_machine_refuses_nobody_whom_it_can_serve(share, a_second):
    assert set(served(100, [n / a_second for n in range(300)], share=share)) == {"begun"}


def test_a_moment_in_which_the_machine_gives_us_nothing_is_no_reason_to_refuse():
    said = served(100, [n / 60 for n in range(600)], stands=(2.0, 5.0))
    assert set(said) == {"begun"}


@pytest.mark.parametrize("share", [1.0, 0.3, 0.1])
@pytest.mark.parametrize("times", [1.5, 2, 4])
def test_whatever_the_machine_gives_is_spent_on_calls_when_more_come(share, times):
    a_second = 100 * share
    said = served(100, [n / (times * a_second) for n in range(int(30 * times * a_second))], share=share)
    assert said.count("begun") >= 30 * a_second * 0.9


def test_nobody_is_begun_who_has_waited_too_long_for_anybody_to_be_there():
    calls = CallsToBegin()
    calls.put(invite(1), TRUNK, 0.0, 0.0)
    assert calls.take(LONGEST_WAIT_S + 0.1, 0.0)[2] == "refused"
    assert calls.refused == 1


def test_a_house_that_has_caught_up_takes_the_next_call():
    calls = CallsToBegin()
    for n in range(3):
        calls.put(invite(n), TRUNK, 0.0, 0.0)
    assert calls.take(1.5, 1.5)[2] == "begun"
    assert calls.take(5.0, 5.0)[2] == "refused"
    calls.put(invite(9), TRUNK, 5.0, 5.0)
    assert [calls.take(5.1, 5.1)[2] for _ in range(2)] == ["refused", "begun"]


def test_the_ack_of_a_refusal_is_nobodys_work_and_every_other_one_is():
    calls = CallsToBegin()
    calls.put(invite(1), TRUNK, 0.0, 0.0)
    ack = invite(1).replace(b"INVITE", b"ACK")
    assert not calls.absorbs(ack, TRUNK)
    assert calls.take(9.0, 9.0)[2] == "refused"
    assert calls.absorbs(ack, TRUNK)
    assert not calls.absorbs(ack, ("192.0.2.9", 5060))
    # The caller tries again in the same call, is taken and says so.
    assert not calls.absorbs(ack.replace(b"z9hG4bK1", b"z9hG4bK2"), TRUNK)
    assert not calls.absorbs(invite(1), TRUNK)


def test_what_was_said_of_an_invite_stands_for_its_repeats_as_long_as_they_may_come():
    calls = CallsToBegin()
    for n in (1, 2):
        calls.put(invite(n), TRUNK, 0.0, 0.0)
    assert calls.put(invite(1), TRUNK, 0.1, 0.1) == "waits"
    assert len(calls) == 2, "a repeat of what waits is there already"
    calls.take(0.1, 0.1)
    calls.take(9.0, 9.0)
    assert LONGEST_WAIT_S < 9.0
    assert calls.put(invite(1), TRUNK, 10.0, 10.0) == "begun", "never refused while it rings"
    assert calls.put(invite(2), TRUNK, 10.0, 10.0) == "refused", "never begun behind a refusal"
    assert calls.put(invite(1), ("192.0.2.2", 5060), 10.0, 10.0) == "waits", "somebody else's"
    assert calls.put(invite(2), TRUNK, 10.0 + REMEMBERED_S, 10.0 + REMEMBERED_S) == "waits"


def test_too_many_at_one_moment_are_refused_at_once():
    calls = CallsToBegin()
    said = [calls.put(invite(n), TRUNK, 0.0, 0.0) for n in range(MOST_WAITING + 3)]
    assert said == ["waits"] * MOST_WAITING + ["refused"] * 3


def test_who_floods_with_calls_waits_behind_himself():
    calls, stranger = CallsToBegin(), ("192.0.2.66", 9)
    for n in range(MOST_WAITING):
        assert calls.put(invite(n), stranger, 0.0, 0.0) == "waits"
    assert calls.put(invite(-1), TRUNK, 0.0, 0.0) == "waits"
    assert [calls.take(0.0, 0.0)[1] for _ in range(3)] == [stranger, TRUNK, stranger]


def test_a_cancel_brings_its_invite_forward_so_that_nothing_rings_for_it_later():
    calls = CallsToBegin()
    for n in range(3):
        calls.put(invite(n), TRUNK, 0.0, 0.0)
    cancel = invite(1).replace(b"INVITE", b"CANCEL")
    assert calls.cancelled(cancel, ("192.0.2.9", 5060)) is None
    assert calls.cancelled(cancel, TRUNK) == invite(1)
    assert calls.cancelled(cancel, TRUNK) is None
    assert [calls.take(0.0, 0.0)[0] for _ in range(len(calls))] == [invite(0), invite(2)]


# --- at a real socket ------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has to wait at all waits too long."""
    refuse_all(monkeypatch)


def refuse_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("SHORT_WAIT_S", "STANDING_S", "LONGEST_WAIT_S"):
        monkeypatch.setattr(overload, limit, -1.0)


@pytest.mark.usefixtures("hurried")
async def test_a_refusal_costs_no_call_and_calls_that_are_up_go_on(house: House, caller: Peer) -> None:
    refused = caller.invite("96001")
    answer = await refused.refused(503)
    assert int(answer.get("retry-after")) > 0
    assert answer.get("to").partition(";tag=")[2]
    async with asyncio.timeout(3):
        while not house.sip.tm.server.calls.absorbed:
            await asyncio.sleep(0.01)
    caller.send(refused.invite)
    again = await caller.get(status=503, of="INVITE")
    assert again.get("to") == answer.get("to")
    assert house.kinds() == []
    assert house.sip.legs_up() == 0
    caller.send(caller.request("OPTIONS", "96001"))
    await caller.get(status=200, of="OPTIONS")


async def test_a_call_that_is_up_is_worked_on_while_others_are_refused(
    house: House, caller: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.on = house.answer_all
    theirs = caller.invite("8001")
    await theirs.connected()
    refuse_all(monkeypatch)
    for _ in range(20):
        caller.invite("8001")
    await theirs.again(caller.sdp("sendonly", 2))
    await house.seen(inp.LegHeld)
    for _ in range(20):
        await caller.get(status=503, of="INVITE")
    await theirs.bye()
    await house.quiet()


async def test_a_call_given_up_while_it_waited_its_turn_is_ended(house: House, caller: Peer) -> None:
    """INVITE and CANCEL lie in the socket together."""
    house.on = None
    theirs = [caller.invite("8001") for _ in range(8)]
    for one in theirs:
        one.cancel()
    for _ in theirs:
        await caller.get(status=200, of="CANCEL")
        await caller.get(status=487, of="INVITE")
    async with asyncio.timeout(3):
        while house.sip.legs_up():
            await asyncio.sleep(0.01)
