"""Who may come in: phones by digest, trunks by address, with a limit on wrong passwords. Knows no legs."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from core.installation.definition import Installation, SipAccount
from core.telephony.signalling import headers
from core.telephony.signalling.digest import Digest, parse

BAD_ATTEMPTS = 10  # for one account from one address within the window
BAD_WINDOW_S = 60.0
LOOKED_EVERY_S = 2.0
MOST_REMEMBERED = 10_000


class Doors:
    """Asks the site anew for every request, so that an edited account or trunk counts at once."""

    def __init__(
        self,
        installation: Callable[[], Installation],
        own: Callable[[], tuple[str, int]] | None = None,
        digest: Digest | None = None,
    ) -> None:
        self.installation = installation
        self.own = own
        self.digest = digest or Digest()
        self._bad: dict[tuple[str, str], deque[float]] = {}
        # Extension and address of everybody whose credentials were wrong.
        self.on_refused: Callable[[str, str], None] | None = None
        self._looked: dict[tuple[str, str], float] = {}
        self._usual: dict[str, tuple[str, int]] = {}
        self._nobodys = secrets.token_hex(32)

    def refusal(self, req: Any, extension: str, *, proxy: bool) -> Any:
        """``None`` when the credentials are right, else the response to send (RFC 3261 22.2, 22.3)."""
        account = self.installation().accounts.get(extension)
        source = req.getSource()
        given = headers.raw(req, "proxy-authorization" if proxy else "authorization")
        verdict = "none"
        if given:
            # Where the phone was last right it has a count of its own: no guesser behind the same address locks it.
            place = f"{source[0]}:{source[1]}" if self._usual.get(extension) == source[:2] else source[0]
            key = (place, extension)
            if self._too_many(key):
                return req.genResponse(403, "Too Many Attempts", server="hotline")
            verdict = self._verdict(given, req.getMethod(), extension, account, source[0])
            if verdict == "good":
                self._bad.pop(key, None)
                self._usual[extension] = source[:2]
                return None
            if verdict == "bad":
                self._remember(key)
                if self.on_refused is not None:
                    self.on_refused(extension, source[0])
        status, reason = (407, "Proxy Authentication Required") if proxy else (401, "Unauthorized")
        response = req.genResponse(status, reason, server="hotline")
        algorithm = "SHA-256" if account is not None and account.ha1_sha256 and not account.ha1 else "MD5"
        challenge = self.digest.challenge(
            self.installation().realm, source=source[0], algorithm=algorithm, stale=verdict == "stale"
        )
        response.appendHeader(headers.PlainHeader("Proxy-Authenticate" if proxy else "WWW-Authenticate", challenge))
        return response

    def _verdict(self, given: str, method: str, extension: str, account: SipAccount | None, source: str) -> str:
        """An unknown account is answered, and counted, like a wrong password: with a secret that nobody has."""
        known = account if account is not None and parse(given).get("username") == extension else None
        if known is None:
            return self.digest.check(given, method, self._nobodys, self._nobodys, source=source)
        return self.digest.check(given, method, known.ha1, known.ha1_sha256, source=source)

    def trunk(self, source: tuple[str, int]) -> str | None:
        """The trunk whose peers hold this address; what comes from ourselves came by the trunk that leads back."""
        if self.own is not None and source == self.own():
            return next((t.id for t in self.installation().trunks.values() if t.loops), None)
        trunks = self.installation().trunks.values()
        # A peer with its port says more than an address that several trunks share.
        for name in (f"{source[0]}:{source[1]}", source[0]):
            if (found := next((trunk.id for trunk in trunks if name in trunk.peers), None)) is not None:
                return found
        return None

    def surely_trunk(self, source: tuple[str, int]) -> bool:
        """This very port is a trunk's, or our own: no phone can be there."""
        own = self.own is not None and source == self.own()
        return own or any(f"{source[0]}:{source[1]}" in trunk.peers for trunk in self.installation().trunks.values())

    def _too_many(self, key: tuple[str, str]) -> bool:
        """Beyond its wrong tries a place is looked at now and then: the phone may sit there, too."""
        tries, now = self._bad.get(key), time.monotonic()
        if tries is None or len(tries) < BAD_ATTEMPTS or now - tries[0] >= BAD_WINDOW_S:
            return False
        if now - self._looked.get(key, -LOOKED_EVERY_S) < LOOKED_EVERY_S:
            return True
        self._looked[key] = now
        return False

    def _remember(self, key: tuple[str, str]) -> None:
        if key not in self._bad and len(self._bad) >= MOST_REMEMBERED:
            oldest = next(iter(self._bad))
            del self._bad[oldest]
            self._looked.pop(oldest, None)
        self._bad.setdefault(key, deque(maxlen=BAD_ATTEMPTS)).append(time.monotonic())
