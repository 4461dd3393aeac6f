"""Names and other headers in any octets: nothing is cut, nothing is changed, and what can be read is shown."""

from __future__ import annotations

import pytest

from core.demo.sip_text import response
from core.telephony import inputs as inp
from core.telephony.signalling import addresses, headers, wire
from core.telephony.signalling.octets import carried, octets, shown
from tests.core.telephony.signalling.house import House, Peer, joined
from tests.core.telephony.signalling.test_register import register

SOURCE = ("192.0.2.1", 5060)
# In UTF-8 these hold 0x85, in GBK a backslash as second octet; the last are no text in any encoding.
NAMES = [
    "办公室".encode(),
    "光明".encode(),
    "办公室".encode("gbk"),
    "乗客".encode("gbk"),
    "乗".encode("gbk"),
    b"a\x85b\xa0c\x0bd\x0ce\x1cf\x1dg\x1eh\x00i",
    b"\xff\xfe\x80",
    b"\x85",
]


def invite_named(name: bytes) -> bytes:
    return (
        b"INVITE sip:8001@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
        b'From: "' + name + b'" <sip:13900001111@192.0.2.1>;tag=a\r\nTo: <sip:8001@192.0.2.9>\r\n'
        b"Call-ID: a\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.1>\r\nContent-Length: 0\r\n\r\n"
    )


def heard(raw: bytes) -> str:
    """The caller's name as the signalling hands it on."""
    message = wire.read(raw, SOURCE)
    assert isinstance(message, wire.Datagram)
    value = next(value for name, _, value in message.fields if name == "from")
    found = addresses.address(value)
    assert found.uri == "sip:13900001111@192.0.2.1"
    assert found.parameters == (("tag", "a"),)
    return headers.name_in(found.name)


def test_every_octet_comes_back_and_none_is_white_space_or_has_a_case() -> None:
    every = bytes(range(256))
    text = carried(every)
    assert octets(text) == every
    assert [n for n, char in enumerate(text) if char.isspace()] == [9, 10, 13, 32]
    assert len(text.splitlines()) == 3  # CR behind LF here; nothing else ends a line
    assert octets(text.lower())[0x80:] == every[0x80:]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_every_character_of_the_unified_ideographs_is_a_name(encoding: str) -> None:
    wrong = []
    for code in range(0x4E00, 0x9FA6):
        raw = chr(code).encode(encoding)
        name = heard(invite_named(raw))
        # 1,920 characters of GBK are a letter of UTF-8, too, and that is asked first.
        if name not in (chr(code), raw.decode("utf-8", "ignore")) or octets(headers.name_out(name) or "") != raw:
            wrong.append(chr(code))
    assert wrong == []


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("办公室".encode(), "办公室"),
        ("办公室".encode("gbk"), "办公室"),
        ("乗\\客".encode("gb18030"), "乗客"),
        (b"J\xfcrgen", "Jürgen"),
        (b"\xe4\xb8", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_can_be_read_is_shown(raw: bytes, name: str) -> None:
    assert heard(invite_named(raw)) in (name, shown(carried(raw)))
    assert octets(headers.name_out(heard(invite_named(raw))) or "") == raw


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_in_any_octets_rings_the_agent_who_talks(
    house: House, caller: Peer, phone: Peer, name: bytes
) -> None:
    house.place("8001", phone)
    message = caller.request("INVITE", "8001", ("contact", caller.contact), body=caller.sdp())
    caller.send(message.to_bytes().replace(b"From: <", b'From: "' + name + b'" <'))
    rings = await phone.get(method="INVITE")
    assert rings.get("from").encode("utf-8", "surrogateescape").startswith(b'"' + name + b'" <sip:13900001111@')
    phone.respond(rings, 180)
    answer = await caller.get(status=180)
    assert answer.get("from").encode("utf-8", "surrogateescape").startswith(b'"' + name + b'" <')
    phone.respond(rings, 200, body=phone.sdp())
    await phone.get(method="ACK")
    await caller.get(status=200, of="INVITE")
    told = (await house.seen(inp.LegInvited)).caller_name
    told.encode()  # what the databases and pages will do
    assert told == headers.name_in(carried(name))


@pytest.mark.parametrize("name", NAMES)
async def test_a_phone_with_a_name_in_any_octets_registers(house: House, phone: Peer, name: bytes) -> None:
    written = name.decode("utf-8", "surrogateescape")
    contact = f'"{written}" <sip:8001@127.0.0.1:{phone.port}>'
    assert (await register(phone, contacts=(contact,))).status == 200
    assert house.sip.contacts("8001") == [f"sip:8001@127.0.0.1:{phone.port}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Max-Forwards: 70", b"Subject: \x85\x1c\x0b"),
        (b"Max-Forwards: 70", b"User-Agent: \xe5\x85\x89\x85"),
        (b"Max-Forwards: 70", b'P-Asserted-Identity: "\xe5\x85\x89" <sip:1@127.0.0.1>'),
        (b"branch=z9hG4bK", b"branch=z9hG4bK\x85\xa0"),
        (b";tag=", b";tag=\xa0\x85"),
        (b"Call-Id: ", b"Call-Id: \xe5\x85\x89\x1c"),
        (b"Contact: <", b'Contact: "\xe5\x85\x89" <'),
        (b"From: <sip:", b"From: <sip:\xb0\xec\xb9\xab\x85"),
        (b"To: <", b'To: "\x85" <'),
    ],
)
async def test_a_header_in_any_octets_is_answered_with_the_same(
    house: House, caller: Peer, old: bytes, new: bytes
) -> None:
    house.on = house.answer_all
    message = caller.request("INVITE", "96001", ("contact", caller.contact), ("max-forwards", "70"), body=caller.sdp())
    sent = message.to_bytes()
    assert old in sent
    caller.send(sent.replace(old, new, 1))
    answer = await caller.get(status=200, of="INVITE")
    for name in ("via", "from", "call-id", "to"):
        value = answer.get(name).encode("utf-8", "surrogateescape")
        line = next(line for line in sent.replace(old, new, 1).split(b"\r\n") if line.lower().startswith(name.encode()))
        assert value.startswith(line.partition(b": ")[2])


