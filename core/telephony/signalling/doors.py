"""Who may come in: phones by digest, trunks by address, with a limit on wrong passwords. Knows no legs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from core.site import Site
from core.telephony.signalling import headers
from core.telephony.signalling.digest import Digest, parse

BAD_ATTEMPTS = 10  # for one account from one address within the window
BAD_WINDOW_S = 60.0
MOST_REMEMBERED = 10_000


class Doors:
    """Asks the site anew for every request, so that an edited account or trunk counts at once."""

    def __init__(
        self, site: Callable[[], Site], own: Callable[[], tuple[str, int]] | None = None, digest: Digest | None = None
    ) -> None:
        self.site = site
        self.own = own
        self.digest = digest or Digest()
        self._bad: dict[tuple[str, str], deque[float]] = {}
        # Extension and address of everybody whose credentials were wrong.
        self.on_refused: Callable[[str, str], None] | None = None

    def refusal(self, req: Any, extension: str, *, proxy: bool) -> Any:
        """``None`` when the credentials are right, else the response to send (RFC 3261 22.2, 22.3)."""
        account = self.site().accounts.get(extension)
        key = (req.getSource()[0], extension)
        if self._too_many(key):
            return req.genResponse(403, "Too Many Attempts", server="hotline")
        given = headers.raw(req, "proxy-authorization" if proxy else "authorization")
        verdict = "none"
        if given:
            known = account is not None and parse(given).get("username") == extension
            # An unknown account is answered like a wrong password.
            verdict = (
                self.digest.check(given, req.getMethod(), account.ha1, account.ha1_sha256)
                if known and account is not None
                else "bad"
            )
        if verdict == "good":
            self._bad.pop(key, None)
            return None
        if verdict == "bad":
            self._remember(key)
            if self.on_refused is not None:
                self.on_refused(extension, key[0])
        status, reason = (407, "Proxy Authentication Required") if proxy else (401, "Unauthorized")
        response = req.genResponse(status, reason, server="hotline")
        algorithm = "SHA-256" if account is not None and account.ha1_sha256 and not account.ha1 else "MD5"
        challenge = self.digest.challenge(self.site().realm, algorithm=algorithm, stale=verdict == "stale")
        response.appendHeader(headers.PlainHeader("Proxy-Authenticate" if proxy else "WWW-Authenticate", challenge))
        return response

    def trunk(self, source: tuple[str, int]) -> str | None:
        """The trunk whose peers hold this address; what comes from ourselves came by the trunk that leads back."""
        if self.own is not None and source == self.own():
            return next((t.id for t in self.site().trunks.values() if t.loops), None)
        trunks = self.site().trunks.values()
        # A peer with its port says more than an address that several trunks share.
        for name in (f"{source[0]}:{source[1]}", source[0]):
            if (found := next((trunk.id for trunk in trunks if name in trunk.peers), None)) is not None:
                return found
        return None

    def surely_trunk(self, source: tuple[str, int]) -> bool:
        """This very port is a trunk's, or our own: no phone can be there."""
        own = self.own is not None and source == self.own()
        return own or any(f"{source[0]}:{source[1]}" in trunk.peers for trunk in self.site().trunks.values())

    def _too_many(self, key: tuple[str, str]) -> bool:
        tries = self._bad.get(key)
        return tries is not None and len(tries) == BAD_ATTEMPTS and time.monotonic() - tries[0] < BAD_WINDOW_S

    def _remember(self, key: tuple[str, str]) -> None:
        if len(self._bad) >= MOST_REMEMBERED:
            del self._bad[next(iter(self._bad))]
        self._bad.setdefault(key, deque(maxlen=BAD_ATTEMPTS)).append(time.monotonic())
