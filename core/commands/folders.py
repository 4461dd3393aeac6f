"""What the file system refuses, in words."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from core.errors import ConfigError, Conflict, Unavailable


@contextlib.contextmanager
def folder_in_words(home: Path, field: str = "--home") -> Iterator[None]:
    """What the file system refuses is refused in words, with the remedy."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ConfigError(
                "This user may not read and write in {home}.",
                field=field,
                remedy="Give the folder to the user that runs hotline, or choose another one.",
                home=home,
            ) from problem
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("The disk of {home} is full.", remedy="Make room there.", home=home) from problem
        if problem.errno in (errno.ENOTDIR, errno.EEXIST):
            raise Conflict(
                "{home} is not a folder.", field=field, remedy="Choose an empty folder.", home=home
            ) from problem
        raise
