"""Small helpers over sippy's header objects: headers written as given, names in and out, numbers. No sockets."""

from __future__ import annotations

import re
from typing import Any

from core.telephony.signalling.octets import carried, shown

ALLOWED = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "INFO", "REFER", "NOTIFY")
MOST_NAME = 80
MOST_OCTETS = 320


def one_line(text: str) -> str:
    """Without control characters: nothing of a caller's can begin a header of its own."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)


class PlainHeader:
    """A header written as given: cheaper than sippy's, and its quoting stays ours."""

    __slots__ = ("_text", "body", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name, self.body = name.lower(), value
        self._text = f"{name}: {one_line(value)}"

    def __str__(self) -> str:
        return self._text

    def localStr(self, *_args: Any, **_kwargs: Any) -> str:
        return self._text

    def getBody(self) -> str:
        return self.body

    def getCopy(self) -> PlainHeader:
        return self


ALLOW = PlainHeader("Allow", ", ".join(ALLOWED))
SUPPORTED = PlainHeader("Supported", "replaces")
ACCEPT = PlainHeader("Accept", "application/sdp")


class QuotedName(str):
    """A display name that sippy always quotes: it looks at ``translate`` to see whether it must."""

    __slots__ = ()

    def translate(self, _table: object) -> str:
        return ""


class WrittenName(str):
    """A name for people that remembers how it was written: another phone gets the same octets."""

    __slots__ = ("written",)
    written: str


def name_out(name: str) -> QuotedName | None:
    """A display name for a quoted string (RFC 3261 25.1): as it was heard, else in UTF-8."""
    if isinstance(name, WrittenName) and len(name.written) <= MOST_OCTETS:
        return QuotedName(name.written)
    clean = one_line(name).strip()[:MOST_NAME]
    if not clean:
        return None
    return QuotedName(carried(clean.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "replace")))


def name_in(raw: object) -> str:
    """The other way: what stood inside the quotes, escapes included."""
    written = str(raw or "").strip(" \t")
    # Read first, then freed of escapes: in GBK a backslash may be half of a character.
    name = WrittenName(re.sub(r"\\(.)", r"\1", text_in(written)).strip()[:MOST_NAME])
    name.written = written
    return name or ""


def text_in(raw: object) -> str:
    """What a peer wrote, for everything behind the signalling: readable, on one line."""
    return one_line(shown(str(raw)))


def raw(req: Any, name: str) -> str:
    """The header as it came: sippy's own parser of credentials fails on commas inside quotes."""
    for header in req.headers:
        if header.name == name:
            return str(header.body)
    return ""


def every(req: Any, name: str) -> list[str]:
    """As ``raw``, of a header that may stand there several times."""
    return [str(header.body) for header in req.headers if header.name == name]


def seconds(value: object, usual: int) -> int:
    """RFC 3261 10.2.1.1: a malformed expires parameter counts as the default."""
    text = str(value).strip(" \t")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else usual


def tags(req: Any, name: str) -> list[str]:
    """The option tags of Require or Supported, in lower case."""
    words = ",".join(str(body) for body in req.getHFBodys(name)).split(",")
    return [word.strip().lower() for word in words if word.strip()]
