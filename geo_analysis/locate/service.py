"""The gazetteer that the web process keeps: made when it is first asked, and kept up with what orders teach it."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.process import Key
from core.web.context import Web
from geo_analysis.locate import reading
from geo_analysis.locate.gazetteer import Gazetteer
from geo_analysis.locate.matcher import Candidate, locate

LOOK_EVERY_S = 2.0
# Streets that no name is there for come in with a new making.
ANEW_AFTER_S = 3600.0
# A change that was not yet committed at the last look.
OVERLAP_S = 5.0


class Places:
    """One for the process."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._lock = asyncio.Lock()
        self._known: Gazetteer | None = None
        self._edition: reading.Edition | None = None
        self._made = self._looked = -1e9

    async def find(self, text: str, most: int) -> list[Candidate]:
        known = await self._kept_up()
        return await asyncio.to_thread(locate, known, text, most)

    async def _kept_up(self) -> Gazetteer:
        async with self._lock:
            now = utc_now()
            if self._known is None or not 0 <= now - self._looked < LOOK_EVERY_S:
                self._known = await self._web.in_session(lambda session: self._look(session, now))
            return self._known

    def _look(self, session: Session, now: float) -> Gazetteer:
        """Only under the lock; in a thread."""
        edition, known = reading.edition(session), self._known
        if known is None or edition != self._edition or not 0 <= now - self._made < ANEW_AFTER_S:
            known = reading.read(session)
            self._edition, self._made = edition, now
        else:
            for address in reading.located_orders(session, self._looked - OVERLAP_S):
                known.learn(address)
        self._looked = now
        return known


PLACES = Key[Places]("places")
