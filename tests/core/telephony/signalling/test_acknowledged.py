"""What waits for the ACK of our 200 (RFC 3261 13.3.1.4, 14.2, 15), and what happens when it never comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import host
from tests.core.telephony.signalling.house import Dialog, House, Peer, joined

# So many times faster run the timers of RFC 3261: half a minute without an ACK is two seconds.
HASTE = 16


@pytest.fixture
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    unhurried = host._Timer.go

    def go(timer: host._Timer) -> None:
        timer.delay /= HASTE
        unhurried(timer)
        timer.delay *= HASTE

    monkeypatch.setattr(host._Timer, "go", go)


async def test_who_has_not_acknowledged_our_200_is_sent_no_bye_before(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    answer = await caller.get(status=200)
    await mine.bye()
    again = await caller.get(status=200)
    assert again.get("cseq") == answer.get("cseq")
    assert not [message for message in caller.inbox if message.method == "BYE"]
    await theirs.connected()
    await theirs.hung_up()
    await house.quiet()


async def _silent_menu(house: House, caller: Peer, _phone: Peer) -> Dialog:
    """The house answers inside the INVITE, as menus and queues do."""
    house.on = house.answer_all
    theirs = caller.invite("8001")
    answer = await caller.get(status=200)
    theirs.remote = answer.get("to")
    return theirs


async def _silent_bridge(house: House, caller: Peer, phone: Peer) -> Dialog:
    """The house answers when a phone does."""
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    await caller.get(status=200)
    house.on = None
    house.sip.execute(cmd.HangUp((await house.seen(inp.LegAnswered)).leg))
    await mine.hung_up()
    return theirs


async def _silent_late_offer(house: House, caller: Peer, _phone: Peer) -> Dialog:
    """The INVITE brings no SDP; the answer to ours would have come in the ACK."""
    house.on = house.answer_all
    theirs = caller.invite("8001", body="")
    await caller.get(status=200)
    return theirs


async def _silent_after(house: House, caller: Peer, body: str) -> Dialog:
    house.on = house.answer_all
    theirs = caller.invite("8001")
    await theirs.connected()
    theirs.send("INVITE", ("contact", caller.contact), body=body)
    await caller.get(status=200, of="INVITE")
    return theirs


async def _silent_hold(house: House, caller: Peer, _phone: Peer) -> Dialog:
    return await _silent_after(house, caller, caller.sdp("sendonly", 2))


async def _silent_refresh(house: House, caller: Peer, _phone: Peer) -> Dialog:
    return await _silent_after(house, caller, caller.sdp())


async def _silent_offerless_again(house: House, caller: Peer, _phone: Peer) -> Dialog:
    return await _silent_after(house, caller, "")


@pytest.mark.usefixtures("haste")
@pytest.mark.parametrize(
    "way",
    [_silent_menu, _silent_bridge, _silent_late_offer, _silent_hold, _silent_refresh, _silent_offerless_again],
    ids=lambda way: way.__name__,
)
async def test_a_peer_that_never_acknowledges_our_200_is_sent_bye_and_nothing_stays(
    house: House, caller: Peer, phone: Peer, way: Callable[..., object]
) -> None:
    theirs = await way(house, caller, phone)  # type: ignore[misc]
    caller.inbox[:] = [message for message in caller.inbox if message.method]
    again = await caller.get(status=200, of="INVITE")
    assert again.get("call-id") == theirs.call_id, "the 200 is sent again until its time is over"
    caller.respond(await caller.get(method="BYE", timeout=10.0), 200)
    await house.quiet()


@pytest.mark.usefixtures("haste")
async def test_a_call_whose_ack_never_comes_is_told_as_ended_once(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    caller.invite("8001")
    caller.respond(await caller.get(method="BYE", timeout=10.0), 200)
    await house.seen(inp.LegEnded)
    await house.quiet()
    assert "LegEnded" not in house.kinds()


@pytest.mark.usefixtures("haste")
async def test_a_refusal_that_nobody_acknowledges_does_not_end_the_call_it_was_said_in(
    house: House, caller: Peer, phone: Peer
) -> None:
    theirs, _mine, _leg = await joined(house, caller, phone)
    theirs.send("INVITE", ("contact", caller.contact), body=caller.sdp().replace("RTP/AVP 8", "RTP/AVP 9"))
    await caller.get(status=488)
    manager = house.sip.config["_sip_tm"]
    while manager.tserver:
        await asyncio.sleep(0.05)
    assert not [message for message in caller.inbox if message.method == "BYE"]
    await theirs.bye()
    await house.quiet()
