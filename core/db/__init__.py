"""The operational database: engine, tables, migrations, event log. SQLite by default, PostgreSQL by URL.

Knows columns and transactions, no rule of the office and no telephony.
"""

from core.db.engine import connect
from core.db.migrate import migrate
from core.errors import Unavailable

__all__ = ["connect", "database_away", "migrate"]


def database_away() -> Unavailable:
    return Unavailable("The database does not answer.", remedy="Calls go on; try again in a moment.")
