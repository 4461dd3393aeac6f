"""What comes twice, what belongs to no call that we know, and what is asked for that nobody here can do."""

from __future__ import annotations

import asyncio

import pytest

from core.demo.sip_text import SipMessage
from core.telephony import inputs as inp
from core.telephony.signalling.repeats import REMEMBERED_S, Lately, ServerTransaction
from tests.core.telephony.signalling.house import Dialog, House, Peer, joined

METHODS = [
    "OPTIONS",
    "BYE",
    "INVITE",
    "INFO",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "UPDATE",
    "PRACK",
    "MESSAGE",
    "REGISTER",
    "X",
]


def again(peer: Peer, message: SipMessage, **changed: str) -> SipMessage:
    """The same with another branch, as from a proxy that forked it, and with other headers."""
    headers = {"via": peer.via(), **changed}
    return SipMessage(
        message.method, message.uri, headers=[(k, headers.get(k, v)) for k, v in message.headers], body=message.body
    )


async def test_an_invite_that_comes_by_two_ways_is_one_call(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    other = again(caller, theirs.invite)
    caller.send(other)
    refused = await caller.get(status=482)
    assert refused.branch == other.branch
    assert ";tag=" in refused.get("to")
    await phone.pick_up()
    await theirs.connected()
    # Also while the call is up, and a repeat of the refused one is refused in the same words.
    caller.send(again(caller, theirs.invite))
    await caller.get(status=482)
    caller.send(other)
    assert (await caller.get(status=482)).get("to") == refused.get("to")
    assert house.kinds().count("LegInvited") == 1
    await theirs.bye()
    await house.quiet()


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "SUBSCRIBE"])
async def test_any_request_that_comes_by_two_ways_is_482(house: House, caller: Peer, method: str) -> None:
    message = caller.request(method, "8001")
    caller.send(message)
    await asyncio.sleep(0)
    first = await caller.get(status={"OPTIONS": 200, "REGISTER": 401, "SUBSCRIBE": 405}[method])
    caller.send(again(caller, message))
    # Who was refused may come by another way, as a proxy does that tries one after the other.
    await caller.get(status=482 if first.status == 200 else first.status)


async def test_an_invite_that_was_refused_may_come_by_another_way(house: House, caller: Peer, phone: Peer) -> None:
    theirs = caller.invite("8001")
    await theirs.refused(480)
    house.place("8001", phone)
    caller.send(again(caller, theirs.invite))
    await phone.get(method="INVITE")


async def test_a_repeat_with_other_octets_gets_the_same_answer_and_is_no_second_call(
    house: House, caller: Peer
) -> None:
    house.on = house.answer_all
    theirs = caller.invite("96001")
    first = await theirs.connected()
    caller.send(again(caller, theirs.invite, via=theirs.invite.get("via"), **{"max-forwards": "69"}))
    assert (await caller.get(status=200, of="INVITE")).get("to") == first.get("to")
    assert house.kinds().count("LegInvited") == 1


async def test_the_second_phone_of_a_fork_is_acknowledged_and_taken_leave_of(
    house: House, caller: Peer, phone: Peer
) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 200, body=phone.sdp(), tag="one")
    assert (await phone.get(method="ACK")).get("to").endswith("tag=one")
    phone.respond(invite, 200, body=phone.sdp(), tag="two")
    assert (await phone.get(method="ACK")).get("to").endswith("tag=two")
    bye = await phone.get(method="BYE")
    assert bye.get("to").endswith("tag=two")
    assert bye.cseq[0] == invite.cseq[0] + 1
    phone.respond(bye, 200)
    # Its repeats are acknowledged, and not taken leave of again.
    for reason in ("One", "Two"):
        repeat = SipMessage(status=200, reason=reason, headers=[], body=phone.sdp())
        phone.send(_as_answer(phone, invite, repeat, "two"))
        assert (await phone.get(method="ACK")).get("to").endswith("tag=two")
        phone.send(_as_answer(phone, invite, repeat, "one"))
        assert (await phone.get(method="ACK")).get("to").endswith("tag=one")
    assert not [message for message in phone.inbox if message.method == "BYE"]
    # The call itself goes on.
    await theirs.connected()
    await theirs.bye()
    await Dialog(phone, invite, tag="one", ours=False).hung_up()
    await house.quiet()


def _as_answer(phone: Peer, invite: SipMessage, answer: SipMessage, tag: str) -> SipMessage:
    answer.headers = [(k, v) for k, v in invite.headers if k in {"via", "from", "call-id", "cseq"}]
    answer.headers += [("to", f"{invite.get('to')};tag={tag}"), ("contact", phone.contact)]
    answer.headers.append(("content-type", "application/sdp"))
    return answer


