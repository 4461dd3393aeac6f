"""Everybody's page is told which announcements stand, also after the database was away."""

import asyncio

from sqlalchemy.exc import OperationalError

from core.clock import iso
from core.web import announcements


class Web:
    """As much of the process as the look needs: a database that is away at the first look."""

    def __init__(self):
        self.live, self.told, self.looks = self, asyncio.Event(), 0
        self.hooks = []
        self.on_start = self.on_stop = self.hooks.append

    async def in_session(self, _work):
        self.looks += 1
        if self.looks == 1:
            raise OperationalError("select", {}, OSError("away"))
        return [{"text": "停水", "active_from": 1.0, "active_until": None}]

    def announce(self, rows):
        assert rows == [{"text": "停水", "active_from": iso(1.0), "active_until": None}]
        self.told.set()


async def test_a_database_that_was_away_once_does_not_end_the_looks(monkeypatch):
    monkeypatch.setattr(announcements, "EVERY_S", 0.01)
    web = Web()
    announcements.add(web)
    start, stop = web.hooks
    await start()
    await asyncio.wait_for(web.told.wait(), 10)
    await stop()
    assert web.looks >= 2
