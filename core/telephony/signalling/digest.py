"""Digest authentication for SIP (RFC 3261 22, RFC 7616): nonces, the header's parser, the check. No sockets.

A nonce is its own proof: time, chance and a keyed hash, so nothing is stored until it is used, and one from before a
restart is stale. MD5 is offered unless an account has only a SHA-256 hash: old desk phones give up on the 401 that
offers anything else.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable
from typing import Literal

from core.clock import utc_now
from core.telephony.signalling import addresses
from core.telephony.signalling.octets import octets

NONCE_LIFE_S = 3600.0
MOST_REMEMBERED = 20_000
MOST_LENGTH = 2_048
MOST_FIELDS = 32

DigestResult = Literal["good", "stale", "bad"]


class Digest:
    """Challenges and verdicts. ``clock`` is UTC epoch seconds."""

    def __init__(self, clock: Callable[[], float] = utc_now) -> None:
        self._key = os.urandom(32)
        self._clock = clock
        self._counts: dict[str, int] = {}

    def challenge(self, realm: str, *, source: str = "", algorithm: str = "MD5", stale: bool = False) -> str:
        """The value of WWW-Authenticate or Proxy-Authenticate; stale unquoted, qop quoted (RFC 7616 3.3).

        ``source`` is the address that it is for: from another one the nonce is stale.
        """
        tail = ", stale=true" if stale else ""
        nonce = self._nonce(int(self._clock()), os.urandom(6).hex(), source)
        return f'Digest realm="{realm}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{tail}'

    def check(self, header: str, method: str, ha1: str, ha1_sha256: str = "", *, source: str = "") -> DigestResult:
        """The nonce is looked at first: what answers an old one, or another address's, says nothing of the password."""
        given = parse(header)
        if not self._is_ours(given.get("nonce", ""), source):
            return "stale"
        if not given.get("response"):
            return "bad"
        # Old phones echo no algorithm: that is MD5.
        algorithm = given.get("algorithm", "MD5").upper()
        secret = {"MD5": ha1, "SHA-256": ha1_sha256}.get(algorithm, "")
        if not secret or not hmac.compare_digest(expected(given, method, secret, algorithm), given["response"].lower()):
            return "bad"
        return "good" if self._is_new(given) else "stale"

    def _is_new(self, given: dict[str, str]) -> bool:
        """The nonce count must rise (RFC 7616 3.4): a recorded request cannot be sent again."""
        if "qop" not in given:
            return True
        try:
            count = int(given.get("nc", ""), 16)
        except ValueError:
            return False
        if count <= self._counts.get(given["nonce"], 0):
            return False
        self._counts.pop(given["nonce"], None)
        self._counts[given["nonce"]] = count
        if len(self._counts) > MOST_REMEMBERED:
            del self._counts[next(iter(self._counts))]
        return True

    def _nonce(self, at: int, chance: str, source: str) -> str:
        proof = hmac.new(self._key, f"{at}.{chance}.{source}".encode(), hashlib.sha256).hexdigest()[:32]
        return f"{at:x}.{chance}.{proof}"

    def _is_ours(self, nonce: str, source: str) -> bool:
        head, _, rest = nonce.partition(".")
        try:
            at = int(head, 16)
        except ValueError:
            return False
        made = self._nonce(at, rest.partition(".")[0], source)
        return hmac.compare_digest(made.encode(), nonce.encode()) and self._clock() - at < NONCE_LIFE_S


def expected(given: dict[str, str], method: str, secret: str, algorithm: str = "MD5") -> str:
    """The response that ``secret`` (the HA1) gives for these credentials (RFC 7616 3.4.1)."""
    ha2 = _hash(algorithm, f"{method}:{given.get('uri', '')}")
    middle = given.get("nonce", "")
    if qop := given.get("qop"):
        middle = f"{middle}:{given.get('nc', '')}:{given.get('cnonce', '')}:{qop}"
    return _hash(algorithm, f"{secret}:{middle}:{ha2}")


def parse(header: str) -> dict[str, str]:
    """Names in lower case; commas inside quotes are safe; anything that is not Digest gives an empty dict."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest" or len(rest) > MOST_LENGTH:
        return {}
    try:
        pairs = addresses.split(rest, ",", MOST_FIELDS)
        found: dict[str, str] = {}
        for pair in pairs:
            name, equals, value = pair.partition("=")
            value = value.strip()
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1 : addresses.closing_quote(value, 0)])
            if equals:
                found[name.strip().lower()] = value
    except addresses.Malformed:
        return {}
    return found


def ha1(user: str, realm: str, password: str, algorithm: str = "MD5") -> str:
    """What the site keeps of a phone's password (RFC 7616 3.4.2)."""
    return hashlib.new(_NAMES[algorithm], f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


_NAMES = {"MD5": "md5", "SHA-256": "sha256"}


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(_NAMES[algorithm], octets(text), usedforsecurity=False).hexdigest()
