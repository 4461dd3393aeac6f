"""Header values taken apart in one pass each: comma lists, parameters, name-addr, SIP URIs, Via (RFC 3261 25.1).

sippy's own loops look at the whole text again for every comma, quote or parameter: one header of 15 kB costs seconds.
Here every character is looked at once, every count has a limit, and what is not of the grammar is ``Malformed``, save
where real peers are known to be careless and nothing else could be meant. Pure; knows no message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from core.frozen import dataclass
from core.telephony.signalling.octets import BASE

MOST_VALUES = 64  # of one header, or of all headers of one name
MOST_PARAMETERS = 64
REMEMBERED = 512  # the same address is looked at by several, and comes again and again
BLANK = " \t"
_MARKS = re.compile(r'["<>,;\\]')
_NESTING = re.compile(r'["<>\\]')
_BLANKS = re.compile(r"[ \t\r\n]")
_QUOTED = re.compile(r'["\\]')
_HIGH = chr(BASE + 0x80)
_LONE_BACKSLASH = re.compile(rf"(?<![{_HIGH}-{chr(BASE + 0xFF)}])\\")
# As nearly everybody writes them: nothing quoted, no blanks, none empty.
_PARAMETER = re.compile(r';([^;=<>",\\ \t]+)(?:(=)([^;<>",\\ \t]*))?')
_PLAIN_PARAMETERS = re.compile(rf"(?:{_PARAMETER.pattern})+\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_HOST = re.compile(r"[A-Za-z0-9_.-]+\Z|\[[0-9A-Fa-f:.]+\]\Z")
# Parameters whose names sippy looks up; names are not case-sensitive (RFC 3261 7.3.1).
_KNOWN = frozenset(("tag", "branch", "received", "rport", "expires", "q", "lr", "transport", "maddr", "ttl", "user"))


_T = TypeVar("_T")


class Malformed(ValueError):
    """Says what of the grammar is broken."""


Parameters = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Address:
    """``name`` is what stands inside the quotes, escapes included; ``uri`` what stood between the brackets."""

    name: str
    uri: str
    parameters: Parameters
    bracketed: bool


@dataclass(frozen=True, slots=True)
class Uri:
    """``user`` and ``password`` as written, escapes included; of a scheme unknown here ``host`` is everything."""

    scheme: str
    user: str | None
    password: str | None
    host: str
    port: int | None
    parameters: Parameters
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Via:
    version: str
    transport: str
    host: str
    port: int | None
    parameters: Parameters


def split(text: str, mark: str, most: int = MOST_VALUES) -> list[str]:
    """At every ``mark`` that stands outside quotes and angle brackets."""
    if _NESTING.search(text) is None:
        parts = text.split(mark, most)
        if len(parts) > most:
            raise Malformed("too many values")
        return [part.strip(BLANK) for part in parts]
    return _by_grammar_else_gbk(lambda pairs: _split(text, mark, most, pairs=pairs), text)


def _by_grammar_else_gbk(look: Callable[[bool], _T], text: str) -> _T:
    """In GBK a backslash may be the second octet of a character: what is no grammar is looked at once more so."""
    try:
        return look(False)
    except Malformed:
        if text.isascii():
            raise
    return look(True)


def _split(text: str, mark: str, most: int, *, pairs: bool) -> list[str]:
    parts: list[str] = []
    start = at = 0
    bracketed = False
    while (found := _MARKS.search(text, at)) is not None:
        at, char = found.end(), found.group()
        if char == '"' and not bracketed:
            at = closing_quote(text, found.start(), pairs=pairs) + 1
        elif char == "<" and not bracketed:
            bracketed = True
        elif char == ">" and bracketed:
            bracketed = False
        elif char == mark and not bracketed:
            parts.append(text[start : at - 1].strip(BLANK))
            start = at
            if len(parts) >= most:
                raise Malformed("too many values")
    if bracketed:
        raise Malformed("unbalanced angle bracket")
    parts.append(text[start:].strip(BLANK))
    return parts


def closing_quote(text: str, opening: int, *, pairs: bool = False) -> int:
    """Where the quoted string that begins at ``opening`` ends (a backslash takes the next character with it).

    With ``pairs`` a backslash behind a high octet is none: it belongs to a character of GBK.
    """
    at = opening + 1
    while (found := _QUOTED.search(text, at)) is not None:
        if found.group() == '"':
            return found.start()
        at = found.end() + (not (pairs and found.start() and text[found.start() - 1] >= _HIGH))
    raise Malformed("unbalanced quote")


def parameters(text: str) -> Parameters:
    """``text`` begins with the semicolon or is empty; empty parameters are passed over."""
    if not text:
        return ()
    if text[0] != ";":
        raise Malformed("unexpected text after an address")
    found: list[tuple[str, str | None]] = []
    if _PLAIN_PARAMETERS.match(text) is not None and text.count(";") <= MOST_PARAMETERS:
        for name, equals, value in _PARAMETER.findall(text):
            lower = name.lower()
            found.append((lower if lower in _KNOWN else name, value if equals else None))
        return tuple(found)
    for part in split(text[1:], ";", MOST_PARAMETERS):
        name, equals, value = part.partition("=")
        name = name.rstrip(BLANK)
        if not name:
            continue
        if name.lower() in _KNOWN:
            name = name.lower()
        found.append((name, value.lstrip(BLANK) if equals else None))
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def address(text: str) -> Address:
    """name-addr, or addr-spec whose parameters then belong to the header (RFC 3261 20)."""
    text = text.strip(BLANK)
    return _by_grammar_else_gbk(lambda pairs: _address(text, pairs=pairs), text)


def _address(text: str, *, pairs: bool) -> Address:
    if text.startswith('"'):
        end = closing_quote(text, 0, pairs=pairs)
        name, rest = text[1:end], text[end + 1 :].lstrip(BLANK)
        if not rest.startswith("<"):
            raise Malformed("a name without an address in brackets")
    else:
        before, bracket, after = text.partition("<")
        if not bracket:
            uri, semicolon, tail = text.partition(";")
            if "?" in uri or "," in uri or ">" in uri:
                raise Malformed("an address that needs brackets")
            return Address("", uri.strip(BLANK), _tagged(parameters(semicolon + tail)), bracketed=False)
        name, rest = before.strip(BLANK), bracket + after
        if '"' in name:
            raise Malformed("unbalanced quote")
        if "\\" in name:
            name = _LONE_BACKSLASH.sub(r"\\\\", name)
    uri, bracket, tail = rest[1:].partition(">")
    if not bracket or "<" in uri:
        raise Malformed("unbalanced angle bracket")
    return Address(name, uri.strip(BLANK), _tagged(parameters(tail.strip(BLANK))), bracketed=True)


def _tagged(found: Parameters) -> Parameters:
    tags = [value for name, value in found if name == "tag"]
    if len(tags) > 1 or (tags and not tags[0]):
        raise Malformed("bad tag")
    return found


@lru_cache(maxsize=REMEMBERED)
def uri(text: str) -> Uri:
    """SIP, SIPS and tel in parts; any other scheme as one piece."""
    scheme, colon, rest = text.partition(":")
    if not colon or _SCHEME.match(scheme) is None:
        raise Malformed("no scheme")
    scheme = scheme.lower()
    if _BLANKS.search(text) is not None:
        raise Malformed("white space in an address")
    if scheme == "tel":
        number, semicolon, tail = rest.partition(";")
        return Uri("tel", number, None, "", None, parameters(semicolon + tail), ())
    if scheme not in ("sip", "sips"):
        return Uri(scheme, None, None, rest, None, (), ())
    # A question mark may stand in the user part: the first @ divides.
    userinfo, at, rest = rest.partition("@") if "@" in rest else ("", "", rest)
    user, _, password = userinfo.partition(":")
    rest, question, tail = rest.partition("?")
    place, semicolon, more = rest.partition(";")
    host, port = _host_and_port(place)
    headers = tuple((name, value) for name, _, value in (part.partition("=") for part in _pieces(tail, "&")))
    return Uri(
        scheme,
        user if at else None,
        password if at and ":" in userinfo else None,
        host,
        port,
        parameters(semicolon + more),
        headers if question else (),
    )


def _pieces(text: str, mark: str) -> list[str]:
    found = text.split(mark, MOST_PARAMETERS)
    if len(found) > MOST_PARAMETERS:
        raise Malformed("too many parameters")
    return [piece for piece in found if piece]


def _host_and_port(text: str) -> tuple[str, int | None]:
    text = text.strip(BLANK)
    if text.startswith("["):
        host, bracket, tail = text.partition("]")
        host, (tail, _, port) = host + bracket, tail.partition(":")
        if tail.strip(BLANK):
            raise Malformed("bad host")
    else:
        host, _, port = text.partition(":")
        # Some write the port twice.
        port = port.partition(":")[0] if port.partition(":")[0] == port.partition(":")[2] else port
    host, port = host.strip(BLANK), port.strip(BLANK)
    # No host at all is for those to refuse who would send there.
    if host and _HOST.match(host) is None:
        raise Malformed("bad host")
    return host, digits(port, 65535) if port else None


def digits(text: str, most: int) -> int:
    """A number without sign or anything else; leading zeros are none of our business."""
    if not (text.isascii() and text.isdigit()):
        raise Malformed("not a number")
    text = text.lstrip("0") or "0"
    if len(text) > 20 or int(text) > most:
        raise Malformed("number out of range")
    return int(text)


@lru_cache(maxsize=REMEMBERED)
def via(text: str) -> Via:
    """White space is allowed nearly everywhere (RFC 3261 20.42)."""
    name, slash, rest = text.partition("/")
    version, second, rest = rest.partition("/")
    transport, *tail = rest.split(None, 1) or [""]
    if not slash or not second or not tail:
        raise Malformed("bad Via")
    place, semicolon, more = tail[0].partition(";")
    host, port = _host_and_port(place)
    return Via(
        f"{name.strip(BLANK)}/{version.strip(BLANK)}",
        transport,
        host,
        port,
        parameters(semicolon + more),
    )
