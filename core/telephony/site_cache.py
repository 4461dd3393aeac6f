"""The site as last read from the operational database, kept as a file so that calls connect while it is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from core.errors import Unavailable
from core.site import Site

log = logging.getLogger(__name__)

# A call must not wait for a database: after this the copy on disk serves.
FIRST_READ_LIMIT_S = 3.0


class SiteCache:
    """``load`` reads the database and may block; it runs in a thread."""

    def __init__(self, path: Path, load: Callable[[], Site]) -> None:
        self.path = path
        self.load = load
        self.stale = False

    async def first(self) -> Site:
        """The database's site, or the copy when it does not answer in time; ``Unavailable`` when there is neither."""
        try:
            return await asyncio.wait_for(self.reload(), FIRST_READ_LIMIT_S)
        except Exception as problem:
            if not self.path.exists():
                raise Unavailable(
                    "The operational database cannot be read: {problem}.",
                    remedy="Check database_url, or run hotline init.",
                    problem=problem,
                ) from problem
            log.warning("database not readable (%s): site taken from the copy on disk", problem)
            self.stale = True
            return Site.from_json(self.path.read_text("utf-8"))

    async def reload(self) -> Site:
        """Reads the database and renews the copy."""
        site = await asyncio.to_thread(self.load)
        await asyncio.to_thread(self._keep, site)
        self.stale = False
        return site

    def _keep(self, site: Site) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        # It holds the phones' digest secrets.
        fresh.touch(mode=0o600)
        fresh.write_text(site.to_json(), "utf-8")
        fresh.replace(self.path)
