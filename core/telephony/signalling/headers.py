"""Small helpers over sippy's header objects: headers written as given, names in and out, numbers. No sockets."""

from __future__ import annotations

import contextlib
import re
from typing import Any

ALLOWED = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "INFO", "REFER", "NOTIFY")
MOST_NAME = 80


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


def name_out(name: str) -> QuotedName | None:
    """A display name for a quoted string (RFC 3261 25.1), in UTF-8 carried as latin-1."""
    clean = one_line(name).strip()[:MOST_NAME]
    if not clean:
        return None
    return QuotedName(clean.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "replace").decode("latin-1"))


def name_in(raw: object) -> str:
    """The other way; a phone that writes latin-1 is read as latin-1."""
    text = str(raw or "").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    text = re.sub(r"\\(.)", r"\1", text)
    with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("latin-1").decode("utf-8")
    return one_line(text)[:MOST_NAME]


def raw(req: Any, name: str) -> str:
    """The header as it came: sippy's own parser of credentials fails on commas inside quotes."""
    for header in req.headers:
        if header.name == name:
            return str(header.body)
    return ""


def seconds(value: object, usual: int) -> int:
    """RFC 3261 10.2.1.1: a malformed expires parameter counts as the default."""
    found = re.fullmatch(r"\s*([0-9]{1,10})\s*", str(value))
    return int(found.group(1)) if found else usual


def tags(req: Any, name: str) -> list[str]:
    """The option tags of Require or Supported, in lower case."""
    words = ",".join(str(body) for body in req.getHFBodys(name)).split(",")
    return [word.strip().lower() for word in words if word.strip()]
