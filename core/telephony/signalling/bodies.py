"""The one part of a body that we act on: SDP, also inside ``multipart`` (RFC 5621), with its encodings undone. Pure.

A part that nobody here understands is passed over, unless its sender says ``handling=required``: carriers add ISUP,
phones a position, and hardly any of them says ``optional``, though RFC 3261 20.11 makes ``required`` the default.
"""

from __future__ import annotations

import binascii
import quopri
from collections.abc import Callable
from dataclasses import field

from core.frozen import dataclass
from core.telephony.signalling import addresses, info
from core.telephony.signalling.addresses import BLANK, Malformed
from core.telephony.signalling.octets import carried, octets
from core.telephony.signalling.refusal import Refusal

SDP = "application/sdp"
# What we act on by method (and by the method that a response answers); other bodies are nobody's business here.
WANTED = {"INVITE": (SDP,), "ACK": (SDP,), "INFO": info.TYPES}
MOST_PARTS = 32
MOST_LINES = 32  # of a part's headers
DEEPEST = 4
LONGEST_BOUNDARY = 70  # RFC 2046 5.1.1


@dataclass(frozen=True, slots=True)
class MessageBody:
    kind: str
    text: str


@dataclass(slots=True)
class _Part:
    text: str
    kind: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    handling: str = ""
    encoded: bool = False
    transfer: str = ""


def take(get: Callable[[str], str], text: str, method: str) -> MessageBody | None:
    """``get`` gives a header of the message. Raises ``Refusal`` or ``Malformed``; ``None`` when there is nothing."""
    if not text:
        return None
    part = _part(get, text, SDP)
    if method not in WANTED:
        return MessageBody(part.kind, text)
    wanted = WANTED[method]
    optional = part.handling == "optional"
    if part.encoded:
        if optional:
            return None
        raise _unsupported(wanted, ("Accept-Encoding", "identity"))
    if part.kind.startswith("multipart/"):
        try:
            return _choose(part, wanted, 0)
        except Refusal:
            if optional:
                return None
            raise
    if optional and (part.kind not in wanted or not _is_ours(part)):
        return None
    if not _is_ours(part):
        raise _unsupported(wanted)
    return MessageBody(part.kind, _plain(part))


def _part(get: Callable[[str], str], text: str, usual: str) -> _Part:
    kind, parameters = _worth(get("content-type") or usual)
    disposition, more = _worth(get("content-disposition"))
    encodings = [name.strip(BLANK).lower() for name in get("content-encoding").split(",")]
    return _Part(
        text,
        kind,
        parameters,
        disposition,
        more.get("handling", "").lower(),
        any(name not in ("", "identity") for name in encodings),
        get("content-transfer-encoding").strip(BLANK).lower(),
    )


def _worth(value: str) -> tuple[str, dict[str, str]]:
    first, *rest = addresses.split(value, ";")
    found = {}
    for piece in rest:
        name, _, given = piece.partition("=")
        given = given.strip(BLANK)
        found[name.strip(BLANK).lower()] = given[1:-1] if given[:1] == given[-1:] == '"' else given
    return first.lower().replace(" ", ""), found


def _is_ours(part: _Part) -> bool:
    """RFC 3959's early session is a second one that we do not hold."""
    return part.disposition != "early-session"


def _unsupported(wanted: tuple[str, ...], *more: tuple[str, str]) -> Refusal:
    return Refusal(415, "Unsupported Media Type", (("Accept", ", ".join(wanted)), *more))


def _choose(part: _Part, wanted: tuple[str, ...], depth: int) -> MessageBody | None:
    if depth >= DEEPEST:
        raise Malformed("body too deep")
    found: MessageBody | None = None
    ignored = 0
    parts = _split(part)
    for one in parts:
        here: MessageBody | None = None
        nested = one.kind.startswith("multipart/")
        if nested and not one.encoded:
            here = _choose(one, wanted, depth + 1)
        elif one.kind in wanted and not one.encoded and _is_ours(one):
            here = MessageBody(one.kind, _plain(one))
        if here is None:
            ignored += one.handling == "optional" or nested
            if one.handling == "required" and part.kind != "multipart/alternative":
                raise _unsupported(wanted, *((("Accept-Encoding", "identity"),) if one.encoded else ()))
        elif found is None or part.kind == "multipart/alternative":
            found = here
    if found is None and ignored < len(parts):
        raise _unsupported(wanted)
    return found


def _split(part: _Part) -> list[_Part]:
    boundary = part.parameters.get("boundary", "")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise Malformed("no boundary")
    between, end = f"--{boundary}", f"--{boundary}--"
    pieces: list[list[str]] = []
    for line in part.text.split("\n"):
        bare = line.rstrip("\r \t")
        if bare == end:
            break
        if bare == between:
            pieces.append([])
            if len(pieces) > MOST_PARTS:
                raise Malformed("too many parts")
        elif pieces:
            pieces[-1].append(line)
    if not pieces:
        raise Malformed("no parts")
    return [_headed(lines) for lines in pieces]


def _headed(lines: list[str]) -> _Part:
    """A part's headers up to the empty line; the line end before the boundary belongs to the boundary."""
    fields: dict[str, str] = {}
    name = ""
    at = 0
    for at, line in enumerate(lines[: MOST_LINES + 1], 1):  # noqa: B007 - used after the loop
        bare = line.rstrip("\r")
        if not bare:
            break
        if bare[0] in BLANK and name:
            fields[name] += " " + bare.strip(BLANK)
        else:
            name, _, value = bare.partition(":")
            name = name.strip(BLANK).lower()
            fields.setdefault(name, value.strip(BLANK))
    else:
        raise Malformed("a part without an end of its headers")
    text = "\n".join(lines[at:])
    return _part(lambda wanted: fields.get(wanted, ""), text.removesuffix("\r"), "text/plain")


def _plain(part: _Part) -> str:
    """RFC 3261 needs no transfer encoding, but MIME (RFC 2045) has it and gateways use it."""
    try:
        if part.transfer == "base64":
            return carried(binascii.a2b_base64(octets(part.text)))
        if part.transfer == "quoted-printable":
            return carried(quopri.decodestring(octets(part.text)))
    except binascii.Error as broken:
        raise Malformed("bad transfer encoding") from broken
    return part.text