async def test_a_refusal_in_any_octets_is_told_in_words(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    phone.respond(invite, 486)
    phone.inbox.clear()
    await theirs.refused(486)
    house.inputs.clear()
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    raw = response(invite, 486, "Told", tag="peer").to_bytes().replace(b"Told", "我在光明路".encode("gbk"))
    phone.send(raw)
    assert (await house.seen(inp.LegFailed)).reason == "我在光明路"
    await theirs.refused(486)


async def test_what_the_house_says_inside_such_a_call_is_understood(house: House, caller: Peer, phone: Peer) -> None:
    theirs, mine, _ = await joined(house, caller, phone)
    mine.send("BYE", ("user-agent", "光明"))
    await theirs.hung_up()
    await phone.get(status=200, of="BYE")
    await house.quiet()


async def test_a_phone_may_answer_in_any_octets_and_hears_them_again(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone, ";line=\uf785\uf7a0")
    theirs = caller.invite("8001")
    invite = await phone.get(method="INVITE")
    assert octets_of(invite.uri).endswith(b";line=\x85\xa0")
    tag = b"\x85\xa0\x1c\xe5\x85\x89".decode("utf-8", "surrogateescape")
    contact = f'"{tag}" <sip:{tag}@127.0.0.1:{phone.port};x={tag}>'
    for status, body in ((180, ""), (200, phone.sdp())):
        answer = response(invite, status, tag, tag=tag, contact=contact, body=body)
        phone.send(answer)
    ack = await phone.get(method="ACK")
    assert ack.get("to").endswith(f";tag={tag}")
    assert octets_of(ack.uri).endswith(b";x=" + octets_of(tag))
    await theirs.connected()
    await theirs.bye()
    bye = await phone.get(method="BYE")
    assert bye.get("to").endswith(f";tag={tag}")
    phone.respond(bye, 200)
    await house.quiet()


def octets_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
