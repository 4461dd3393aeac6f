"""SIP messages of the robots as text: build, parse, digest answer, SDP. Small on purpose; no sockets.

Enough of RFC 3261 for a well-behaved user agent on one machine. The core's own signalling does not use it,
so that robots and core cannot share a mistake.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field

_AUTH = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}


@dataclass(slots=True)
class SipMessage:
    """A request (``method`` set) or a response (``status`` set). Header names are lower case, in order."""

    method: str = ""
    uri: str = ""
    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    def get(self, name: str) -> str:
        """The first value, or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def branch(self) -> str:
        found = re.search(r"branch=([^;,\s]+)", self.get("via"))
        return found.group(1) if found else ""

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.get("cseq").partition(" ")
        return int(number), method.strip()

    def to_bytes(self) -> bytes:
        first = f"{self.method} {self.uri} SIP/2.0" if self.method else f"SIP/2.0 {self.status} {self.reason}"
        head = [first, *(f"{name.title()}: {value}" for name, value in self.headers)]
        body = self.body.encode("utf-8", "surrogateescape")
        lines = [*head, f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def parse(data: bytes) -> SipMessage:
    """Raises ``ValueError`` for what is not SIP. Octets that are no UTF-8 come back out as they came in."""
    head, _, body = data.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    message = SipMessage(body=body)
    if first.startswith("SIP/2.0 "):
        _, status, message.reason = [*first.split(" ", 2), ""][:3]
        message.status = int(status)
    else:
        message.method, message.uri, _ = first.split(" ")
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            message.headers.append((_COMPACT.get(key, key), value.strip()))
    message.headers = [(name, value) for name, value in message.headers if name != "content-length"]
    return message


def response(
    request: SipMessage, status: int, reason: str, *, tag: str, contact: str = "", body: str = ""
) -> SipMessage:
    """RFC 3261 8.2.6.2: Via, From, Call-ID, CSeq copied; To gets our tag."""
    answer = SipMessage(status=status, reason=reason, body=body)
    for name, value in request.headers:
        if name in {"via", "from", "call-id", "cseq", "record-route"}:
            answer.headers.append((name, value))
        elif name == "to":
            answer.headers.append((name, value if ";tag=" in value or status == 100 else f"{value};tag={tag}"))
    if contact:
        answer.headers.append(("contact", contact))
    if body:
        answer.headers.append(("content-type", "application/sdp"))
    return answer


def digest(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization value for an MD5 challenge, with or without qop=auth (RFC 2617 3.2.2)."""
    asked = {key: quoted or plain for key, quoted, plain in _AUTH.findall(challenge)}
    ha1 = _md5(f"{user}:{asked['realm']}:{password}")
    ha2 = _md5(f"{method}:{uri}")
    base = f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", algorithm=MD5'
    if "qop" in asked:
        cnonce = os.urandom(8).hex()
        answer = _md5(f"{ha1}:{asked['nonce']}:00000001:{cnonce}:auth:{ha2}")
        return f'{base}, qop=auth, nc=00000001, cnonce="{cnonce}", response="{answer}"'
    answer = _md5(f"{ha1}:{asked['nonce']}:{ha2}")
    return f'{base}, response="{answer}"'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def sdp(
    host: str, port: int, version: int, direction: str = "sendrecv", payload_type: int = 8, *, events: bool = True
) -> str:
    """One audio stream, one codec (8 A-law, 0 mu-law) and, with ``events``, telephone-event 101."""
    name = {8: "PCMA", 0: "PCMU"}[payload_type]
    return "\r\n".join(
        [
            "v=0",
            f"o=- {port} {version} IN IP4 {host}",
            "s=-",
            f"c=IN IP4 {host}",
            "t=0 0",
            f"m=audio {port} RTP/AVP {payload_type}{' 101' if events else ''}",
            f"a=rtpmap:{payload_type} {name}/8000",
            *(["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15"] if events else []),
            f"a={direction}",
            "",
        ],
    )


def media_address(body: str) -> tuple[str, int] | None:
    """Where the peer wants its audio, or ``None`` without an audio line."""
    host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    return (host.group(1), int(port.group(1))) if host and port else None


def tag_of(value: str) -> str:
    found = re.search(r";tag=([^;\s]+)", value)
    return found.group(1) if found else ""


def uri_of(value: str) -> str:
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";", maxsplit=1)[0]
