"""Where our trunks lead: names looked up beforehand, never while a call waits, and whether the far end answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from sippy.SipRequest import SipRequest
from sippy.SipURL import SipURL

from core.installation.definition import LOOPBACK, Installation, Trunk
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
    """``states`` is for health: a trunk without a gateway only takes calls in, and is not asked. One with several is up
    as long as one of them answers."""

    def __init__(
        self,
        installation: Callable[[], Installation],
        own: Callable[[], Address],
        every_s: float,
        limit_s: float,
        misses: int,
    ) -> None:
        self.installation = installation
        self.own = own
        self.every_s, self.limit_s, self.most_misses = every_s, limit_s, misses
        self._known: dict[str, str] = {}
        self._misses: dict[tuple[str, str], int] = {}
        self._ask_at: dict[str, float] = {}

    def address(self, text: str | None) -> Address | None:
        """``name`` or ``name:port`` of a gateway."""
        if text == LOOPBACK:
            return self.own()
        name, _, port = (text or "").partition(":")
        ip = name if host.is_address(name) else self._known.get(name)
        return (ip, int(port or 5060)) if ip else None

    def every(self) -> list[Address | None]:
        return [self.address(gateway) for trunk in self.installation().trunks.values() for gateway in trunk.gateways]

    def ways(self, trunk: Trunk) -> list[Address]:
        """In the trunk's order, those that do not answer last: they may be back by now."""
        ordered = sorted(trunk.gateways, key=lambda gateway: self._is_down(trunk.id, gateway))
        return [address for gateway in ordered if (address := self.address(gateway)) is not None]

    def states(self) -> dict[str, str]:
        return {
            trunk.id: "down" if all(state == "down" for state in self.each(trunk).values()) else "up"
            for trunk in self.installation().trunks.values()
            if trunk.gateways
        }

    def each(self, trunk: Trunk) -> dict[str, str]:
        return {gateway: "down" if self._is_down(trunk.id, gateway) else "up" for gateway in trunk.gateways}

    def by_trunk(self) -> dict[str, dict[str, str]]:
        """Each gateway's state, of every trunk that has any."""
        return {trunk.id: self.each(trunk) for trunk in self.installation().trunks.values() if trunk.gateways}

    def _is_down(self, trunk: str, gateway: str) -> bool:
        return self._misses.get((trunk, gateway), 0) >= self.most_misses

    def ask(self, tm: Any, now: float) -> None:
        """Every trunk whose turn it is. ``now`` is monotonic."""
        for trunk in self.installation().trunks.values():
            if trunk.loops or now < self._ask_at.get(trunk.id, 0.0):
                continue
            self._ask_at[trunk.id] = now + self.every_s
            for gateway in trunk.gateways:
                self._ask_one(tm, trunk.id, gateway)

    def _ask_one(self, tm: Any, trunk: str, gateway: str) -> None:
        address = self.address(gateway)
        if address is None:
            self._miss(trunk, gateway)
            return
        url = SipURL(host=address[0], port=address[1])
        heard, missed = partial(self._hear, trunk, gateway), partial(self._miss, trunk, gateway)
        ask_alive(tm, url, address, self.limit_s, heard, missed)

    def _hear(self, trunk: str, gateway: str) -> None:
        if self._misses.pop((trunk, gateway), 0) >= self.most_misses:
            log.warning("trunk %s: gateway %s answers again", trunk, gateway)

    def _miss(self, trunk: str, gateway: str) -> None:
        self._misses[trunk, gateway] = misses = self._misses.get((trunk, gateway), 0) + 1
        if misses == self.most_misses:
            log.warning("trunk %s: gateway %s does not answer", trunk, gateway)

    async def resolve(self) -> None:
        for trunk in self.installation().trunks.values():
            for gateway in () if trunk.loops else trunk.gateways:
                name = gateway.partition(":")[0]
                if name and not host.is_address(name):
                    try:
                        found = await asyncio.get_running_loop().getaddrinfo(name, None, family=2)
                        self._known[name] = str(found[0][4][0])
                    except OSError as problem:
                        log.warning("gateway %s cannot be found: %s", name, problem)
