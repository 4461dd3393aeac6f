from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.demo.sip_text import digest, tag_of
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import KeepAlive
from tests.core.telephony.signalling.house import Dialog, House, Peer, site_of


async def joined(house: House, caller: Peer, phone: Peer) -> tuple[Dialog, Dialog, str]:
    """A call from the trunk to 8001 that is up; also the id of the caller's leg."""
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    await theirs.connected()
    leg = (await house.seen(inp.LegInvited)).leg
    house.inputs.clear()
    return theirs, mine, leg


# --- calls that come in -----------------------------------------------------------------------------------------


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
    house.site = site_of()
    object.__setattr__(house.site, "trunks", {})
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


# --- calls that we make -----------------------------------------------------------------------------------------


async def test_a_number_goes_to_the_gateway_of_its_trunk(house: House, phone: Peer) -> None:
    house.site = site_of(f"127.0.0.1:{phone.port}")
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


async def test_a_phone_that_forwards_is_followed_to_another_phone_once(house: House, caller: Peer, phone: Peer) -> None:
    async with Peer(house) as other:
        house.place("8001", phone)
        house.place("8002", other)
        theirs = caller.invite("8001")
        here = ("contact", f"<sip:8002@{house.address[0]}>")
        answer = await phone.get(method="INVITE")
        from core.demo.sip_text import response

        moved = response(answer, 302, "Moved", tag="x")
        moved.headers.append(here)
        phone.send(moved)
        await other.pick_up(tag="other")
        await theirs.connected()
        await theirs.bye()


async def test_a_forward_to_a_stranger_is_not_followed(house: House, caller: Peer, phone: Peer) -> None:
    from core.demo.sip_text import response

    house.place("8001", phone)
    theirs = caller.invite("8001")
    moved = response(await phone.get(method="INVITE"), 302, "Moved", tag="x")
    moved.headers.append(("contact", "<sip:+1900@203.0.113.9>"))
    phone.send(moved)
    await theirs.refused(302)


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


# --- inside a call ----------------------------------------------------------------------------------------------


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
    asked = await house.seen(inp.TransferAsked)
    assert asked == inp.TransferAsked(inp.LegId(f"out-{leg}"), "8002", None)
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
    assert (await house.seen(inp.TransferAsked)).replaces == other


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


async def test_a_peer_that_lost_the_call_is_found_out(tmp_path: Path) -> None:
    async with House(tmp_path, keep_alive=KeepAlive(every_s=0.1, legs_s=0.1)) as house:
        house.on = house.answer_all
        async with Peer(house) as caller:
            theirs = caller.invite("96001")
            await theirs.connected()
            caller.respond(await caller.get(method="OPTIONS"), 200)
            caller.respond(await caller.get(method="OPTIONS"), 481)
            assert (await house.seen(inp.LegEnded)).why == "dead_peer"
            await house.quiet()


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
