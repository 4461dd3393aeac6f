"""Digest authentication for SIP (RFC 3261 22, RFC 7616): nonces, the header's parser, the check. No sockets.

A nonce is its own proof: time and a keyed hash, so nothing is stored and one from before a restart is stale.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import time
from dataclasses import dataclass, field
from typing import Literal

NONCE_LIFE_S = 3600.0
_PAIR = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')

Verdict = Literal["good", "stale", "bad"]


@dataclass(slots=True)
class Digest:
    """Challenges and verdicts for one realm."""

    realm: str
    key: bytes = field(default_factory=lambda: os.urandom(32))

    def challenge(self, *, stale: bool = False) -> str:
        """The value of WWW-Authenticate or Proxy-Authenticate. MD5 only: old desk phones give up on anything else."""
        tail = ", stale=true" if stale else ""
        return f'Digest realm="{self.realm}", nonce="{self._nonce(int(time.time()))}", algorithm=MD5, qop="auth"{tail}'

    def check(self, header: str, method: str, ha1: str) -> Verdict:
        """``ha1`` is the account's; the response must match it, then the nonce must be ours and young."""
        given = parse(header)
        if given.get("algorithm", "MD5").upper() != "MD5" or not given.get("nonce") or not given.get("response"):
            return "bad"
        ha2 = _md5(f"{method}:{given.get('uri', '')}")
        if qop := given.get("qop"):
            middle = f"{given['nonce']}:{given.get('nc', '')}:{given.get('cnonce', '')}:{qop}"
        else:
            middle = given["nonce"]
        if not hmac.compare_digest(_md5(f"{ha1}:{middle}:{ha2}"), given["response"].lower()):
            # A nonce from before our restart says nothing about the password.
            return "bad" if self._is_ours(given["nonce"]) else "stale"
        return "good" if self._is_ours(given["nonce"]) else "stale"

    def _nonce(self, at: int) -> str:
        return f"{at:x}-{hmac.new(self.key, str(at).encode(), hashlib.sha256).hexdigest()[:32]}"

    def _is_ours(self, nonce: str) -> bool:
        head = nonce.partition("-")[0]
        try:
            at = int(head, 16)
        except ValueError:
            return False
        return hmac.compare_digest(self._nonce(at), nonce) and time.time() - at < NONCE_LIFE_S


def parse(header: str) -> dict[str, str]:
    """Names in lower case; commas inside quotes are safe; anything that is not Digest gives an empty dict."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in _PAIR.findall(rest)}


def ha1(user: str, realm: str, password: str) -> str:
    """What the site keeps of a phone's password (RFC 7616 3.4.2)."""
    return _md5(f"{user}:{realm}:{password}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
