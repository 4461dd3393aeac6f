"""Who calls: From, or what a trusted trunk asserts (RFC 3325, and Remote-Party-ID before it). Text in, no sockets.

Whoever keeps the number back writes ``anonymous`` into From; the exchange knows better, and an exchange may also write
the called number there. What a phone or an untrusted trunk asserts is its own invention and is not read.
"""

from __future__ import annotations

from typing import Any

from core.frozen import dataclass
from core.numbering import normal
from core.telephony.signalling import headers

MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """``number`` as it came; ``name`` is empty when none was given."""

    number: str
    name: str = ""


def of(req: Any, *, trusted: bool) -> CallerIdentity:
    """The caller of this INVITE."""
    written = req.getHFBody("from")
    seen = CallerIdentity(
        headers.text_in(written.getUrl().username or ""),
        headers.name_in(written.getUri().name),
    )
    return (asserted(req) if trusted else None) or seen


def asserted(req: Any) -> CallerIdentity | None:
    """The first identity that is a number or a name of somebody, P-Asserted-Identity before Remote-Party-ID."""
    values = [value for text in headers.every(req, "p-asserted-identity") for value in _split(text)]
    for text in headers.every(req, "remote-party-id"):
        values += [value for value in _split(text) if _calling(value)]
    for value in values[:MOST_VALUES]:
        found = _read(value)
        if found is not None and normal(found.number):
            return found
    return None


def _split(text: str) -> list[str]:
    """At commas outside of quotes and of angle brackets."""
    parts, begin, quoted, inside, escaped = [], 0, False, False, False
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in "<>":
            inside = sign == "<"
        elif not quoted and not inside and sign == ",":
            parts.append(text[begin:at])
            begin = at + 1
    return [part.strip() for part in (*parts, text[begin:]) if part.strip()]


def _calling(value: str) -> bool:
    """Remote-Party-ID also names the called party."""
    parameters = value.rpartition(">")[2].lower().replace(" ", "").split(";")
    party = next((one.partition("=")[2] for one in parameters if one.startswith("party=")), "calling")
    return party == "calling"


def _read(value: str) -> CallerIdentity | None:
    """``"name" <sip:user@host;…>``, ``<tel:number;…>`` or the address alone."""
    name, bracket, rest = value.partition("<")
    address = rest.partition(">")[0] if bracket else value
    scheme, _, where = address.strip().partition(":")
    if scheme.lower() not in ("sip", "sips", "tel"):
        return None
    user = where.partition("@")[0] if "@" in where or scheme.lower() == "tel" else ""
    name = name.strip() if bracket else ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    user = user.partition(";")[0].partition(":")[0]
    return CallerIdentity(headers.text_in(user), headers.name_in(name)) if user else None
