"""A family of facts as a folder above ``etl`` would bring it: meters that were read, and what becomes of calls by trunk."""

from pathlib import Path

from sqlalchemy import select

from core.db.tables import QueueRow
from etl.families import Dimension, Family

READINGS = Family(
    "readings",
    frozenset({"meter_read"}),
    Path(__file__).parent,
    (Dimension("dim_reader", select(QueueRow.id, QueueRow.name)),),
)
