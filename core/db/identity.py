"""Is this the database that the house has worked with? What is remembered of it lies outside: ``state/log.json``.

The event log only grows, and its first row's uid is like no other's: so the first row names the installation, and a
row that was there last and is not now says that this is an older copy.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, inspect, select

from core.clock import iso
from core.db import event_log
from core.db.tables import EventRow, InstallationRow

log = logging.getLogger(__name__)

FILE = "log.json"
LogVerdict = Literal["ours", "empty", "other", "older"]


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """The log's first row, and the last that was seen in it."""

    first: str
    last_id: int
    last: str

    @property
    def last_at(self) -> str:
        """When the last one was made: RFC 9562, 5.7 has it in the uid."""
        return iso(int(self.last[:12], 16) / 1000)


def read(folder: Path) -> LogIdentity | None:
    """``folder`` is the site's ``state``. ``None``: nothing is remembered."""
    try:
        return LogIdentity(**json.loads((folder / FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as broken:
        log.warning("%s cannot be read: %s", folder / FILE, broken)
        return None


def seen(connection: Connection) -> LogIdentity | None:
    """Of an empty log there is nothing to remember."""
    table = EventRow.__table__
    ends = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
    uids = [event_log.uid_of(connection, number) for number in ends if number is not None]
    return LogIdentity(uids[0], ends[1], uids[1]) if len(uids) == 2 and uids[0] and uids[1] else None


def store(folder: Path, known: LogIdentity) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.new"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(known)), "utf-8")
    fresh.replace(folder / FILE)


def judge(connection: Connection, known: LogIdentity | None, *, worked: bool) -> LogVerdict:
    """``worked``: this house had a site before, so that a database without one is not its own."""
    there = inspect(connection)
    filled = all(there.has_table(table) for table in (EventRow.__tablename__, InstallationRow.__tablename__))
    if not filled or connection.execute(select(InstallationRow.version)).first() is None:
        return "empty" if worked or known is not None else "ours"
    if known is None or event_log.uid_of(connection, known.last_id) == known.last:
        return "ours"
    now = seen(connection)
    if now is None:
        return "empty"
    return "older" if now.first == known.first else "other"


class Memory:
    """For whoever writes the log: asks before each stretch of work, and remembers how far it has come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known = read(folder)
        self._ill = False

    def allows(self, connection: Connection) -> bool:
        """Whether facts may go there. An older copy of our own was put there by somebody: it is gone on with."""
        verdict = judge(connection, self.known, worked=True)
        if verdict == "older":
            log.warning("the event log is an older copy: what came after it is gone from there")
        if verdict in ("empty", "other"):
            return False
        now = seen(connection)
        if now is not None and now != self.known:
            self.known = now
            try:
                store(self.folder, now)
            except OSError as problem:
                # Facts go on; a start would compare with what was kept last, which is in the log, too.
                if not self._ill:
                    log.warning("how far the event log has come is not kept on disk: %s", problem)
                self._ill = True
            else:
                self._ill = False
        return True
