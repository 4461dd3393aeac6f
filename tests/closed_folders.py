"""Folders that this user may not write, also when the user is root, who may everything."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534


@contextlib.contextmanager
def folder_of_somebody() -> Iterator[Path]:
    """One that an ordinary user can reach; gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="hotline-closed-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


@contextlib.contextmanager
def closed(home: Path, *folders: str) -> Iterator[None]:
    """These below ``home`` may not be written meanwhile, all else there may. Root becomes somebody else for so long,
    who cannot import what was not imported yet."""
    is_root = os.geteuid() == 0
    if is_root:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    for name in folders:
        (home / name).chmod(0o500)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for name in folders:
            (home / name).chmod(0o700)
