"""Calls that we make."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.demo.sip_text import SipMessage, response, tag_of
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import host
from tests.core.telephony.signalling.house import Dialog, House, Peer, installation_of


async def test_a_number_goes_to_the_gateway_of_its_trunk(house: House, phone: Peer) -> None:
    house.installation = installation_of(f"127.0.0.1:{phone.port}")
    house.on = None
    house.sip.execute(cmd.Dial(inp.LegId("a"), "96000", "", number="13900001111", trunk="gw"))
    invite = await phone.get(method="INVITE")
    assert invite.uri == f"sip:13900001111@127.0.0.1:{phone.port}"
    phone.respond(invite, 200, body=phone.sdp())
    await house.seen(inp.LegAnswered)
    house.sip.execute(cmd.HangUp(inp.LegId("a")))
    phone.respond(await phone.get(method="BYE"), 200)
    await house.quiet()


async def test_the_request_uri_is_the_whole_contact(house: House, phone: Peer) -> None:
    uri = house.place("8001", phone, ";line=ab12;ob")
    house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001", auto_answer=True))
    invite = await phone.get(method="INVITE")
    assert invite.uri == uri
    assert "answer-after=0" in invite.get("call-info")


async def test_nobody_registered_is_480_at_once_and_a_number_without_trunk_503(house: House) -> None:
    house.on = None
    house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
    assert (await house.seen(inp.LegFailed, timeout=0.2)).status == 480
    house.sip.execute(cmd.Dial(inp.LegId("b"), "139", "", number="1", trunk="nowhere"))
    assert (await house.seen(inp.LegFailed, timeout=0.2)).status == 503
    assert house.sip.legs_up() == 0


@pytest.mark.parametrize("status", [403, 404, 486, 503, 603])
async def test_a_refusal_keeps_its_status(house: House, caller: Peer, phone: Peer, status: int) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    phone.respond(await phone.get(method="INVITE"), status)
    assert (await house.seen(inp.LegFailed)).status == status
    await theirs.refused(status)
    await house.quiet()


async def test_a_phone_that_nobody_answers_is_cancelled_and_fails_with_408(tmp_path: Path) -> None:
    async with House(tmp_path, ring_s=0.2) as house, Peer(house) as caller, Peer(house) as phone:
        house.place("8001", phone)
        caller.invite("8001")
        phone.respond(await phone.get(method="INVITE"), 180)
        assert (await house.seen(inp.LegFailed)).status == 408
        await phone.get(method="CANCEL")
        await house.quiet()


async def test_a_phone_that_picks_up_while_we_cancel_gets_a_bye(tmp_path: Path) -> None:
    async with House(tmp_path, ring_s=0.2) as house, Peer(house) as caller, Peer(house) as phone:
        house.place("8001", phone)
        caller.invite("8001")
        invite = await phone.get(method="INVITE")
        phone.respond(invite, 180)
        await phone.get(method="CANCEL")
        phone.respond(invite, 200, body=phone.sdp())
        await phone.get(method="ACK")
        phone.respond(await phone.get(method="BYE"), 200)
        assert "LegAnswered" not in house.kinds()
        await house.quiet()


@pytest.mark.parametrize("rang", [True, False])
@pytest.mark.parametrize("told", [0, 200, 481])
async def test_a_200_that_crosses_our_cancel_is_acknowledged_and_taken_leave_of_once(
    tmp_path: Path, rang: bool, told: int
) -> None:
    """Whatever the phone says of the CANCEL itself, and however often it repeats its 200 (RFC 3261 9.1, 13.2.2.4)."""
    async with House(tmp_path, ring_s=0.2) as house, Peer(house) as caller, Peer(house) as phone:
        house.place("8001", phone)
        caller.invite("8001")
        invite = await phone.get(method="INVITE")
        if rang:
            phone.respond(invite, 180)
            cancel = await phone.get(method="CANCEL")
            if told:
                phone.respond(cancel, told)
        await house.seen(inp.LegFailed)
        phone.respond(invite, 200, body=phone.sdp())
        ack = await phone.get(method="ACK")
        assert ack.cseq == (invite.cseq[0], "ACK")
        bye = await phone.get(method="BYE")
        assert bye.cseq[0] > invite.cseq[0]
        for n in range(2):
            again = response(invite, 200, "OK", tag="peer", contact=phone.contact, body=phone.sdp())
            again.headers.append(("x-repeat", str(n)))
            phone.send(again)
            assert (await phone.get(method="ACK")).cseq == ack.cseq
        phone.respond(bye, 200)
        assert "LegAnswered" not in house.kinds()
        await house.quiet()
        assert not [message for message in phone.inbox if message.method == "BYE" and message.cseq != bye.cseq]


@pytest.mark.parametrize("before", [0, 486, 487])
async def test_a_200_behind_the_end_of_its_invite_is_acknowledged_and_taken_leave_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """We have given up after 32 s (a fiftieth of it here), or another phone of a fork has refused for all."""
    monkeypatch.setattr(host._Timer, "go", _hurried)
    async with House(tmp_path, ring_s=2.0) as house, Peer(house) as caller, Peer(house) as phone:
        house.place("8001", phone)
        caller.invite("8001")
        invite = await phone.get(method="INVITE")
        if before:
            phone.send(response(invite, before, "No", tag="other"))
            await phone.get(method="ACK")
        await house.seen(inp.LegFailed)
        phone.respond(invite, 200, body=phone.sdp())
        assert tag_of((await phone.get(method="ACK")).get("to")) == "peer"
        phone.respond(await phone.get(method="BYE"), 200)
        assert "LegAnswered" not in house.kinds()
        await house.quiet()


def _hurried(timer: host._Timer) -> None:
    timer.handle = asyncio.get_running_loop().call_later(timer.delay / 50, timer._fire)


async def test_every_phone_of_an_extension_rings_and_the_first_to_answer_wins(house: House, caller: Peer) -> None:
    async with Peer(house) as desk, Peer(house) as soft:
        house.place("8001", desk)
        house.place("8001", soft)
        theirs = caller.invite("8001")
        first, second = await desk.get(method="INVITE"), await soft.get(method="INVITE")
        desk.respond(first, 180, tag="desk")
        soft.respond(second, 180, tag="soft")
        soft.respond(second, 200, body=soft.sdp(), tag="soft")
        await soft.get(method="ACK")
        await desk.get(method="CANCEL")
        desk.respond(first, 487, tag="desk")
        await theirs.connected()
        assert house.kinds().count("LegRinging") == 1
        await theirs.bye()
        await soft.get(method="BYE")


async def test_busy_on_one_phone_does_not_stop_the_other_and_busy_on_both_is_busy(house: House, caller: Peer) -> None:
    async with Peer(house) as desk, Peer(house) as soft:
        house.place("8001", desk)
        house.place("8001", soft)
        theirs = caller.invite("8001")
        desk.respond(await desk.get(method="INVITE"), 486)
        await asyncio.sleep(0.05)
        assert "LegFailed" not in house.kinds()
        soft.respond(await soft.get(method="INVITE"), 480)
        await theirs.refused(486)
        await house.quiet()


async def test_declined_on_one_phone_stops_all(house: House, caller: Peer) -> None:
    async with Peer(house) as desk, Peer(house) as soft:
        house.place("8001", desk)
        house.place("8001", soft)
        theirs = caller.invite("8001")
        soft.respond(await soft.get(method="INVITE"), 180)
        desk.respond(await desk.get(method="INVITE"), 603)
        await soft.get(method="CANCEL")
        await theirs.refused(603)


async def test_early_media_of_the_dialled_party_is_connected(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    caller.invite("8001")
    phone.respond(await phone.get(method="INVITE"), 183, body=phone.sdp(port=32000))
    ringing = await house.seen(inp.LegRinging)
    assert ringing.early_media
    assert house.media.connected[ringing.leg][0].port == 32000
    assert "m=audio" in (await caller.get(status=183)).body


def moved(phone: Peer, invite: SipMessage, contact: str) -> None:
    """302, without the peer's own contact."""
    answer = response(invite, 302, "Moved", tag="x")
    answer.headers.append(("contact", contact))
    phone.send(answer)


