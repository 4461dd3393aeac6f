"""Work that leaves nothing behind in this process: it is done by a copy of it.

What starts a site needs the database, its migrations and the demo's inventions once; what watches the site needs none
of them, and lives for months.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Its result or its error, both as a copy. Not for a process that has threads."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os.close(reading)
        _told(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if not said:
        raise RuntimeError(f"the work ended without a word ({os.waitstatus_to_exitcode(status)})")
    # Our own copy wrote it.
    is_done, found = pickle.loads(said)  # noqa: S301
    if is_done:
        result: T = found
        return result
    raise found


def _told(work: Callable[[], object], writing: int) -> None:
    try:
        try:
            said = pickle.dumps((True, work()))
        except BaseException as problem:
            said = _error(problem)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(said)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # Nothing of ours is ended by the copy.
        os._exit(0)


def _error(problem: BaseException) -> bytes:
    try:
        said = pickle.dumps((False, problem))
        pickle.loads(said)  # noqa: S301
    except Exception:
        return pickle.dumps((False, RuntimeError(f"{type(problem).__name__}: {problem}")))
    return said
