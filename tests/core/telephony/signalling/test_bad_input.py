from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.telephony import inputs as inp
from core.telephony.signalling import wire
from tests.core.telephony.signalling.house import House, Peer


async def still_works(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    caller.inbox.clear()
    theirs = caller.invite("96001")
    await theirs.connected()
    await theirs.bye()


async def caught_up(caller: Peer) -> None:
    """The house has read everything sent before; what a full socket lost is no matter."""
    ask = caller.request("OPTIONS", "96001")
    async with asyncio.timeout(30):
        while not any(message.get("call-id") == ask.get("call-id") for message in caller.inbox):
            caller.send(ask)
            await asyncio.sleep(0.1)
        # Calls that would begin wait for their turn behind everything else.
        while caller.house.sip.tm.server.calls:
            await asyncio.sleep(0.05)


def variant(peer: Peer, old: str, new: str) -> bytes:
    message = peer.request("INVITE", "96001", ("contact", peer.contact), ("max-forwards", "70"), body=peer.sdp())
    text = message.to_bytes().decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("extra", "status", "header"),
    [
        ((), 400, ("contact", "")),
        ((("contact", "*"),), 400, ("contact", "")),
        ((("contact", "<sip:[::bad>"),), 400, ("contact", "")),
        ((("contact", "<http://x>"),), 400, ("contact", "")),
        ((("contact", "<sip:a@127.0.0.1>"), ("require", "100rel")), 420, ("unsupported", "100rel")),
        ((("contact", "<sip:a@127.0.0.1>"), ("require", "replaces, timer")), 420, ("unsupported", "timer")),
        ((("contact", "<sip:a@127.0.0.1>"), ("max-forwards", "0")), 483, ("contact", "")),
        ((("contact", "<sip:a@127.0.0.1>"), ("content-encoding", "gzip")), 415, ("accept", "application/sdp")),
    ],
)
async def test_an_invite_that_cannot_be_taken_says_why(
    house: House, caller: Peer, extra: tuple[tuple[str, str], ...], status: int, header: tuple[str, str]
) -> None:
    caller.send(caller.request("INVITE", "96001", *extra, body=caller.sdp()))
    answer = await caller.get(status=status)
    assert answer.get(header[0]) == header[1]
    assert house.inputs == []
    await house.quiet()


async def test_a_body_that_is_not_sdp_is_415_and_broken_sdp_400(house: House, caller: Peer) -> None:
    caller.send(variant(caller, "Content-Type: application/sdp", "Content-Type: text/plain"))
    await caller.get(status=415)
    caller.send(caller.request("INVITE", "96001", ("contact", caller.contact), body="this is not SDP\r\n"))
    await caller.get(status=400)
    await house.quiet()


@pytest.mark.parametrize(("method", "status"), [("BYE", 481), ("REFER", 481), ("UPDATE", 481), ("INVITE", 481)])
async def test_requests_for_dialogs_that_are_gone_are_481(house: House, caller: Peer, method: str, status: int) -> None:
    ask = caller.request(method, "96001", ("contact", caller.contact))
    ask.headers = [(k, f"{v};tag=gone" if k == "to" else v) for k, v in ask.headers]
    caller.send(ask)
    await caller.get(status=status)


@pytest.mark.parametrize("method", ["BYE", "INFO", "REFER", "NOTIFY"])
async def test_what_is_of_a_call_and_names_none_is_481(house: House, caller: Peer, method: str) -> None:
    caller.send(caller.request(method, "96001"))
    await caller.get(status=481)
    await house.quiet()


@pytest.mark.parametrize(
    ("method", "status"), [("SUBSCRIBE", 405), ("PUBLISH", 405), ("MESSAGE", 405), ("NEWMETHOD", 501)]
)
async def test_requests_that_are_not_ours_are_refused(house: House, caller: Peer, method: str, status: int) -> None:
    caller.send(caller.request(method, "96001"))
    assert "INVITE" in (await caller.get(status=status)).get("allow")


# After RFC 4475: legal oddities must work, broken things must not hurt.
async def test_a_legal_but_tortuous_invite_is_understood(house: House, caller: Peer) -> None:
    house.on = house.answer_all
    text = (
        f"INVITE sip:96001@127.0.0.1;unknownparam SIP/2.0\r\n"
        f"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    \r\n"
        f'from   : "J Rosenberg \\\\\\""       <sip:13900001111@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
        f"MaX-fOrWaRdS: 0068\r\n"
        f"Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"
        f"cseq: 0009\r\n  INVITE\r\n"
        f"v:  SIP/2.0/UDP\r\n    127.0.0.1:{caller.port};branch=z9hG4bK390skdjuw\r\n"
        f"s :\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
        f"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        f'm:"Quoted string \\"\\"" <sip:jdrosen@127.0.0.1:{caller.port}> ; newparam =\r\n      newvalue ;\r\n'
        f"Content-Type: application/sdp\r\n"
    ).replace(" ;   tag    ", "")
    body = caller.sdp()
    caller.send(f"{text}l: {len(body)}\r\n\r\n{body}")
    assert (await house.seen(inp.LegInvited)).caller == "13900001111"
    await caller.get(status=200, of="INVITE")


