"""Backups with other parts in them than ours, whole to the last bit: what a stranger would hand in."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from core.commands.backup_file import MANIFEST, BackupWriter, backup_writer
from core.whole_file import WholeWriter


@contextlib.contextmanager
def writer(file: Path) -> Iterator[BackupWriter]:
    with file.open("wb") as below, backup_writer(below, None) as archive:
        yield archive


def members(file: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(file) as source:
        found = source.getmembers()
        return [(member, source.extractfile(member).read()) for member in found]  # type: ignore[union-attr]


def rewritten(file: Path, target: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Every part as ``change`` gives it back, with checksums that are right."""
    with writer(target) as archive:
        for member, content in members(file):
            if member.name != MANIFEST:
                told = change(member.name, content)
                archive.add(member.name, io.BytesIO(told), len(told))


def with_tail(target: Path, tar: bytes) -> None:
    """A tar that nobody of ours wrote, as a file whose tail is right."""
    with target.open("wb") as below, io.BufferedWriter(WholeWriter(below)) as whole:
        whole.write(gzip.compress(tar))
