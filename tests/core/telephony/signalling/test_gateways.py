"""A trunk whose far end answers is up; one that does not is down, and up again when it is back."""

from __future__ import annotations

import asyncio

import pytest

from core.demo.sip_text import parse, response
from core.installation.definition import Installation
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import KeepAlive
from core.telephony.signalling import leg as leg_module
from tests.core.telephony.signalling.house import House, Peer, installation_of

QUICK = KeepAlive(every_s=0.1, limit_s=0.1, misses=2)


class FarEnd(asyncio.DatagramProtocol):
    """Answers OPTIONS while ``awake``."""

    def __init__(self) -> None:
        self.awake = True

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address) -> None:
        request = parse(data)
        if self.awake and request.method == "OPTIONS":
            self.transport.sendto(response(request, 200, "OK", tag="far").to_bytes(), address)


async def becomes(house: House, state: str) -> None:
    async with asyncio.timeout(10):
        while house.sip.gateways.states() != {"gw": state}:
            await asyncio.sleep(0.02)


async def test_a_trunk_is_down_while_its_gateway_is_silent_and_up_when_it_answers(tmp_path):
    transport, far = await asyncio.get_running_loop().create_datagram_endpoint(FarEnd, local_addr=("127.0.0.1", 0))
    async with House(tmp_path, keep_alive=QUICK) as house:
        house.installation = installation_of(f"127.0.0.1:{transport.get_extra_info('sockname')[1]}")
        await becomes(house, "up")
        far.awake = False
        await becomes(house, "down")
        far.awake = True
        await becomes(house, "up")
    transport.close()


async def test_a_gateway_whose_name_nobody_knows_is_down(tmp_path):
    async with House(tmp_path, keep_alive=QUICK) as house:
        house.installation = installation_of("no-such-gateway.invalid")
        await becomes(house, "down")


async def test_a_trunk_that_only_takes_calls_in_is_not_asked(tmp_path):
    async with House(tmp_path, keep_alive=QUICK) as house:
        assert house.sip.gateways.states() == {}


# --- several, tried in turn ----------------------------------------------------------------------------------------


def two(first: Peer, second: Peer) -> Installation:
    return installation_of(f"127.0.0.1:{first.port},127.0.0.1:{second.port}")


def dial(house: House) -> inp.LegId:
    house.on = None
    leg = inp.LegId("a")
    house.sip.execute(cmd.Dial(leg, "96000", "", number="13900001111", trunk="gw"))
    return leg


@pytest.mark.parametrize("status", [408, 500, 503])
async def test_a_gateway_that_cannot_is_followed_by_the_next(
    house: House, caller: Peer, phone: Peer, status: int
) -> None:
    house.installation = two(caller, phone)
    leg = dial(house)
    caller.respond(await caller.get(method="INVITE"), status)
    invite = await phone.get(method="INVITE")
    assert invite.uri == f"sip:13900001111@127.0.0.1:{phone.port}"
    phone.respond(invite, 200, body=phone.sdp())
    assert (await house.seen(inp.LegAnswered)).leg == leg
    assert "LegFailed" not in house.kinds()
    house.sip.execute(cmd.HangUp(leg))
    phone.respond(await phone.get(method="BYE"), 200)
    await house.quiet()


@pytest.mark.parametrize("status", [403, 404, 480, 486, 603])
async def test_what_a_gateway_says_of_the_number_counts(house: House, caller: Peer, phone: Peer, status: int) -> None:
    house.installation = two(caller, phone)
    dial(house)
    caller.respond(await caller.get(method="INVITE"), status)
    assert (await house.seen(inp.LegFailed)).status == status
    await caller.get(method="ACK")
    assert not [message for message in phone.inbox if message.method == "INVITE"]
    await house.quiet()


async def test_a_gateway_that_says_nothing_is_followed_by_the_next(
    house: House, caller: Peer, phone: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg_module, "GATEWAY_REPLY_S", 0.3)
    house.installation = two(caller, phone)
    dial(house)
    first = await caller.get(method="INVITE")
    phone.respond(await phone.get(method="INVITE"), 200, body=phone.sdp())
    await house.seen(inp.LegAnswered)
    # It wakes up too late, and is told so.
    caller.respond(first, 200, body=caller.sdp(), tag="late")
    await caller.get(method="ACK")
    await caller.get(method="BYE")
    assert "LegFailed" not in house.kinds()


async def test_when_no_gateway_can_the_call_fails_once(
    house: House, caller: Peer, phone: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg_module, "GATEWAY_REPLY_S", 0.3)
    house.installation = two(caller, phone)
    dial(house)
    caller.respond(await caller.get(method="INVITE"), 503)
    assert (await house.seen(inp.LegFailed)).status == 503
    assert house.kinds().count("LegFailed") == 0
    await house.quiet()


async def test_a_call_that_has_rung_is_not_rung_again_elsewhere(house: House, caller: Peer, phone: Peer) -> None:
    house.installation = two(caller, phone)
    dial(house)
    invite = await caller.get(method="INVITE")
    caller.respond(invite, 180)
    await house.seen(inp.LegRinging)
    caller.respond(invite, 503)
    assert (await house.seen(inp.LegFailed)).status == 503
    assert not [message for message in phone.inbox if message.method == "INVITE"]


async def test_a_gateway_that_is_down_is_tried_last_and_its_state_is_told(tmp_path):
    loop = asyncio.get_running_loop()
    silent, far = await loop.create_datagram_endpoint(FarEnd, local_addr=("127.0.0.1", 0))
    far.awake = False
    async with House(tmp_path, keep_alive=QUICK) as house, Peer(house) as second:
        first = silent.get_extra_info("sockname")[1]
        house.installation = installation_of(f"127.0.0.1:{first},127.0.0.1:{second.port}")

        def each() -> dict[str, str]:
            for message in [one for one in second.inbox if one.method == "OPTIONS"]:
                second.inbox.remove(message)
                second.respond(message, 200)
            return house.sip.gateways.by_trunk()["gw"]

        async with asyncio.timeout(10):
            while each() != {f"127.0.0.1:{first}": "down", f"127.0.0.1:{second.port}": "up"}:
                await asyncio.sleep(0.02)
        assert house.sip.gateways.states() == {"gw": "up"}
        trunk = house.installation.trunks["gw"]
        assert house.sip.gateways.ways(trunk) == [("127.0.0.1", second.port), ("127.0.0.1", first)]
    silent.close()
