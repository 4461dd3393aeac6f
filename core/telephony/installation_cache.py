"""The site as last read from the operational database, kept as a file so that calls connect while it is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from core.errors import Unavailable
from core.installation.definition import Installation

log = logging.getLogger(__name__)

# A call must not wait for a database: after this the copy on disk serves.
FIRST_READ_LIMIT_S = 3.0
# Without a copy there is nothing to hurry for.
ONLY_READ_LIMIT_S = 60.0


class InstallationCache:
    """``load`` reads the database and may block; it runs in a thread."""

    def __init__(self, path: Path, load: Callable[[], Installation]) -> None:
        self.path = path
        self.load = load
        self.stale = False

    async def first(self) -> Installation:
        """The database's site, or the copy when it does not answer in time; ``Unavailable`` when there is neither."""
        try:
            limit_s = FIRST_READ_LIMIT_S if self.path.exists() else ONLY_READ_LIMIT_S
            return await asyncio.wait_for(self.reload(), limit_s)
        except Exception as problem:
            if not self.path.exists():
                raise Unavailable(
                    "The operational database cannot be read: {problem}.",
                    remedy="Check database_url, or run hotline init.",
                    problem=problem,
                ) from problem
            log.warning("database not readable (%s): site taken from the copy on disk", problem)
            self.stale = True
            return Installation.from_json(self.path.read_text("utf-8"))

    async def reload(self) -> Installation:
        """Reads the database and renews the copy."""
        installation = await asyncio.to_thread(self.load)
        try:
            await asyncio.to_thread(self._keep, installation)
        except OSError as problem:
            # A site that was changed holds from now on; only a start without the database would not know it.
            log.warning("the copy of the site on disk is not renewed: %s", problem)
        self.stale = False
        return installation

    def _keep(self, installation: Installation) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        # It holds the phones' digest secrets.
        fresh.touch(mode=0o600)
        fresh.write_text(installation.to_json(), "utf-8")
        fresh.replace(self.path)
