"""What a site keeps is for the user that runs it and for nobody else on the machine, whatever the umask was.

New files by the umask of our processes, files from before by a walk. Knows paths, nothing of what stands in them.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

log = logging.getLogger(__name__)

UMASK = 0o077
FOLDER, FILE = 0o700, 0o600
# Those may be links to another disk; what is behind them is ours all the same.
MAY_BE_LINKS = frozenset({"recordings", "clips"})


def restrict_umask() -> None:
    """First thing in every process of a site; its children take it over."""
    os.umask(UMASK)


def close_to_others(home: Path) -> None:
    """Folders 0700 and files 0600. What belongs to another user is left, with a word in the log."""
    _close(home, FOLDER)
    try:
        entries = list(os.scandir(home))
    except OSError as problem:
        log.warning("%s: %s", home, problem.strerror)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            if entry.name in MAY_BE_LINKS and path.is_dir():
                _walk(path.resolve())
        elif entry.is_dir():
            _walk(path)
        elif entry.is_file():
            _close(path, FILE)


def _walk(top: Path) -> None:
    _close(top, FOLDER)
    for folder, folders, files in os.walk(top):
        for name in folders:
            _close(Path(folder, name), FOLDER)
        for name in files:
            _close(Path(folder, name), FILE)


def _close(path: Path, mode: int) -> None:
    """Only what is open to others is touched; links are not followed."""
    try:
        found = path.lstat()
        ours = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
        if ours and (found.st_mode & UMASK or found.st_mode & mode != mode):
            path.chmod(mode)
    except FileNotFoundError:
        return
    except OSError as problem:
        log.warning("%s stays open to others: %s", path, problem.strerror)
