"""The SDP is found wherever a peer put it, and what cannot be done with a body is said."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Mapping

import pytest

from core.telephony.signalling import bodies
from core.telephony.signalling.addresses import Malformed
from core.telephony.signalling.octets import carried
from core.telephony.signalling.refusal import Refusal
from tests.core.telephony.signalling.house import House, Peer, joined

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n"
MIXED = {"content-type": "multipart/mixed;boundary=b"}
AS_SDP = "Content-Type: application/sdp\r\n"
ISUP = "Content-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n"
PIDF = "Content-Type: application/pidf+xml\r\nContent-ID: <alice@192.0.2.1>\r\n"


def parts(*given: tuple[str, str], boundary: str = "b") -> str:
    return "".join(f"--{boundary}\r\n{head}\r\n{text}\r\n" for head, text in given) + f"--{boundary}--\r\n"


def take(headers: Mapping[str, str], text: str, method: str = "INVITE") -> bodies.MessageBody | None:
    return bodies.take(lambda name: headers.get(name, ""), text, method)


def refused(headers: Mapping[str, str], text: str, method: str = "INVITE") -> Refusal:
    with pytest.raises(Refusal) as caught:
        take(headers, text, method)
    return caught.value


FOUND = {
    "alone": ({"content-type": "application/sdp"}, SDP),
    "without a type": ({}, SDP),
    "in capitals with a parameter": ({"content-type": "Application/SDP ; charset=utf-8"}, SDP),
    "identity is no encoding": ({"content-type": "application/sdp", "content-encoding": "Identity"}, SDP),
    "with a disposition": (
        {"content-type": "application/sdp", "content-disposition": "session;handling=required"},
        SDP,
    ),
    "before ISUP": (MIXED, parts((AS_SDP, SDP), (ISUP, "\1\2\0"))),
    "behind ISUP": (MIXED, parts((ISUP, "\1\2\0"), (AS_SDP, SDP))),
    "with a position": (MIXED, parts((AS_SDP, SDP), (PIDF, "<presence/>"))),
    "in quotes": ({"content-type": 'multipart/mixed; boundary="=_b b"'}, parts((AS_SDP, SDP), boundary="=_b b")),
    "with a preamble": (MIXED, "This is MIME.\r\n" + parts((AS_SDP, SDP)) + "the end\r\n"),
    "nested": (
        MIXED,
        parts((PIDF, "<x/>"), ("Content-Type: multipart/mixed;boundary=c\r\n", parts((AS_SDP, SDP), boundary="c"))),
    ),
    "the last that we understand": (
        {"content-type": "multipart/alternative;boundary=b"},
        parts((AS_SDP, SDP.replace("30000", "1")), (AS_SDP, SDP), ("Content-Type: text/html\r\n", "<p>")),
    ),
    "related": (
        {"content-type": "multipart/related;boundary=b;type=application/sdp"},
        parts((AS_SDP, SDP), (PIDF, "x")),
    ),
    "with folded headers": (MIXED, parts(("Content-Type:\r\n application/sdp\r\nContent-Encoding: identity\r\n", SDP))),
    "in base64": (
        MIXED,
        parts((AS_SDP + "Content-Transfer-Encoding: base64\r\n", base64.encodebytes(SDP.encode()).decode())),
    ),
    "in quoted-printable": (
        MIXED,
        parts((AS_SDP + "Content-Transfer-Encoding: quoted-printable\r\n", quopri.encodestring(SDP.encode()).decode())),
    ),
    "without an end": (MIXED, parts((AS_SDP, SDP)).removesuffix("--b--\r\n")),
    "optional strangers": (
        MIXED,
        parts(
            (ISUP, "x"),
            ("Content-Type: x/y\r\nContent-Encoding: gzip\r\nContent-Disposition: z\r\n", ""),
            (AS_SDP, SDP),
        ),
    ),
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_sdp_is_taken_wherever_it_stands(name: str, end: str) -> None:
    headers, text = FOUND[name]
    found = take(headers, text.replace("\r\n", end))
    assert found is not None
    assert found.kind == "application/sdp"
    assert found.text.split() == SDP.split()


def test_another_type_alone_is_for_others_to_refuse_and_an_optional_one_is_nothing() -> None:
    assert take({"content-type": "text/plain"}, "hello") == bodies.MessageBody("text/plain", "hello")
    optional = {"content-type": "text/plain", "content-disposition": "render;handling=optional"}
    assert take(optional, "hello") is None
    assert take({**optional, "content-encoding": "gzip"}, "\x1f\x8b") is None
    assert take({"content-type": "application/sdp"}, "") is None


@pytest.mark.parametrize("encoding", ["gzip", "identity, gzip", "x-strange"])
def test_an_encoding_that_we_cannot_undo_is_415_with_those_that_we_can(encoding: str) -> None:
    no = refused({"content-type": "application/sdp", "content-encoding": encoding}, "?")
    assert (no.status, dict(no.headers)["Accept-Encoding"]) == (415, "identity")
    assert refused({**MIXED, "content-encoding": encoding}, "?").status == 415
    in_part = parts(
        (AS_SDP + f"Content-Encoding: {encoding}\r\nContent-Disposition: session;handling=required\r\n", "?")
    )
    assert dict(refused(MIXED, in_part).headers)["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "text",
    [
        parts((AS_SDP, SDP), ("Content-Type: x/y\r\nContent-Disposition: z;handling=required\r\n", "")),
        parts((AS_SDP, SDP), ('Content-Type: x/y\r\nContent-Disposition: z ; handling="REQUIRED"\r\n', "")),
        parts((PIDF, "x")),
        parts((AS_SDP + "Content-Disposition: early-session\r\n", SDP)),
    ],
)
def test_a_part_that_must_be_understood_and_is_not_is_415(text: str) -> None:
    no = refused(MIXED, text)
    assert (no.status, dict(no.headers)["Accept"]) == (415, "application/sdp")


def test_parts_that_are_all_optional_are_no_body() -> None:
    assert take(MIXED, parts((ISUP, "x"))) is None


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"content-type": "multipart/mixed"}, parts((AS_SDP, SDP))),
        ({"content-type": "multipart/mixed;boundary=" + "b" * 71}, parts((AS_SDP, SDP), boundary="b" * 71)),
        (MIXED, "no part at all"),
        (MIXED, parts(*[(AS_SDP, SDP)] * 33)),
        (MIXED, "--b\r\n" + "X: y\r\n" * 40 + "\r\n" + SDP),
        (MIXED, "--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n" * 4),
        (MIXED, parts((AS_SDP + "Content-Transfer-Encoding: base64\r\n", "A"))),
    ],
)
def test_what_is_no_multipart_is_malformed(headers: dict[str, str], text: str) -> None:
    with pytest.raises(Malformed):
        take(headers, text)


def test_keys_are_found_in_an_info_of_several_parts() -> None:
    found = take(MIXED, parts((PIDF, "x"), ("Content-Type: application/dtmf-relay\r\n", "Signal=5")), "INFO")
    assert found == bodies.MessageBody("application/dtmf-relay", "Signal=5")


def test_octets_of_a_part_stay_octets() -> None:
    found = take({"content-type": "application/sdp"}, carried("s=光明\r\n".encode()))
    assert found is not None
    assert found.text == carried("s=光明\r\n".encode())


def multipart(peer: Peer, sdp: str) -> str:
    return parts((ISUP, "\1\0\2"), (AS_SDP, sdp), (PIDF, "<presence/>"))


async def test_a_call_with_sdp_among_other_parts_is_set_up_held_and_ended(
    house: House, caller: Peer, phone: Peer
) -> None:
    house.place("8001", phone)
    message = caller.request("INVITE", "8001", ("contact", caller.contact), body=multipart(caller, caller.sdp()))
    raw = message.to_bytes().replace(b"Content-Type: application/sdp", b"Content-Type: multipart/mixed;boundary=b", 1)
    caller.send(raw)
    invite = await phone.get(method="INVITE")
    answer = multipart(phone, phone.sdp(port=30_002))
    phone.send(_answer(phone, invite, answer))
    await phone.get(method="ACK")
    assert "m=audio" in (await caller.get(status=200, of="INVITE")).body
    ports = {legs[-1].port for legs in house.media.connected.values()}
    assert ports == {30_000, 30_002}


def _answer(phone: Peer, invite: object, body: str) -> bytes:
    from core.demo.sip_text import SipMessage, response

    assert isinstance(invite, SipMessage)
    said = response(invite, 200, "OK", tag="peer", contact=phone.contact, body=body).to_bytes()
    return said.replace(b"Content-Type: application/sdp", b"Content-Type: multipart/mixed;boundary=b", 1)


async def test_a_hold_with_other_parts_is_a_hold(house: House, caller: Peer, phone: Peer) -> None:
    theirs, _, leg = await joined(house, caller, phone)
    message = theirs.request("INVITE", ("contact", caller.contact), body=multipart(caller, caller.sdp("sendonly", 2)))
    message.headers = [(k, "multipart/mixed;boundary=b" if k == "content-type" else v) for k, v in message.headers]
    caller.send(message)
    assert "a=recvonly" in (await caller.get(status=200, of="INVITE")).body
    assert house.media.connected[leg][-1].receives is False


async def test_a_body_that_must_be_understood_is_415_by_the_wire(house: House, caller: Peer) -> None:
    body = parts((AS_SDP, caller.sdp()), ("Content-Type: x/y\r\nContent-Disposition: z;handling=required\r\n", ""))
    message = caller.request("INVITE", "8001", ("contact", caller.contact), body=body)
    message.headers = [(k, "multipart/mixed;boundary=b" if k == "content-type" else v) for k, v in message.headers]
    caller.send(message)
    assert (await caller.get(status=415)).get("accept") == "application/sdp"
    caller.send(caller.request("INVITE", "8001", ("contact", caller.contact), ("content-encoding", "gzip"), body="?"))
    assert (await caller.get(status=415)).get("accept-encoding") == "identity"
    assert house.inputs == []
