"""What an error of DuckDB says about its file: damaged for certain, perhaps, or nothing of the kind.

DuckDB keeps a checksum of every block and of every entry of its WAL. A block that is not what was written is a bare
``duckdb.Error``; one that is missing an ``IOException``; metadata that make no sense are ``SerializationException``,
``InternalException`` or ``FatalException``, and these may as well be a bug of the library or a full disk.
"""

from __future__ import annotations

import duckdb

from core.errors import Unavailable

NO_ROOM = ("No space left", "File too large", "Disk quota exceeded")
CORRUPT = ("Corrupt database file", "Corrupt WAL file", "Could not read enough bytes")
NOT_OURS = ("Permission denied", "Read-only file system", "Too many open files", "Is a directory")
# Exactly these: their subclasses are faults of a statement, of its values or of a moment.
BARE = (duckdb.Error, duckdb.DatabaseError, duckdb.OperationalError, duckdb.InternalError)
DOUBTFUL = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)


def certain(problem: BaseException) -> bool:
    """A block, or an entry of the WAL, is not what was written."""
    return isinstance(problem, duckdb.Error) and any(words in str(problem) for words in CORRUPT)


def possible(problem: BaseException) -> bool:
    """Only reading everything can tell."""
    return (type(problem) in BARE or isinstance(problem, DOUBTFUL)) and not _no_room(problem)


def fatal(problem: BaseException) -> bool:
    """DuckDB answers nothing more until it is opened anew, as after a checkpoint without room on the disk."""
    return isinstance(problem, duckdb.FatalException)


def outside(problem: duckdb.Error) -> Unavailable | None:
    """A file that could not be opened for a reason that lies outside of it, in words; ``None``: it is damaged."""
    told = str(problem)
    if _no_room(problem):
        return Unavailable("The disk of the analytics database is full.", remedy="Make room there.")
    if isinstance(problem, duckdb.IOException) and "lock" in told.lower():
        return Unavailable(
            "The analytics file is in use by another process.", remedy="Ask the running site, or stop it first."
        )
    if isinstance(problem, duckdb.FatalException) and "invalidated" in told:
        return Unavailable(
            "The analytics file is being opened anew.", remedy="Try again in a few seconds; calls and live pages go on."
        )
    if isinstance(problem, duckdb.OutOfMemoryException | duckdb.InterruptException) or (
        isinstance(problem, duckdb.IOException) and any(words in told for words in NOT_OURS)
    ):
        return Unavailable(
            "The analytics file cannot be opened: {problem}.",
            remedy="Give it to the user that runs hotline; it is tried again by itself.",
            problem=told.partition("\n")[0].rstrip("."),
        )
    return None


def _no_room(problem: BaseException) -> bool:
    return any(words in str(problem) for words in NO_ROOM)
