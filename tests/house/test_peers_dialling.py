"""Toll fraud tried from outside on the running house, and what may be dialled is; who calls, diversion, NAT."""

from __future__ import annotations

import asyncio
import json
import urllib.error
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.installation.definition import Trunk
from core.installation.editing import By
from core.installation.trunks import put_trunk
from tests.core.telephony.signalling.house import Peer
from tests.house.front import Front
from tests.house.line import soon
from tests.house.running import House
from tests.house.wire import calls, invites, moved, register, wire

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers dialling"),
    pytest.mark.timeout(400),
]

MOBILE, ABROAD, PREMIUM, TOWN = "13800000001", "0085221234567", "16812345", "88001234"


@pytest.fixture
async def exchange(peers_house: House, front: Front) -> AsyncIterator[Peer]:
    """The gateway of the house's first trunk, and where its calls come from."""
    async with wire(peers_house) as peer:
        trunk = Trunk("demo", ("127.0.0.1", "127.0.0.2"), f"127.0.0.1:{peer.port}", "96000")
        await asyncio.to_thread(front.edit, lambda session: put_trunk(session, trunk, By("tests", 0.0)))
        yield peer


@pytest.fixture
async def desk(peers_house: House) -> AsyncIterator[Peer]:
    async with wire(peers_house) as peer:
        await register(peer, "8001")
        yield peer
        await register(peer, "8001", expires_s=0)


@pytest.fixture
async def colleague(peers_house: House) -> AsyncIterator[Peer]:
    async with wire(peers_house) as peer:
        await register(peer, "8002")
        yield peer
        await register(peer, "8002", expires_s=0)


@pytest.fixture(autouse=True)
def cleared(front: Front) -> Iterator[None]:
    yield
    front.end_all()
    front.sign_off("8001", "8002")


def refused(front: Front, path: str, **body: object) -> dict[str, Any]:
    """The problem that a desk's request meets."""
    with pytest.raises(urllib.error.HTTPError) as no:
        front.post(path, **body)
    problem = json.load(no.value)
    return {"status": no.value.code, **problem}


async def refused_facts(front: Front) -> list[dict[str, Any]]:
    found = await asyncio.to_thread(front.log, "kind = 'dial_refused'")
    return [fact for _kind, fact in found]


async def test_the_far_end_of_a_call_that_we_dialled_cannot_have_our_trunk_dial(
    front: Front, exchange: Peer, desk: Peer
) -> None:
    ours = await calls(desk, "8001", MOBILE)
    away = await exchange.pick_up()
    await ours.connected()
    for target in (ABROAD, TOWN, "8002", "110"):
        away.send("REFER", ("refer-to", f"<sip:{target}@127.0.0.1>"), ("contact", exchange.contact))
        await exchange.get(status=403, of="REFER")
    assert invites(exchange) == []
    await ours.bye()
    await away.hung_up()
    await soon(lambda: [f for _, f in front.log("kind = 'dial_refused'") if f["why"] == "stranger"])


async def test_a_trunks_caller_cannot_have_our_trunk_dial(front: Front, exchange: Peer, desk: Peer) -> None:
    await asyncio.to_thread(front.ready, "8001")
    theirs = exchange.invite("96001", user="13920000001")
    agent = await desk.pick_up()
    await theirs.connected()
    theirs.send("REFER", ("refer-to", f"<sip:{TOWN}@127.0.0.1>"), ("contact", exchange.contact))
    await exchange.get(status=403, of="REFER")
    await exchange.invite(TOWN, user="13920000002").refused(404)
    assert invites(exchange) == []
    await theirs.bye()
    await agent.hung_up()


async def test_a_phone_sends_its_calls_outside_on_its_own_right_only(
    front: Front, exchange: Peer, desk: Peer, colleague: Peer
) -> None:
    for target, allowed in ((PREMIUM, False), (ABROAD, False), (MOBILE, True)):
        theirs = await calls(colleague, "8002", "8001")
        moved(desk, await desk.get(method="INVITE"), f"<sip:{target}@127.0.0.1>")
        if allowed:
            away = await exchange.pick_up()
            await theirs.connected()
            await theirs.bye()
            await away.hung_up()
        else:
            await theirs.refused(480)
            assert invites(exchange) == []
    said = await soon(lambda: front.log("kind = 'dialled_out'"))
    assert (said[-1][1]["by"], said[-1][1]["number_class"]) == ("8001", "national")


async def test_a_phone_sends_its_calls_to_a_colleague_who_is_busy_and_has_the_segment(
    front: Front, exchange: Peer, desk: Peer, colleague: Peer
) -> None:
    await asyncio.to_thread(front.ready, "8002")
    theirs = exchange.invite("8001", user="13920000003")
    moved(desk, await desk.get(method="INVITE"), "<sip:8002@hotline>")
    invite = await colleague.get(method="INVITE")
    colleague.respond(invite, 180)
    await soon(lambda: front.agent("8002")["state"] == "ringing")
    colleague.respond(invite, 200, body=colleague.sdp())
    await colleague.get(method="ACK")
    await theirs.connected()
    await soon(lambda: front.agent("8002")["state"] == "talking")
    assert front.agent("8001")["state"] != "talking"
    await theirs.bye()
    colleague.respond(await colleague.get(method="BYE"), 200)
    answered = await asyncio.to_thread(front.fact, "13920000003", "segment_ended")
    assert answered["extension"] == "8002"
    assert (await asyncio.to_thread(front.fact, "13920000003", "ring_ended", extension="8001"))["outcome"] == "diverted"


