"""What a power cut leaves of a folder: everything that was not synced is gone, names that were not synced as well.

The strictest disk that POSIX allows. Programs run with a library of ours in front of the system's (``power_cut.c``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


class PowerCut:
    """``home`` as it is when this is made counts as synced; ``environment`` is for whoever writes in it afterwards.
    ``NotPossible`` without a compiler."""

    def __init__(self, home: Path, beside: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise NotPossible
        self.home, self.kept, self.before = home.resolve(), beside / "kept", beside / "before"
        self.kept.mkdir(parents=True)
        library = beside / "power_cut.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        self.environment = {
            "LD_PRELOAD": str(library),
            "CUT_BELOW": str(self.home),
            "CUT_KEPT": str(self.kept),
        }
        shutil.copytree(self.home, self.before, symlinks=True)
        self._names = {
            folder.stat().st_ino: {entry.name: entry.inode() for entry in os.scandir(folder)}
            for folder in (self.home, *(path for path in self.home.rglob("*") if path.is_dir()))
        }
        self._bytes = {
            path.stat().st_ino: self.before / path.relative_to(self.home)
            for path in self.home.rglob("*")
            if path.is_file()
        }

    def image(self, target: Path) -> Path:
        """The folder as it is found when the power is back; nobody may be writing any more."""
        self._folder(self.home.stat().st_ino, target)
        return target

    def _folder(self, inode: int, target: Path) -> None:
        target.mkdir(mode=0o700)
        for name, number in self._listing(inode).items():
            if number in self._names or (self.kept / f"names-{number}").exists():
                self._folder(number, target / name)
            elif (synced := self.kept / f"bytes-{number}").exists():
                shutil.copyfile(synced, target / name)
            elif number in self._bytes:
                shutil.copyfile(self._bytes[number], target / name)
            else:
                # The name reached the disk and nothing of what stands under it.
                (target / name).touch()

    def _listing(self, inode: int) -> dict[str, int]:
        try:
            lines = (self.kept / f"names-{inode}").read_text().splitlines()
        except FileNotFoundError:
            return self._names.get(inode, {})
        return {name: int(number) for number, _, name in (line.partition(" ") for line in lines)}


class NotPossible(Exception):
    pass
