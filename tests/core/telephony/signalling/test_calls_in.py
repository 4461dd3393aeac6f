"""Calls that come in."""

from __future__ import annotations

import pytest

from core.demo.sip_text import digest
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.signalling.house import House, Peer, installation_of, joined


async def test_a_call_from_the_trunk_rings_the_phone_is_answered_and_ends(
    house: House, caller: Peer, phone: Peer
) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invited = await house.seen(inp.LegInvited)
    assert (invited.dialled, invited.caller, invited.origin_kind, invited.origin, invited.demo) == (
        "8001",
        "13900001111",
        "trunk",
        "gw",
        False,
    )
    mine = await phone.pick_up()
    assert (await caller.get(status=180)).reason == "Ringing"
    answer = await theirs.connected()
    assert "REFER" in answer.get("allow")
    port = house.media.open_legs[invited.leg]
    assert f"m=audio {port} RTP/AVP 8 101" in answer.body
    assert house.media.connected[invited.leg][0].port == 30000
    assert house.kinds() == ["Registered", "LegRinging", "LegAnswered", "LegAnswered"]
    await theirs.bye()
    await mine.hung_up()
    await house.quiet()


async def test_a_phone_that_calls_is_challenged_and_known_by_its_extension(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    first = caller.invite("96001", user="8002")
    challenge = await first.refused(407)
    ask = caller.request("INVITE", "96001", user="8002")
    value = digest(challenge.get("proxy-authenticate"), "INVITE", ask.uri, "8002", "demo-8002")
    second = caller.invite("96001", ("proxy-authorization", value), user="8002")
    await second.connected()
    invited = await house.seen(inp.LegInvited)
    assert (invited.origin_kind, invited.origin, invited.dialled) == ("extension", "8002", "96001")
    await second.bye()


async def test_a_stranger_is_forbidden(house: House, caller: Peer) -> None:
    house.installation = installation_of()
    object.__setattr__(house.installation, "trunks", {})
    await caller.invite("96001").refused(403)
    assert house.inputs == []


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ('"张三"'.encode(), "张三"),
        (b'"J\xfcrgen, the \\"boss\\""', 'Jürgen, the "boss"'),
        (b"Plain Name", "Plain Name"),
        (b"", ""),
    ],
)
async def test_names_come_in_whatever_their_bytes(house: House, caller: Peer, raw: bytes, name: str) -> None:
    message = caller.request("INVITE", "8001", ("contact", caller.contact), body=caller.sdp())
    caller.send(message.to_bytes().replace(b"From: <", b"From: " + raw + b" <"))
    assert (await house.seen(inp.LegInvited)).caller_name == name


async def test_names_go_out_quoted_and_cannot_smuggle_headers(house: House, phone: Peer) -> None:
    house.place("8001", phone)
    house.sip.execute(cmd.Dial(inp.LegId("a"), "139", '张"三"\r\nX-Evil: 1', extension="8001"))
    invite = await phone.get(method="INVITE")
    assert invite.get("from").startswith('"张\\"三\\"  X-Evil: 1" <sip:139@')
    assert not invite.get("x-evil")


async def test_a_call_of_the_demo_is_marked_on_both_sides(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    caller.invite("8001", ("x-hotline-demo", "1"))
    assert (await phone.get(method="INVITE")).get("x-hotline-demo") == "1"
    assert (await house.seen(inp.LegInvited)).demo


async def test_an_invite_without_sdp_gets_our_offer_and_its_ack_brings_the_answer(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    theirs = caller.invite("96001", body="")
    answer = await caller.get(status=200, of="INVITE")
    assert "RTP/AVP 8 0 101" in answer.body
    leg = (await house.seen(inp.LegInvited)).leg
    assert "LegAnswered" not in house.kinds()
    theirs.remote = answer.get("to")
    ack = theirs.request("ACK", number=1, body=caller.sdp(port=31000))
    caller.send(ack)
    assert (await house.seen(inp.LegAnswered)).leg == leg
    assert house.media.connected[leg][-1].port == 31000
    await theirs.bye()


async def test_a_late_answer_without_sdp_ends_the_leg(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    theirs = caller.invite("96001", body="")
    await theirs.connected()
    assert (await house.seen(inp.LegEnded)).why == "failed"
    await theirs.hung_up()
    await house.quiet()


async def test_a_caller_without_a_codec_of_ours_gets_488(house: House, caller: Peer) -> None:
    await caller.invite("8001", body=caller.sdp().replace("RTP/AVP 8 101", "RTP/AVP 18 101")).refused(488)
    assert house.inputs == []
    await house.quiet()


async def test_when_media_is_full_the_caller_gets_503(house: House, caller: Peer) -> None:
    from core.errors import Unavailable

    def full(_leg: str) -> tuple[str, int]:
        raise Unavailable("No media port is free.")

    house.media.open = full  # type: ignore[method-assign]
    await caller.invite("8001").refused(503)
    await house.quiet()


async def test_prompts_may_play_before_the_answer(house: House, caller: Peer) -> None:
    house.on = None
    theirs = caller.invite("96001")
    leg = (await house.seen(inp.LegInvited)).leg
    house.sip.execute(cmd.Ring(leg, early_media=True))
    assert "m=audio" in (await caller.get(status=183)).body
    house.sip.execute(cmd.Reject(leg, 486, "Busy Here"))
    await theirs.refused(486)
    await house.quiet()


async def test_a_caller_who_gives_up_cancels_the_ringing_phone(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 180)
    await caller.get(status=180)
    theirs.cancel()
    assert (await house.seen(inp.LegEnded)).why == "cancel"
    await theirs.refused(487)
    phone.respond(await phone.get(method="CANCEL"), 200)
    phone.respond(invite, 487)
    await phone.get(method="ACK")
    await house.quiet()


async def test_replaces_names_the_leg_it_takes_over(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _mine, leg = await joined(house, caller, phone)
    caller.invite("8002", ("replaces", theirs.replaces))
    assert (await house.seen(inp.LegInvited)).replaces == leg
    await caller.invite("8002", ("replaces", "gone;to-tag=a;from-tag=b")).refused(481)