@pytest.mark.parametrize("method", METHODS)
async def test_a_request_of_a_dialog_that_nobody_knows_is_481_and_nothing_else_happens(
    house: House, caller: Peer, phone: Peer, method: str
) -> None:
    theirs, mine, _ = await joined(house, caller, phone)
    extra = [("contact", caller.contact), ("refer-to", "<sip:8002@127.0.0.1>")]
    stranger = caller.request(method, "8001", *extra)
    known_call = caller.request(method, "8001", *extra)
    for ask, call_id in ((stranger, stranger.get("call-id")), (known_call, theirs.call_id)):
        ask.headers = [(k, f"{v};tag=gone" if k == "to" else call_id if k == "call-id" else v) for k, v in ask.headers]
        caller.send(ask)
        await caller.get(status=481)
    assert house.inputs == []
    assert not mine.peer.inbox
    await theirs.bye()


@pytest.mark.parametrize("method", ["INFO", "OPTIONS", "INVITE", "REFER", "NOTIFY"])
async def test_a_request_of_a_call_that_is_over_is_481(house: House, caller: Peer, phone: Peer, method: str) -> None:
    theirs, _, _ = await joined(house, caller, phone)
    await theirs.bye()
    theirs.send(method, ("contact", caller.contact))
    await caller.get(status=481, of=method)


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER", "SUBSCRIBE", "MESSAGE", "BYE", "X"])
async def test_a_requirement_that_nobody_here_meets_is_420_on_any_method(
    house: House, caller: Peer, method: str
) -> None:
    extra = [("contact", caller.contact), ("require", "replaces, nothingSupportsThis"), ("require", "100rel")]
    caller.send(caller.request(method, "8001", *extra))
    assert (await caller.get(status=420)).get("unsupported") == "nothingSupportsThis, 100rel"
    assert house.inputs == []


async def test_a_requirement_inside_a_call_is_420_too_and_the_call_goes_on(
    house: House, caller: Peer, phone: Peer
) -> None:
    theirs, _, _ = await joined(house, caller, phone)
    theirs.send("INFO", ("require", "magic"))
    await caller.get(status=420)
    await theirs.bye()


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("cseq", "1 BYE"),
        ("cseq", "2147483648 {method}"),
        ("cseq", "99999999999999999999999999 {method}"),
        ("cseq", "-1 {method}"),
        ("cseq", "x {method}"),
        ("cseq", "1"),
        ("cseq", ""),
        ("call-id", ""),
        ("max-forwards", "300"),
        ("max-forwards", "many"),
        ("from", '"unclosed <sip:a@127.0.0.1>;tag=a'),
        ("to", '"unclosed <sip:a@127.0.0.1>'),
        ("to", "<sip:a@127.0.0.1>, <sip:b@127.0.0.1>"),
        ("contact", '"unclosed <sip:a@127.0.0.1>'),
        ("content-length", "9999"),
        ("content-length", "-1"),
        ("content-length", "x"),
    ],
)
async def test_what_breaks_the_grammar_is_400(house: House, caller: Peer, method: str, header: str, value: str) -> None:
    message = caller.request(method, "8001", ("contact", caller.contact), ("max-forwards", "70"))
    lines = message.to_bytes().decode().split("\r\n")
    name = header.title()
    raw = "\r\n".join(
        f"{name}: {value.format(method=method)}" if line.startswith(name + ":") else line for line in lines
    )
    assert raw != message.to_bytes().decode()
    caller.send(raw)
    assert (await caller.get(status=400)).get("call-id") == ("" if header == "call-id" else message.get("call-id"))
    assert house.inputs == []
    await house.quiet()


def test_what_is_remembered_is_forgotten_in_time() -> None:
    lately: Lately[ServerTransaction] = Lately()
    lately.put(("a",), ServerTransaction("x"), 0.0)
    assert lately.get(("a",), REMEMBERED_S - 1) is not None
    assert lately.get(("a",), REMEMBERED_S) is None
    lately.put(("b",), ServerTransaction("x"), REMEMBERED_S + 1)
    assert len(lately) == 1


async def test_the_highest_sequence_number_is_taken(house: House, caller: Peer) -> None:
    message = caller.request("OPTIONS", "8001")
    message.headers = [(k, "2147483647 OPTIONS" if k == "cseq" else v) for k, v in message.headers]
    caller.send(message)
    await caller.get(status=200)
    await asyncio.sleep(0)
    assert not [given for given in house.inputs if isinstance(given, inp.LegInvited)]
