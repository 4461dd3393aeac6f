"""The operational database: engine, tables, migrations, event log. SQLite by default, PostgreSQL by URL.

Knows columns and transactions, no rule of the office and no telephony.
"""

from core.db.engine import connect
from core.db.migrate import migrate

__all__ = ["connect", "migrate"]
