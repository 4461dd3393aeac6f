"""Where our trunks lead: names looked up beforehand, never while a call waits, and whether the far end answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from sippy.SipRequest import SipRequest
from sippy.SipURL import SipURL

from core.site import LOOPBACK, Site
from core.telephony.signalling import host

log = logging.getLogger(__name__)

Address = tuple[str, int]


def ask_alive(
    tm: Any, url: Any, address: Address, limit_s: float, answered: Callable[[], None], missed: Callable[[], None]
) -> None:
    """OPTIONS (RFC 3261 11): any answer says that somebody is there; sippy's own limit of 32 s is too long to know."""
    request = SipRequest(method="OPTIONS", ruri=url, target=(address, "udp"), user_agent="hotline")

    def came(_response: Any) -> None:
        timer.cancel()
        answered()

    def late() -> None:
        tm.abandon(transaction)
        missed()

    timer = asyncio.get_running_loop().call_later(limit_s, late)
    transaction = tm.newTransaction(request, resp_cb=came)


class Gateways:
    """``states`` is for health: a trunk without a gateway only takes calls in, and is not asked."""

    def __init__(
        self, site: Callable[[], Site], own: Callable[[], Address], every_s: float, limit_s: float, misses: int
    ) -> None:
        self.site = site
        self.own = own
        self.every_s, self.limit_s, self.most_misses = every_s, limit_s, misses
        self._known: dict[str, str] = {}
        self._misses: dict[str, int] = {}
        self._ask_at: dict[str, float] = {}

    def address(self, text: str | None) -> Address | None:
        """``name`` or ``name:port`` of a trunk's gateway."""
        if text == LOOPBACK:
            return self.own()
        name, _, port = (text or "").partition(":")
        ip = name if host.is_address(name) else self._known.get(name)
        return (ip, int(port or 5060)) if ip else None

    def every(self) -> list[Address | None]:
        return [self.address(trunk.gateway) for trunk in self.site().trunks.values() if trunk.gateway]

    def states(self) -> dict[str, str]:
        return {
            trunk.id: "down" if self._misses.get(trunk.id, 0) >= self.most_misses else "up"
            for trunk in self.site().trunks.values()
            if trunk.gateway
        }

    def ask(self, tm: Any, now: float) -> None:
        """Every trunk whose turn it is. ``now`` is monotonic."""
        for trunk in self.site().trunks.values():
            if not trunk.gateway or trunk.loops or now < self._ask_at.get(trunk.id, 0.0):
                continue
            self._ask_at[trunk.id] = now + self.every_s
            address = self.address(trunk.gateway)
            if address is None:
                self._miss(trunk.id)
                continue
            url = SipURL(host=address[0], port=address[1])
            heard, missed = partial(self._hear, trunk.id), partial(self._miss, trunk.id)
            ask_alive(tm, url, address, self.limit_s, heard, missed)

    def _hear(self, trunk: str) -> None:
        if self._misses.pop(trunk, 0) >= self.most_misses:
            log.warning("trunk %s answers again", trunk)

    def _miss(self, trunk: str) -> None:
        self._misses[trunk] = self._misses.get(trunk, 0) + 1
        if self._misses[trunk] == self.most_misses:
            log.warning("trunk %s does not answer", trunk)

    async def resolve(self) -> None:
        for trunk in self.site().trunks.values():
            name = (trunk.gateway or "").partition(":")[0]
            if name and not trunk.loops and not host.is_address(name):
                try:
                    found = await asyncio.get_running_loop().getaddrinfo(name, None, family=2)
                    self._known[name] = str(found[0][4][0])
                except OSError as problem:
                    log.warning("gateway %s cannot be found: %s", name, problem)
