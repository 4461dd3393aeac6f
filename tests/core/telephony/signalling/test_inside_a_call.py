"""What happens inside a call that is up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.demo.phone import Phone
from core.demo.sip_text import tag_of
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import KeepAlive
from tests.core.telephony.signalling.house import House, Peer, joined


@pytest.mark.parametrize("way", ["sendonly", "inactive", "0.0.0.0"])
async def test_hold_and_resume_are_told_and_answered(house: House, caller: Peer, phone: Peer, way: str) -> None:
    theirs, _mine, leg = await joined(house, caller, phone)
    body = caller.sdp("sendrecv" if way == "0.0.0.0" else way, 2)
    if way == "0.0.0.0":
        body = body.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
    answer = await theirs.again(body)
    assert (await house.seen(inp.LegHeld)).leg == leg
    assert ("a=recvonly" if way == "sendonly" else "a=inactive") in answer.body
    assert not house.media.connected[leg][-1].receives
    answer = await theirs.again(caller.sdp("sendrecv", 3))
    assert (await house.seen(inp.LegUnheld)).leg == leg
    assert "a=sendrecv" in answer.body
    assert house.media.connected[leg][-1].receives
    await theirs.bye()


async def test_a_re_invite_without_sdp_gets_our_offer_and_is_no_hold(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, leg = await joined(house, caller, phone)
    message = theirs.send("INVITE", ("contact", caller.contact))
    offer = await caller.get(status=200, of="INVITE")
    assert "RTP/AVP 8 0 101" in offer.body
    caller.send(theirs.request("ACK", number=message.cseq[0], body=caller.sdp(port=33000)))
    await asyncio.sleep(0.05)
    assert house.media.connected[leg][-1].port == 33000
    assert house.inputs == []
    assert offer.body.split("o=hotline ")[1].split(" ")[1] > "1"


async def test_a_re_invite_may_move_the_peer(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, leg = await joined(house, caller, phone)
    async with Peer(house) as elsewhere:
        await theirs.again(caller.sdp("sendrecv", 2, 34000), ("contact", elsewhere.contact))
        house.sip.execute(cmd.HangUp(inp.LegId(leg)))
        await elsewhere.get(method="BYE")


async def test_a_re_invite_that_cannot_be_taken_leaves_the_call_up(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, _leg = await joined(house, caller, phone)
    bad = caller.sdp("sendrecv", 2).replace("RTP/AVP 8 101", "RTP/AVP 18 101")
    theirs.send("INVITE", ("contact", caller.contact), body=bad)
    await caller.get(status=488)
    await theirs.again(caller.sdp("sendonly", 3))
    assert (await house.seen(inp.LegHeld)).leg
    await theirs.bye()


@pytest.mark.parametrize(
    ("kind", "text", "digit"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", "Signal= *\r\nDuration= 250\r\n", "*"),
        ("application/dtmf-relay", "signal=11\n", "#"),
        ("application/dtmf", "9", "9"),
        ("application/dtmf", "d", "D"),
        ("APPLICATION/DTMF-RELAY", "Duration=160\r\nSignal = 7\r\n", "7"),
        ("application/dtmf-relay;charset=utf-8", "Signal:#\r\n", "#"),
        ("audio/telephone-event", "5", "5"),
        ("audio/telephone-event", "Signal=11\r\n", "#"),
        ("audio/telephone-event", "event=9\r\nduration=100", "9"),
        # RFC 4733's own four bytes: key 1, and the star with its end.
        ("audio/telephone-event", "\x01\n\x03\x20", "1"),
        ("audio/telephone-event;rate=8000", "\x0a\x7f\x03\x20", "*"),
    ],
)
async def test_keys_come_by_info(house: House, caller: Peer, phone: Peer, kind: str, text: str, digit: str) -> None:
    theirs, _mine, leg = await joined(house, caller, phone)
    theirs.send("INFO", ("content-type", kind), body=text)
    await caller.get(status=200, of="INFO")
    assert await house.seen(inp.DigitPressed) == inp.DigitPressed(inp.LegId(leg), digit, "info")


async def test_other_infos_are_answered_and_mean_nothing(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, _leg = await joined(house, caller, phone)
    for kind, body in (("application/dtmf", "x"), ("application/dtmf", ""), ("text/plain", "5")):
        theirs.send("INFO", ("content-type", kind), body=body)
        await caller.get(status=200, of="INFO")
    assert house.inputs == []


async def test_a_blind_transfer_is_asked_accepted_and_reported(house: House, caller: Peer, phone: Peer) -> None:
    _theirs, mine, leg = await joined(house, caller, phone)
    mine.send("REFER", ("refer-to", "<sip:8002@hotline>"), ("contact", phone.contact))
    await phone.get(status=202)
    asked = await house.seen(inp.TransferRequested)
    assert asked == inp.TransferRequested(inp.LegId(f"out-{leg}"), "8002", None)
    house.sip.execute(cmd.TransferProgress(asked.leg, 100, "Trying"))
    house.sip.execute(cmd.TransferProgress(asked.leg, 200, "OK"))
    first, last = await phone.get(method="NOTIFY"), await phone.get(method="NOTIFY")
    assert (first.get("event"), first.body, first.get("content-type")) == (
        "refer",
        "SIP/2.0 100 Trying\r\n",
        "message/sipfrag;version=2.0",
    )
    assert last.get("subscription-state").startswith("terminated")
    assert house.sip.legs_up() == 2


async def test_an_attended_transfer_names_the_other_leg(house: House, caller: Peer, phone: Peer) -> None:
    _theirs, mine, _leg = await joined(house, caller, phone)
    house.on = house.answer_all
    consult = phone.invite("96001")
    await consult.connected()
    other = (await house.seen(inp.LegInvited)).leg
    there = consult.replaces.replace(";", "%3B").replace("=", "%3D")
    mine.send("REFER", ("refer-to", f"<sip:8002@hotline?Replaces={there}>"), ("contact", phone.contact))
    await phone.get(status=202)
    assert (await house.seen(inp.TransferRequested)).replaces == other


async def test_a_refer_without_a_target_is_400(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, _leg = await joined(house, caller, phone)
    theirs.send("REFER")
    await caller.get(status=400)
    theirs.send("REFER", ("refer-to", "<sip:hotline>"))
    await caller.get(status=400)
    assert house.inputs == []


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("UPDATE", 405),
        ("MESSAGE", 405),
        ("PRACK", 405),
        ("SUBSCRIBE", 405),
        ("NOTIFY", 405),
        ("FOO", 501),
        ("OPTIONS", 200),
    ],
)
async def test_every_method_inside_a_call_is_answered(
    house: House, caller: Peer, phone: Peer, method: str, status: int
) -> None:
    theirs, _mine, _leg = await joined(house, caller, phone)
    theirs.send(method)
    await caller.get(status=status, of=method)
    await theirs.bye()


async def test_an_update_while_it_rings_is_answered_and_the_call_goes_on(
    house: House, caller: Peer, phone: Peer
) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 180)
    theirs.remote = (await caller.get(status=180)).get("to")
    assert tag_of(theirs.remote)
    theirs.send("UPDATE")
    await caller.get(status=405)
    phone.respond(invite, 200, body=phone.sdp())
    await caller.get(status=200, of="INVITE")


async def test_a_ringing_phone_can_be_told_to_talk(house: House, phone: Peer) -> None:
    house.on = None
    house.place("8001", phone)
    house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 180, tag="desk")
    await house.seen(inp.LegRinging)
    house.sip.execute(cmd.TalkEvent(inp.LegId("a"), "talk"))
    notify = await phone.get(method="NOTIFY")
    assert (notify.get("event"), tag_of(notify.get("to"))) == ("talk", "desk")
    phone.respond(notify, 200)
    phone.respond(invite, 200, body=phone.sdp(), tag="desk")
    await house.seen(inp.LegAnswered)


async def test_a_peer_is_asked_now_and_then_whether_it_is_there(tmp_path: Path) -> None:
    async with House(tmp_path, keep_alive=KeepAlive(every_s=0.1, legs_s=0.1, legs_limit_s=0.3)) as house:
        house.on = house.answer_all
        async with Peer(house) as caller:
            theirs = caller.invite("96001")
            await theirs.connected()
            for status in (200, 501, 481):
                caller.respond(await caller.get(method="OPTIONS"), status)
                assert (await house.seen(inp.LegProbed)).status == status
            # Nobody answers; whether that ends the call is not for signalling to say.
            assert (await house.seen(inp.LegProbed)).status == 408
            assert house.sip.legs_up() == 1
            await theirs.bye()
            await house.quiet()


async def test_a_peer_is_asked_at_once_when_it_is_to_be_known(house: House, caller: Peer, phone: Peer) -> None:
    theirs, mine, leg = await joined(house, caller, phone)
    house.sip.execute(cmd.AskAlive(inp.LegId(leg)))
    caller.respond(await caller.get(method="OPTIONS"), 200)
    assert await house.seen(inp.LegProbed) == inp.LegProbed(inp.LegId(leg), 200)
    await theirs.bye()
    await mine.hung_up()
    await house.quiet()


async def test_a_phone_that_registers_anew_is_asked_about_its_call(tmp_path: Path) -> None:
    async with House(tmp_path, keep_alive=KeepAlive(every_s=0.1)) as house, Peer(house) as caller, Peer(house) as phone:
        _theirs, _mine, _leg = await joined(house, caller, phone)
        while not all(leg.ask_at for leg in house.sip._legs.values()):
            await asyncio.sleep(0.01)
        assert not [message for message in phone.inbox if message.method == "OPTIONS"]
        house.inputs.clear()
        again = Phone(house.address, "8001", "demo-8001")
        await again.open()
        assert await again.register(300) == 200
        assert (await house.seen(inp.Registered)).extension == "8001"
        phone.respond(await phone.get(method="OPTIONS"), 481)
        assert (await house.seen(inp.LegProbed)).status == 481
        await again.close()


async def test_commands_for_legs_that_are_gone_are_ignored(house: House, caller: Peer, phone: Peer) -> None:
    theirs, mine, leg = await joined(house, caller, phone)
    await theirs.bye()
    await mine.hung_up()
    await house.quiet()
    for command in (
        cmd.Ring(inp.LegId(leg)),
        cmd.Answer(inp.LegId(leg)),
        cmd.Reject(inp.LegId(leg), 486, ""),
        cmd.HangUp(inp.LegId(leg)),
        cmd.TransferProgress(inp.LegId(leg), 200, "OK"),
        cmd.TalkEvent(inp.LegId(leg), "hold"),
    ):
        house.sip.execute(command)
    assert house.kinds() == ["LegEnded"]


async def test_repeated_requests_are_answered_again_and_told_once(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    caller.send(theirs.invite)
    caller.send(theirs.invite)
    await phone.pick_up()
    await theirs.connected()
    assert house.kinds().count("LegInvited") == 1
    bye = theirs.send("BYE")
    caller.send(bye)
    caller.send(bye)
    for _ in range(3):
        await caller.get(status=200, of="BYE")


async def test_a_stopping_house_says_goodbye(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        house.on = house.answer_all
        caller = await Peer(house).__aenter__()
        theirs = caller.invite("96001")
        await theirs.connected()
    await caller.get(method="BYE")
    await caller.__aexit__()