BROKEN = [
    ("Cseq: 1 INVITE", "CSeq: 99999999999999999999 INVITE"),
    ("Cseq: 1 INVITE", "CSeq: one INVITE"),
    ("Cseq: 1 INVITE", "CSeq: 1"),
    ("Cseq: 1 INVITE", "CSeq: 1 OPTIONS"),
    ("Max-Forwards: 70", "Max-Forwards: many"),
    ("Max-Forwards: 70", "Expires: 0 0l@company.com"),
    ("Content-Length: ", "Content-Length: -"),
    ("Content-Length: ", "Content-Length: 9"),
    ("Content-Length: ", "Content-Length: x"),
    ("INVITE sip:", "INVITE  sip:"),
    ("INVITE sip:", "INVITE nobody:"),
    ("INVITE sip:", "INVITE <sip:"),
    ("SIP/2.0\r\n", "SIP/7.0\r\n"),
    ("Via: SIP/2.0/UDP", "Via: nothing"),
    ("Via: ", "Via: ,"),
    (";branch=", ";"),
    ("From: <", 'From: "unclosed <'),
    ("From: <sip:", "From: <"),
    ("From: <sip:", "From: <sip:%00%ff"),
    ("To: <sip:", "To: sip:a@b,c@d, <sip:"),
    ("Contact: <sip:peer@", "Contact: <sip:peer@host:port@"),
    ("Contact: <sip:", "Contact: <sips:"),
    ("Call-Id:", "Call-Id-Not:"),
    ("From:", "Xrom:"),
    ("Max-Forwards: 70", "Replaces: a;b"),
    ("Max-Forwards: 70", "Record-Route: <>"),
    ("Max-Forwards: 70", "Require: "),
    ("Max-Forwards: 70", 'Proxy-Authorization: Digest """,,,'),
    ("Max-Forwards: 70", "\r\n"),
    ("Max-Forwards: 70", "X: " + "a" * 9000),
    ("Max-Forwards: 70", "\r\n".join(["X: 1"] * 200)),
]


async def test_broken_messages_do_no_harm(house: House, caller: Peer, capfd: pytest.CaptureFixture[str]) -> None:
    for old, new in BROKEN:
        caller.send(variant(caller, old, new))
        await asyncio.sleep(0)
    for junk in (b"", b"\r\n\r\n", b"\0" * 500, b"SIP/2.0 200 OK\r\n\r\n", b"x" * 20000, b"\xff\xfe" * 300):
        caller.send(junk)
    for status in ("SIP/2.0 0 X", "SIP/2.0 99999 X", "SIP/2.0 abc X", "SIP/2.0 200"):
        caller.send(variant(caller, "INVITE sip:96001@127.0.0.1:", f"{status}\r\nX: ").replace(b"X: ", b"X: a", 1))
    await asyncio.sleep(0.2)
    await still_works(house, caller)
    assert capfd.readouterr().out == ""


async def test_two_thousand_mutated_messages_leave_the_house_working(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with House(tmp_path) as house, Peer(house) as caller:
        house.on = None
        for n in range(2000):
            raw = bytearray(variant(caller, "Max-Forwards: 70", "Max-Forwards: 70"))
            if n % 3 == 0:
                raw = raw.replace(b"INVITE", chance.choice([b"REGISTER", b"BYE", b"OPTIONS", b"REFER", b"CANCEL"]))
            for _ in range(chance.randint(1, 12)):
                where = chance.randrange(len(raw))
                match chance.randrange(3):
                    case 0:
                        raw[where] = chance.randrange(256)
                    case 1:
                        del raw[where : where + chance.randint(1, 20)]
                    case _:
                        raw[where:where] = chance.choice([b",", b";", b"<", b'"', b"\r\n", b":", b"=", b"\0", b"@"])
            caller.send(bytes(raw))
            if n % 50 == 0:
                await asyncio.sleep(0.01)
        await caught_up(caller)
        await still_works(house, caller)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_the_first_look_never_raises_and_lets_no_rubbish_through(data: bytes) -> None:
    assert not isinstance(wire.read(data, ("192.0.2.1", 5060)), wire.Datagram)


def test_the_first_look_lets_compact_and_spaced_headers_through() -> None:
    raw = (
        b"OPTIONS sip:a SIP/2.0\r\nv : SIP/2.0/UDP x\r\ni:1\r\nCSEQ:\r\n 1 OPTIONS\r\nf:<sip:a>\r\nTO: <sip:a>\r\n\r\n"
    )
    assert isinstance(wire.read(raw, ("192.0.2.1", 5060)), wire.Datagram)
