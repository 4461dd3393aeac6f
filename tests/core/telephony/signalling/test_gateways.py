"""A trunk whose far end answers is up; one that does not is down, and up again when it is back."""

from __future__ import annotations

import asyncio

from core.demo.sip_text import parse, response
from core.telephony.signalling import KeepAlive
from tests.core.telephony.signalling.house import House, site_of

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
        house.site = site_of(f"127.0.0.1:{transport.get_extra_info('sockname')[1]}")
        await becomes(house, "up")
        far.awake = False
        await becomes(house, "down")
        far.awake = True
        await becomes(house, "up")
    transport.close()


async def test_a_gateway_whose_name_nobody_knows_is_down(tmp_path):
    async with House(tmp_path, keep_alive=QUICK) as house:
        house.site = site_of("no-such-gateway.invalid")
        await becomes(house, "down")


async def test_a_trunk_that_only_takes_calls_in_is_not_asked(tmp_path):
    async with House(tmp_path, keep_alive=QUICK) as house:
        assert house.sip.gateways.states() == {}