async def test_a_phone_and_a_desk_are_refused_in_words(front: Front, exchange: Peer, desk: Peer) -> None:
    answer = await (await calls(desk, "8001", PREMIUM)).refused(403)
    assert "premium" in answer.reason
    problem = await asyncio.to_thread(lambda: refused(front, "calls", from_extension="8001", to=ABROAD))
    assert (problem["status"], problem["field"]) == (403, "to")
    assert problem["remedy"]
    await asyncio.to_thread(front.ready, "8001")
    theirs = exchange.invite("96001", user="13920000004")
    agent = await desk.pick_up()
    await theirs.connected()
    call = (await asyncio.to_thread(front.call, "13920000004"))["id"]
    for action in ("transfer", "consult"):
        body = {"action": action, "by": "8001", "target": PREMIUM}
        problem = await asyncio.to_thread(lambda body=body: refused(front, f"calls/{call}/actions", **body))
        assert problem["status"] == 403
    agent.send("REFER", ("refer-to", f"<sip:{PREMIUM}@127.0.0.1>"), ("contact", desk.contact))
    await desk.get(status=403, of="REFER")
    assert invites(exchange) == []
    await theirs.bye()
    await agent.hung_up()


async def test_a_right_counts_at_once_and_many_refusals_raise_an_alert(
    peers_house: House, front: Front, exchange: Peer, desk: Peer
) -> None:
    admin = await asyncio.to_thread(peers_house.token, "admin")
    right = "/api/v1/dialling/rights/extension:8001"

    def put(*classes: str) -> None:
        peers_house.ask("PUT", right, {"classes": list(classes)}, admin)

    await asyncio.to_thread(put, "internal")
    for _ in range(6):
        await (await calls(desk, "8001", TOWN)).refused(403)
    await asyncio.to_thread(put, "internal", "local")
    ours = await calls(desk, "8001", TOWN)
    away = await exchange.pick_up()
    await ours.connected()
    await ours.bye()
    await away.hung_up()
    await asyncio.to_thread(peers_house.ask, "DELETE", right, None, admin)

    def alerts() -> list[dict[str, Any]]:
        path = "/api/v1/alerts?figure=dials_refused&open=true"
        return peers_house.ask("GET", path, token=front.token)["items"]  # type: ignore[no-any-return]

    assert await soon(alerts)


async def test_a_gateway_that_is_gone_is_passed_over_for_the_next(
    peers_house: House, front: Front, exchange: Peer, desk: Peer
) -> None:
    """One says nothing at all, one has no room, the third takes the call."""
    async with wire(peers_house) as full, wire(peers_house) as gone:
        gateways = ",".join(f"127.0.0.1:{peer.port}" for peer in (gone, full, exchange))
        trunk = Trunk("demo", ("127.0.0.1", "127.0.0.2"), gateways, "96000")
        await asyncio.to_thread(front.edit, lambda session: put_trunk(session, trunk, By("tests", 0.0)))
        ours = await calls(desk, "8001", MOBILE)
        await gone.get(method="INVITE")
        full.respond(await full.get(method="INVITE"), 503)
        away = await exchange.pick_up()
        await ours.connected()
        await ours.bye()
        await away.hung_up()
        admin = await asyncio.to_thread(peers_house.token, "admin")
        told = await asyncio.to_thread(peers_house.ask, "GET", "/api/v1/trunks", None, admin)
        (one,) = [found for found in told["items"] if found["id"] == "demo"]
        assert [found["address"] for found in one["gateways"]] == gateways.split(",")
        assert {found["state"] for found in one["gateways"]} <= {"up", "down"}


# --- who calls -----------------------------------------------------------------------------------------------------


async def test_a_withheld_number_is_known_from_the_trunk_and_has_one_form(
    peers_house: House, front: Front, exchange: Peer
) -> None:
    theirs = exchange.invite(
        "96001", ("p-asserted-identity", "<sip:+8613920000005@city.example;user=phone>"), user="anonymous"
    )
    row = await asyncio.to_thread(front.call, "13920000005")
    assert row["did"] == "96001"
    theirs.cancel()
    arrived = await asyncio.to_thread(front.fact, "13920000005", "call_arrived")
    assert arrived["received"] == "+8613920000005"


async def test_a_caller_with_an_extensions_number_is_a_caller(
    peers_house: House, front: Front, exchange: Peer, desk: Peer
) -> None:
    await asyncio.to_thread(front.ready, "8001")
    async with wire(peers_house, "127.0.0.2") as city:
        theirs = city.invite("96001", user="8001")
        agent = await desk.pick_up()
        await theirs.connected()
        row = await asyncio.to_thread(front.call, "8001")
        assert (row["direction"], row["agent"]) == ("inbound", "8001")
        await theirs.bye()
        await agent.hung_up()


# --- a phone behind NAT --------------------------------------------------------------------------------------------


async def test_a_phone_behind_nat_is_rung_acknowledged_and_hung_up_where_it_is(
    peers_house: House, front: Front, exchange: Peer
) -> None:
    from core.demo.sip_text import response

    inside = "<sip:8002@192.168.55.5:5060>"
    async with wire(peers_house) as phone:
        await register(phone, "8002", contact=inside)
        theirs = exchange.invite("8002", user="13920000006")
        invite = await phone.get(method="INVITE")
        answer = response(invite, 200, "OK", tag="nat", body=phone.sdp())
        answer.headers.append(("contact", inside))
        phone.send(answer)
        await phone.get(method="ACK")
        await theirs.connected()
        call = (await asyncio.to_thread(front.call, "13920000006"))["id"]
        await asyncio.to_thread(front.act, call, "hangup", "8002")
        phone.respond(await phone.get(method="BYE"), 200)
        await theirs.hung_up()
        await register(phone, "8002", expires_s=0, contact=inside)
