"""Octets as text that no string method can hurt: how a SIP message is carried from the socket to the socket.

A header may hold any octet: a name in UTF-8, in GBK, in nothing at all. As latin-1 text some of them would be white
space (0x85, 0xA0, 0x1C) that ``split`` and ``strip`` eat, and others would have an upper case. So all but printable
ASCII, TAB, CR and LF travels as a private-use character (U+F700 + octet), which is none of those, is a character that
every database takes, and comes back as the same octet. Pure; knows nothing of SIP.
"""

from __future__ import annotations

import codecs
import re

BASE = 0xF700
_PLAIN = {*range(0x20, 0x7F), 0x09, 0x0A, 0x0D}
_TABLE = "".join(chr(n) if n in _PLAIN else chr(BASE + n) for n in range(256))
_LATIN = re.compile(rb"[\x00-\x7f]*[A-Za-z][\xc0-\xff](?:[\x00-\x7f]+[\xc0-\xff])*[\x00-\x7f]*\Z")
_CONTROLS = re.compile(r"[\x80-\x9f]")
_BACK = codecs.charmap_build(_TABLE)


def _in_utf8(error: UnicodeError) -> tuple[bytes, int]:
    """What we write ourselves may be any text: it leaves as UTF-8."""
    assert isinstance(error, UnicodeEncodeError)
    return error.object[error.start : error.end].encode("utf-8", "replace"), error.end


codecs.register_error("in_utf8", _in_utf8)


def carried(raw: bytes) -> str:
    """One character for one octet."""
    return codecs.charmap_decode(raw, "strict", _TABLE)[0]


def octets(text: str) -> bytes:
    """The same octets back; other text of ours in UTF-8."""
    if text.isascii():
        return text.encode("ascii")
    return codecs.charmap_encode(text, "in_utf8", _BACK)[0]


def shown(text: str) -> str:
    """For people: UTF-8, else GB18030, which holds GBK and GB2312.

    An old phone's "Jürgen" would be a character of GBK, too: single letters of latin-1 inside a word are read so.
    """
    if text.isascii():
        return text
    raw = octets(text)
    try:
        found = raw.decode("utf-8")
        if found.strip() and not _CONTROLS.search(found):
            return found
    except UnicodeDecodeError:
        pass
    return raw.decode("latin-1" if _LATIN.match(raw) else "gb18030", "replace")
