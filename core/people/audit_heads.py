"""Heads of the audit's chain in a file beside the database: who changes the database alone is found by them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from core.clock import iso, utc_now
from core.db import audit_log
from core.db.audit_log import Head, Verdict
from core.errors import BadInput

log = logging.getLogger(__name__)


def noted(path: Path) -> list[Head]:
    """What can be read of them; a line cut off by a crash is none."""
    try:
        lines = path.read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as problem:
        log.warning("%s cannot be read: %s", path, problem.strerror)
        return []
    heads = []
    for line in lines:
        n, _, rest = line.partition(":")
        found = rest.split(" ")[0]
        if n.isdigit() and len(found) == 64:
            heads.append(Head(int(n), found))
    return heads


def store(path: Path, head: Head) -> bool:
    """Adds the head unless it is there already; the file only grows."""
    known = noted(path)
    if head.n == 0 or (known and known[-1] == head):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{head} {iso(utc_now())}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def head_given(text: str) -> Head:
    """As ``hotline audit verify`` printed it."""
    n, _, found = text.strip().partition(":")
    if not n.isdigit() or len(found) != 64:
        raise BadInput(
            "{text} is no head.", field="--head", remedy="Give it as it was printed: N:HASH.", text=text[:100]
        )
    return Head(int(n), found)


def verdict(connect: Callable[[], Connection], path: Path, given: str = "") -> Verdict:
    """The whole chain, against the heads on disk and one that somebody wrote down."""
    heads = noted(path) + ([head_given(given)] if given else [])
    with connect() as connection:
        return audit_log.verify(connection, heads)
