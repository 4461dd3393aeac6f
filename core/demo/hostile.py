"""Datagrams of somebody who means harm, from a seed: broken, endless and nested ones. Text only; no sockets."""

from __future__ import annotations

import random
from collections.abc import Iterator

MOST = 16_000
METHODS = ("INVITE", "REGISTER", "OPTIONS", "BYE", "SUBSCRIBE", "REFER", "ACK", "CANCEL")
# What has made a parser somewhere look at its text again and again.
FILLS: tuple[bytes, ...] = (
    b"a",
    b",",
    b";",
    b'"',
    b"\\",
    b"<",
    b">",
    b"=",
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"%41",
    b"@",
    b":",
    b"?",
    b"&",
)
FILLS += (
    b"\x85",
    b"\xe5\x85\x89",
    b";a=b",
    b", ",
    b'"",',
    b"<sip:a>,",
    b"\r\n ",
    b"\r\nX:y",
    b"\r\nVia: x",
    b"\\\\",
    b"a=",
    b"=a,",
)
HEADERS = (
    "Authorization: Digest ",
    'Authorization: Digest username="',
    "Proxy-Authorization: Digest nonce=",
    "Authorization: ",
    'Contact: "',
    "Contact: <sip:a@b>",
    "Contact: ",
    "Route: ",
    "Record-Route: <sip:a>",
    "Via: SIP/2.0/UDP a",
    "Via: ",
    "Require: ",
    "Supported: ",
    "Replaces: ",
    "Refer-To: <sip:a@b?Replaces=",
    "Subject: ",
    "User-Agent: ",
    "Expires: ",
    "Max-Forwards: ",
    "Content-Length: ",
    "Content-Encoding: ",
    "Content-Disposition: ",
    "Accept: ",
    "P-Asserted-Identity: ",
    "Diversion: ",
    "Call-Info: ",
    "X: ",
    "",
)
BODIES = (
    ("multipart/mixed;boundary=b", b"--b\r\n"),
    ("multipart/mixed;boundary=b", b"--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n"),
    ("multipart/mixed;boundary=b", b"\n"),
    ("application/sdp", b"m=audio 1 RTP/AVP 8\r\n"),
    ("application/sdp", b"a=rtpmap:8 "),
    ("application/sdp", b" 8"),
    ("application/sdp", b"c=IN IP4 "),
    ("application/sdp", b"\n"),
)


def datagrams(seed: int, count: int, host: str = "127.0.0.1") -> Iterator[bytes]:
    chance = random.Random(seed)
    for number in range(count):
        yield _datagram(chance, number, host)


def _datagram(chance: random.Random, number: int, host: str) -> bytes:
    if chance.random() < 0.03:
        return chance.randbytes(chance.randint(0, 2000))
    method = chance.choice(METHODS)
    user = chance.choice(("8001", "8002", "96001", "nobody"))
    head = (
        f"{method} sip:{user}@{host} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:9;branch=z9hG4bK{number:x}\r\n"
        f"From: <sip:{user}@{host}>;tag={number:x}\r\nTo: <sip:{user}@{host}>\r\n"
        f"Call-ID: {chance.randrange(1 << 40):x}\r\nCSeq: 1 {method}\r\n"
    ).encode()
    fill = chance.choice(FILLS)
    length = chance.choice((50, 500, 4_000, 15_000))
    shape = chance.randrange(4)
    if shape == 0:
        kind, piece = chance.choice(BODIES)
        body = piece * (length // len(piece))
        start = b"v=0\r\n" if kind.endswith("sdp") else b""
        raw = head + f"Contact: <sip:a@{host}>\r\nContent-Type: {kind}\r\n\r\n".encode() + start + body
    elif shape == 1:
        raw = head + f"Contact: <sip:a@{host}>\r\n".encode() + (b"X: y\r\n" * (length // 6)) + b"\r\n"
    else:
        header = chance.choice(HEADERS).encode() + fill * (length // len(fill))
        raw = head + header + chance.choice((b"", b'"', b">", b"x", b"=")) + b"\r\n\r\n"
        if shape == 3:
            raw = _bitten(chance, raw)
    return raw[:MOST]


def _bitten(chance: random.Random, raw: bytes) -> bytes:
    """A few octets of it changed, lost or doubled."""
    torn = bytearray(raw)
    for _ in range(chance.randint(1, 10)):
        at = chance.randrange(min(len(torn), 600))
        match chance.randrange(3):
            case 0:
                torn[at] = chance.randrange(256)
            case 1:
                del torn[at : at + chance.randint(1, 20)]
            case _:
                torn[at:at] = chance.choice(FILLS) * chance.randint(1, 5)
    return bytes(torn)
