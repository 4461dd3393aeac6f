"""A datagram cut into a SIP message, or the answer that says why not: limits, grammar, what RFC 3261 8.2 asks first.

Headers are octets between CRLF and nothing else cuts them. Every count and length has a limit before anything is
taken apart. What is no SIP gets no answer; a request that is SIP and cannot be taken gets one, made of its own headers
and without any state (8.2.7). Pure: no sockets, no sippy; knows no dialog.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.telephony.signalling import addresses, bodies
from core.telephony.signalling.addresses import BLANK, Malformed
from core.telephony.signalling.octets import carried, octets
from core.telephony.signalling.refusal import Refusal

LARGEST_DATAGRAM = 16_384
MOST_LINES = 400
MOST_HEADERS = 100
LONGEST_HEADER = 4_096
# Lines and headers that are looked up where they were read before, and how long they may be for that.
REMEMBERED, LONGEST_REMEMBERED = 1_024, 256
HIGHEST_CSEQ = 2**31 - 1
UNDERSTOOD = ("replaces",)
# RFC 3261 7.3.3 and the extensions that registered one.
COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
ONCE = ("from", "to", "call-id", "cseq")
AT_MOST_ONCE = ("max-forwards", "content-length", "content-type")
LISTS = ("via", "contact", "route", "record-route", "path", "p-asserted-identity", "diversion")
# Without these a request still says what it wants: one that cannot be read is left out.
SPARED = ("path", "p-asserted-identity", "diversion", "referred-by")
_LOOKED_AT = frozenset((*LISTS, "from", "to", "refer-to", "referred-by", "expires"))
_NONE_YET = dict.fromkeys((*ONCE, *AT_MOST_ONCE, *LISTS), 0)
_GOES_ON = ("", " ", "\t")
_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+\Z")
_VERSION = re.compile(r"(?i:SIP)/([0-9]{1,5}\.[0-9]{1,5})\Z")
_LINE_END = re.compile(r"[\r\n]+")
_TAGGED = re.compile(r"; ?tag ?=")
_KEY = os.urandom(16)

_Kind = Literal["response", "invite", "request"]
HeaderField = tuple[str, str, str]  # name to look up by, name as written, value


class Datagram(str):
    """The text that sippy hands on to its parser, with the parts already taken."""

    __slots__ = ("body", "fields", "start")
    start: str
    fields: list[HeaderField]
    body: bodies.MessageBody | None

    def first(self, wanted: str) -> str:
        """The first header of that name, empty without one."""
        return _get(self.fields, wanted)


@dataclass(frozen=True, slots=True)
class StatelessResponse:
    """To a request that goes no further: the octets, and the port to send them to at the address they came from."""

    raw: bytes
    port: int


def read(raw: bytes, source: tuple[str, int]) -> Datagram | StatelessResponse | None:
    """``None`` when it is no SIP, or a response or an ACK that nobody can use: those are never answered."""
    raw = raw.lstrip(b"\r\n")
    large, raw = len(raw) > LARGEST_DATAGRAM, raw[:LARGEST_DATAGRAM]
    head, body = _halves(raw)
    first, *lines = head.split("\r\n", MOST_LINES + 1)
    first = first.rstrip(BLANK)
    is_response = first[:8].upper() == "SIP/2.0 "
    if not is_response and _VERSION.search(first[-16:].rpartition(" ")[2]) is None:
        return None
    fields: list[HeaderField] = []
    try:
        trouble = _fields(lines, fields)
        if large:
            raise Refusal(513, "Message Too Large")
        if trouble is not None:
            raise trouble
        message = Datagram(carried(raw))
        if is_response:
            message = Datagram("SIP/2.0 " + message[8:])
        # Any case is understood (RFC 3261 7.1), and the right one sent.
        message.start = f"SIP/2.0 {first[8:]}" if is_response else f"{first[:-7]}{first[-7:].upper()}"
        message.fields = fields
        return _checked(message, body, is_response=is_response)
    except Malformed as broken:
        verdict = Refusal(400, f"Bad Request ({broken})")
    except Refusal as refusal:
        verdict = refusal
    return None if is_response else _answer(verdict, first, fields, source)


def refuse(raw: bytes, source: tuple[str, int], refusal: Refusal) -> StatelessResponse | None:
    """The answer to a request that nobody has looked into."""
    head, _body = _halves(raw.lstrip(b"\r\n")[:LARGEST_DATAGRAM])
    first, *lines = head.split("\r\n", MOST_LINES + 1)
    fields: list[HeaderField] = []
    _fields(lines, fields)
    return _answer(refusal, first, fields, source)


def _halves(raw: bytes) -> tuple[str, str]:
    """Headers and body. Who ends the first line with a bare LF ends every line so."""
    end = raw.find(b"\n")
    if end > 0 and raw[end - 1 : end] != b"\r":
        head, _, body = raw.partition(b"\n\n")
        head = head.replace(b"\n", b"\r\n")
    else:
        head, _, body = raw.partition(b"\r\n\r\n")
    return carried(head), carried(body)


def _fields(lines: list[str], fields: list[HeaderField]) -> Refusal | None:
    """Unfolds (RFC 3261 7.3.1) and cuts at the colon. As many as can be read, and what was wrong with the others."""
    trouble: Refusal | None = None
    if len(lines) > MOST_LINES:
        trouble = Refusal(400, "Too Many Lines")
    whole: list[str] = []
    folded: dict[int, list[str]] = {}
    for line in lines[:MOST_LINES]:
        if line[:1] in _GOES_ON:
            if whole:
                folded.setdefault(len(whole) - 1, []).append(line.strip(BLANK))
            elif line:
                trouble = trouble or Refusal(400, "Bad Request (no header to go on with)")
        else:
            whole.append(line)
    for at, pieces in folded.items():
        whole[at] = " ".join((whole[at], *pieces))
    for line in whole:
        found = _field(line) if len(line) <= LONGEST_REMEMBERED else _field.__wrapped__(line)
        if isinstance(found, Refusal):
            trouble = trouble or found
        else:
            fields.append(found)
    if len(fields) > MOST_HEADERS:
        trouble = trouble or Refusal(400, "Too Many Headers")
    return trouble


@lru_cache(maxsize=REMEMBERED)
def _field(line: str) -> HeaderField | Refusal:
    """A dialog says the same lines in every message."""
    if len(line) > LONGEST_HEADER:
        return Refusal(400, "Header Too Long")
    name, colon, value = line.partition(":")
    name = name.rstrip(BLANK)
    key = _key(name) if colon else None
    if key is None:
        return Refusal(400, "Bad Request (a line that is no header)")
    # A lone CR or LF is no end of a line, and nothing that could be passed on.
    if "\r" in value or "\n" in value:
        value = _LINE_END.sub(" ", value)
    return key, name, value.strip(BLANK)


@lru_cache(maxsize=1024)
def _key(name: str) -> str | None:
    """To look a header up by; ``None`` when no header has such a name."""
    known = name.lower()
    return COMPACT.get(known, known) if _TOKEN.match(name) is not None else None


def _checked(message: Datagram, body: str, *, is_response: bool) -> Datagram:
    method = "" if is_response else _request_line(message.start)
    fields, message.fields = message.fields, []
    kind: _Kind = "response" if is_response else "invite" if method == "INVITE" else "request"
    counts = _NONE_YET.copy()
    first: dict[str, str] = {}
    for field in fields:
        if field[0] not in _LOOKED_AT:
            values: tuple[HeaderField, ...] = (field,)
        elif len(field[2]) <= LONGEST_REMEMBERED:
            values = _read(field, kind)
        else:
            values = _read.__wrapped__(field, kind)
        for one in values:
            name = one[0]
            first.setdefault(name, one[2])
            if name in counts:
                counts[name] += 1
                if counts[name] > addresses.MOST_VALUES:
                    raise Malformed(f"too many values of {name}")
            message.fields.append(one)
    for name in ONCE:
        if counts[name] != 1:
            raise Malformed(f"{'no' if not counts[name] else 'more than one'} {name}")
    for name in AT_MOST_ONCE:
        if counts[name] > 1:
            raise Malformed(f"more than one {name}")
    if not counts["via"]:
        raise Malformed("no via")
    _sequence(first["cseq"], method)
    if not first["call-id"]:
        raise Malformed("empty call-id")
    text = _cut(body, first.get("content-length", ""))
    if is_response:
        message.body = _of_response(message, first, text)
        return message
    if "max-forwards" in first:
        addresses.digits(first["max-forwards"], 255)
    if method not in ("ACK", "CANCEL") and "require" in first:
        _require(message.fields)
    message.body = bodies.take(lambda name: first.get(name, ""), text, method)
    return message


def _get(fields: list[HeaderField], wanted: str) -> str:
    return next((value for name, _, value in fields if name == wanted), "")


def _request_line(line: str) -> str:
    """The method. RFC 3261 7.1 allows no other white space than the two spaces."""
    version = _VERSION.match(line.rpartition(" ")[2])
    if version is None:
        raise Malformed("request line")
    if version.group(1) != "2.0":
        raise Refusal(505, "Version Not Supported")
    parts = line.split(" ")
    if len(parts) != 3 or _TOKEN.match(parts[0]) is None:
        raise Malformed("request line")
    uri = addresses.uri(parts[1])
    if uri.scheme not in ("sip", "sips", "tel"):
        raise Refusal(416, "Unsupported URI Scheme")
    if uri.scheme != "tel" and not uri.host:
        raise Malformed("no host in the request line")
    if uri.headers:
        # RFC 3261 19.1.1: not allowed here, and never to be obeyed.
        raise Malformed("headers in the request line")
    return parts[0]


@lru_cache(maxsize=REMEMBERED)
def _read(field: HeaderField, kind: _Kind) -> tuple[HeaderField, ...]:
    """The values of a header that we know, looked at."""
    name, written, value = field
    try:
        if name == "via":
            found = [(name, written, one) for one in addresses.split(value, ",")]
            for _, _, one in found:
                addresses.via(one)
            return tuple(found)
        if name in ("from", "to", "refer-to", "referred-by"):
            addresses.uri(addresses.address(value).uri)
        elif name == "contact" and kind == "response":
            # Of the places that a response names only those that can be called count.
            values = [one for one in addresses.split(value, ",") if one != "*"]
            return tuple((name, written, one) for one in values if _is_callable(one))
        elif name in LISTS and not (name == "contact" and value == "*"):
            found = [(name, written, one) for one in addresses.split(value, ",")]
            for _, _, one in found:
                uri = addresses.uri(addresses.address(one).uri)
                # Where a dialog's requests go must be SIP (RFC 3261 12.1.1); a REGISTER may name anything.
                if (uri.scheme in ("sip", "sips") and not uri.host) or (
                    name == "contact" and kind == "invite" and uri.scheme not in ("sip", "sips")
                ):
                    raise Malformed(f"{name} leads nowhere")
            return tuple(found)
        elif name == "expires":
            return ((name, written, str(min(addresses.digits(value, 10**18), 2**32 - 1))),)
    except Malformed:
        if name in SPARED or (kind == "response" and name in ("contact", "record-route")):
            return ()
        if name == "expires":
            # RFC 3261 10.2.1.1: as if it were not there.
            return ()
        raise
    return (field,)


def _is_callable(contact: str) -> bool:
    uri = addresses.uri(addresses.address(contact).uri)
    return uri.scheme == "tel" or (uri.scheme in ("sip", "sips") and uri.host != "")


def _sequence(value: str, method: str) -> None:
    number, _, named = value.replace("\t", " ").partition(" ")
    addresses.digits(number, HIGHEST_CSEQ)
    if _TOKEN.match(named.strip(BLANK)) is None or (method and named.strip(BLANK) != method):
        raise Malformed("method of cseq")


def _cut(body: str, length: str) -> str:
    """RFC 3261 18.3: what is longer than said is padding, what is shorter was cut off."""
    if not length:
        return body
    wanted = addresses.digits(length, 2**31)
    if wanted > len(body):
        raise Malformed("body shorter than content-length")
    return body[:wanted]


def _require(fields: list[HeaderField]) -> None:
    """RFC 3261 8.2.2.3."""
    tags = [tag.strip(BLANK) for name, _, value in fields if name == "require" for tag in value.split(",")]
    strange = [tag for tag in tags if tag and tag.lower() not in UNDERSTOOD]
    if strange:
        raise Refusal(420, "Bad Extension", (("Unsupported", ", ".join(strange)),))


def _of_response(message: Datagram, first: dict[str, str], text: str) -> bodies.MessageBody | None:
    status = message.start[8:].strip(BLANK).partition(" ")[0]
    if not 100 <= addresses.digits(status, 999) <= 699 or len(status) != 3:
        raise Malformed("status")
    if int(status) >= 400:
        return None
    method = first["cseq"].rpartition(" ")[2]
    try:
        return bodies.take(lambda name: first.get(name, ""), text, method)
    except Refusal:
        return None


def tag_for(*parts: str) -> str:
    """A To tag of ours that a repeat of the same request gets, too."""
    return hashlib.blake2b(octets("\n".join(parts)), key=_KEY, digest_size=12).hexdigest()


def _answer(
    refusal: Refusal, first: str, fields: list[HeaderField], source: tuple[str, int]
) -> StatelessResponse | None:
    """RFC 3261 8.2.6 and 18.2.2, from the request's own octets."""
    vias = [value for name, _, value in fields if name == "via"]
    if not vias or first.startswith("ACK "):
        return None
    try:
        top, *others = addresses.split(vias[0], ",")
        via = addresses.via(top)
    except Malformed:
        return None
    given = dict(via.parameters)
    port = source[1] if "rport" in given else via.port or 5060
    if "rport" in given:
        given["rport"] = str(source[1])
    given.pop("received", None)
    if via.host != source[0] or "rport" in given:
        given["received"] = source[0]
    tail = "".join(f";{name}" if value is None else f";{name}={value}" for name, value in given.items())
    place = via.host if via.port is None else f"{via.host}:{via.port}"
    lines = [f"SIP/2.0 {refusal.status} {refusal.reason}"]
    lines += [f"Via: {value}" for value in (f"{via.version}/{via.transport} {place}{tail}", *others, *vias[1:])]
    for name, title in (("from", "From"), ("to", "To"), ("call-id", "Call-ID"), ("cseq", "CSeq")):
        value = _get(fields, name)
        if name == "to" and value and _TAGGED.search(value.lower()) is None:
            # The same for every repeat of the request (8.2.7), and no more of it is remembered.
            value += f";tag={tag_for(_get(fields, 'call-id'), _get(fields, 'from'), given.get('branch') or '')}"
        if value:
            lines.append(f"{title}: {value}")
    lines += [f"{name}: {value}" for name, value in (*refusal.headers, ("Server", "hotline"), ("Content-Length", "0"))]
    return StatelessResponse(octets("\r\n".join([*lines, "", ""])), port)