@pytest.mark.parametrize(
    "contact", ["<sip:8002@hotline>", "<sip:8002@203.0.113.9:5099>", "<tel:8002>", "<mailto:a@b>, <sip:8002@x>;q=0.5"]
)
async def test_where_a_phone_forwards_to_is_the_floors_to_decide(house: House, phone: Peer, contact: str) -> None:
    async with Peer(house) as other:
        house.on = None
        house.place("8001", phone)
        house.place("8001", other)
        house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
        other.respond(await other.get(method="INVITE"), 180)
        invite = await phone.get(method="INVITE")
        moved(phone, invite, contact)
        ack = await phone.get(method="ACK")
        assert (ack.uri, ack.branch) == (invite.uri, invite.branch)
        assert await house.seen(inp.LegDiverted) == inp.LegDiverted(inp.LegId("a"), "8002")
        await other.get(method="CANCEL")
        await house.quiet()


@pytest.mark.parametrize("contact", ["<sip:203.0.113.9>", "*", "<http://example.com>", '"x <sip:8002@hotline>'])
async def test_a_forward_without_anybody_in_it_is_a_failure(house: House, phone: Peer, contact: str) -> None:
    house.on = None
    house.place("8001", phone)
    house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
    moved(phone, await phone.get(method="INVITE"), contact)
    await phone.get(method="ACK")
    assert (await house.seen(inp.LegFailed)).status == 302


