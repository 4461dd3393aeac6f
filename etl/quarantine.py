"""Rows of the event log that the feed went on without: they cannot be read, or no mart takes them.

The list is in the analytics file, in the transaction of the batch that went past them, so that it is as true as the
watermark; a file that is filled anew meets them again.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.arrow import pa

# What a row with wrong values makes of a batch; a full disk or a damaged file is none of these.
POISON = (
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.InvalidInputException,
    pa.ArrowInvalid,
    pa.ArrowTypeError,
    OverflowError,
    TypeError,
    ValueError,
)
# More of them are no damage but a fault of the program, and nothing is fed before somebody has looked.
MOST = 1000


def add(cursor: duckdb.DuckDBPyConnection, unreadable: Mapping[int, str]) -> None:
    cursor.executemany("insert into raw.unreadable values (?, ?)", sorted(unreadable.items()))


def take_out(cursor: duckdb.DuckDBPyConnection, number: int) -> bool:
    """Whether it was there."""
    return bool(cursor.execute("delete from raw.unreadable where id = ? returning id", [number]).fetchall())


def listed(cursor: duckdb.DuckDBPyConnection) -> dict[int, str]:
    return dict(cursor.execute("select id, problem from raw.unreadable order by id").fetchall())