@pytest.mark.parametrize(
    ("user", "followed"), [("13900001111", True), ("+8613900001111", True), ("0019001234567", False), ("8001", False)]
)
async def test_a_gateway_may_send_a_call_on_with_its_number_only(
    house: House, phone: Peer, user: str, followed: bool
) -> None:
    house.installation = installation_of(f"127.0.0.1:{phone.port}")
    house.on = None
    house.place("8001", phone)
    house.sip.execute(cmd.Dial(inp.LegId("a"), "96000", "", number="13900001111", trunk="gw"))
    moved(phone, await phone.get(method="INVITE"), f"<sip:{user}@127.0.0.1:{phone.port}>")
    await phone.get(method="ACK")
    if followed:
        assert f":{user}@" in (await phone.get(method="INVITE")).uri
    else:
        assert (await house.seen(inp.LegFailed)).status == 302
        assert not [message for message in phone.inbox if message.method == "INVITE"]
        await house.quiet()


async def test_an_answer_without_a_codec_of_ours_ends_that_leg(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 200, body=phone.sdp().replace("RTP/AVP 8 101", "RTP/AVP 18 101"))
    await phone.get(method="ACK")
    await phone.get(method="BYE")
    await theirs.refused(488)
    await house.quiet()


async def test_a_contact_with_an_upper_case_transport_still_gets_its_bye(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    message = caller.request(
        "INVITE", "96001", ("contact", f"<sip:peer@127.0.0.1:{caller.port};transport=UDP>"), body=caller.sdp()
    )
    caller.send(message)
    await Dialog(caller, message).connected()
    house.sip.execute(cmd.HangUp((await house.seen(inp.LegInvited)).leg))
    assert (await caller.get(method="BYE")).uri.endswith("transport=UDP")


async def test_a_contact_that_names_a_host_is_answered_where_it_sends_from(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    message = caller.request("INVITE", "96001", ("contact", "<sip:peer@desk-7.invalid>"), body=caller.sdp())
    caller.send(message)
    await Dialog(caller, message).connected()
    house.sip.execute(cmd.HangUp((await house.seen(inp.LegInvited)).leg))
    assert (await caller.get(method="BYE")).uri == "sip:peer@desk-7.invalid"
