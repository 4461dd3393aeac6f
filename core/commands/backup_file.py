"""The form of a backup: a tar of parts through gzip, sealed or not, and behind it whether every bit is as it was.

Its last part, ``manifest.jsonl``, holds a line ``[name, bytes, SHA-256]`` for each of the others, in their order.
Reading writes nothing, and whatever is wrong with a file is said in words. Knows the parts' names, not what stands in
them.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson

from core.clock import utc_now
from core.config import FILE
from core.errors import BadInput, NotFound
from core.sealed_file import DamagedFile, SealedReader, SealedWriter, WrongPassphrase, is_sealed_file
from core.whole_file import FirstBytes, WholeWriter, whole_bytes

# 1, from before, had neither manifest nor tail.
FORMAT, WITHOUT_CHECKSUMS = 2, 1
FOLDERS = ("recordings", "clips", "evidence")
FILES = (FILE, "demo.json")
ABOUT, DATABASE, KEY_FILE, MANIFEST = "about.json", "database.jsonl", "secrets.key", "manifest.jsonl"
SMALL = (ABOUT, FILE, KEY_FILE)
# What is read into memory: nothing of ours comes near it.
LARGEST_SMALL_FILE = 1 << 20
# What a stream that was changed or cut short may make its readers say.
_NOT_OURS = (
    tarfile.TarError,
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    ValueError,
    OverflowError,
    LookupError,
    MemoryError,
)


# --- writing -----------------------------------------------------------------------------------------------------


class BackupWriter:
    """Parts one after the other; ``end`` adds the manifest."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._manifest = tempfile.SpooledTemporaryFile(max_size=LARGEST_SMALL_FILE)  # noqa: SIM115 - as long as we live

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """``size`` bytes from where ``content`` stands: a file that grows meanwhile is taken as long as it was."""
        weighed = Weighed(content, size)
        self._put(name, weighed, size)
        self._manifest.write(weighed.line(name))

    def end(self) -> None:
        size = self._manifest.tell()
        self._manifest.seek(0)
        self._put(MANIFEST, self._manifest, size)
        self._manifest.close()

    def _put(self, name: str, content: io.RawIOBase | IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(utc_now()), 0o600
        whole: Any = io.BufferedReader(content) if isinstance(content, io.RawIOBase) else content
        self._archive.addfile(info, whole)


@contextlib.contextmanager
def backup_writer(file: IO[bytes], passphrase: str | None) -> Iterator[BackupWriter]:
    """One stream from the tar through gzip and, with a passphrase, the seal."""
    with contextlib.ExitStack() as ends:
        below: IO[bytes] = ends.enter_context(io.BufferedWriter(WholeWriter(file)))
        if passphrase is not None:
            below = ends.enter_context(io.BufferedWriter(SealedWriter(below, passphrase)))
        packed = ends.enter_context(gzip.GzipFile(fileobj=below, mode="wb", compresslevel=3, filename=""))
        writer = BackupWriter(ends.enter_context(tarfile.open(fileobj=packed, mode="w|")))
        yield writer
        writer.end()


class Weighed(io.RawIOBase):
    """What is read through it is counted and hashed."""

    def __init__(self, below: IO[bytes], most: int) -> None:
        self._below, self._left = below, most
        self._digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._below.read(min(len(view), self._left))
        except _NOT_OURS as problem:
            raise DamagedFile from problem
        self._left -= len(data)
        self.size += len(data)
        self._digest.update(data)
        view[: len(data)] = data
        return len(data)

    def line(self, name: str) -> bytes:
        """Of the manifest."""
        return orjson.dumps([name, self.size, self._digest.hexdigest()]) + b"\n"


# --- reading -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Backup:
    """A file that was looked at as a whole. ``size``: of what stands before its tail, the whole file where there is
    none; ``rows`` of the database; ``parts`` without the manifest."""

    file: Path
    passphrase: str | None
    size: int
    tailed: bool
    small: dict[str, bytes] = field(default_factory=dict)
    rows: int = 0
    parts: int = 0

    def about(self) -> dict[str, Any]:
        """When and by which version it was written."""
        try:
            about = json.loads(self.small[ABOUT])
        except (KeyError, ValueError) as problem:
            raise BadInput("{file} is not a backup.", field="FILE", file=self.file) from problem
        if not isinstance(about, dict):
            raise damaged(self.file)
        return about

    @property
    def has_checksums(self) -> bool:
        return self.about().get("format") != WITHOUT_CHECKSUMS

    def revision(self) -> str | None:
        """The migration that made the tables of its rows; older files do not say."""
        found = self.about().get("tables")
        if found is not None and not isinstance(found, str):
            raise damaged(self.file)
        return found

    def read(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Every part with its content. Behind the last one all of them were weighed; ``BadInput`` when one is not as
        it was written."""
        with in_words(self.file), _opened(self) as archive:
            yield from self._parts(archive)

    def _parts(self, archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
        # The beginning of each line's hash: enough to name the part that differs, and a million parts are 8 MB.
        found = array("Q")
        listed = False
        while (member := _next(archive)) is not None:
            name = _name(member, self.file)
            if not member.isreg():
                continue
            if listed:
                raise DamagedFile
            content = archive.extractfile(member)
            assert content is not None
            if name == MANIFEST:
                _compare(content, found, self.file)
                listed = True
                continue
            weighed = Weighed(content, member.size)
            stream = io.BufferedReader(weighed, 1 << 16)
            yield name, stream
            while stream.read(1 << 20):
                pass
            if weighed.size != member.size:
                raise DamagedFile
            found.append(_short(weighed.line(name)))
        if not listed and self.tailed:
            raise DamagedFile


def inspect_file(file: Path, passphrase: str | None) -> Backup:
    """Reads all of it and writes nothing; refuses what is not whole, and what no backup of ours holds."""
    with in_words(file):
        size = whole_bytes(file)
        backup = Backup(file, passphrase, file.stat().st_size if size is None else size, size is not None)
    rows: int | None = None
    with in_words(file):
        for name, content in backup.read():
            if name in SMALL:
                backup.small[name] = content.read(LARGEST_SMALL_FILE + 1)
                if len(backup.small[name]) > LARGEST_SMALL_FILE:
                    raise DamagedFile
            elif name == DATABASE:
                rows = sum(1 for _line in content)
            backup.parts += 1
    about = backup.about()
    if about.get("format") not in (FORMAT, WITHOUT_CHECKSUMS):
        raise BadInput(
            "{file} is not a backup that this version reads.",
            field="FILE",
            remedy="Use the version of hotline that wrote it.",
            file=file,
        )
    if rows is None:
        raise BadInput("{file} holds no database.", field="FILE", file=file)
    if rows != about.get("rows") or (about["format"] == FORMAT) != backup.tailed:
        raise damaged(file)
    backup.rows = rows
    return backup


def is_sealed(file: Path) -> bool:
    if not file.is_file():
        raise NotFound("There is no file {file}.", field="FILE", file=file)
    with in_words(file), file.open("rb") as below:
        return is_sealed_file(below)


def damaged(file: Path) -> BadInput:
    return BadInput("{file} is not a whole backup.", field="FILE", remedy="Copy it again, or use another.", file=file)


@contextlib.contextmanager
def in_words(file: Path) -> Iterator[None]:
    """Around everything that reads a part."""
    try:
        yield
    except WrongPassphrase as wrong:
        raise BadInput(
            "The passphrase does not open {file}.",
            field="--passphrase-file",
            remedy="Check it; capitals matter.",
            file=file,
        ) from wrong
    except DamagedFile as problem:
        raise damaged(file) from problem


@contextlib.contextmanager
def _opened(backup: Backup) -> Iterator[tarfile.TarFile]:
    """As one stream: nothing of a sealed file lies open on the disk meanwhile."""
    with contextlib.ExitStack() as ends:
        below: IO[bytes] = io.BufferedReader(FirstBytes(ends.enter_context(backup.file.open("rb")), backup.size))
        if backup.passphrase is not None:
            below = io.BufferedReader(SealedReader(below, backup.passphrase))
        packed = gzip.GzipFile(fileobj=below, mode="rb")
        try:
            archive = tarfile.open(fileobj=packed, mode="r|")  # noqa: SIM115 - it holds no file of its own
        except _NOT_OURS as problem:
            raise DamagedFile from problem
        yield archive
        # To the end: a copy that was cut short or changed behind the last part is found, too.
        try:
            while packed.read(1 << 20):
                pass
        except _NOT_OURS as problem:
            raise DamagedFile from problem


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return archive.next()
    except _NOT_OURS as problem:
        raise DamagedFile from problem


def _name(member: tarfile.TarInfo, file: Path) -> str:
    """The part's path below HOME; refuses what leads elsewhere or is neither a plain file nor a folder."""
    path = PurePosixPath(member.name)
    strange = (
        not (member.isreg() or member.isdir())
        or not member.name
        or path.is_absolute()
        or ".." in path.parts
        or "\0" in member.name
    )
    if strange:
        raise BadInput(
            "{file} holds {name}, which is no plain file of a site; nothing was put back.",
            field="FILE",
            remedy="Use a file that hotline backup wrote.",
            file=file,
            name=member.name[:200],
        )
    return str(path)


def _compare(manifest: IO[bytes], found: array[int], file: Path) -> None:
    place = 0
    try:
        for place, line in enumerate(manifest, 1):
            if place > len(found) or _short(line) != found[place - 1]:
                name, _size, _digest = orjson.loads(line)
                raise BadInput(
                    "In {file} the part {name} is not as it was written.",
                    field="FILE",
                    remedy="Copy it again, or use another.",
                    file=file,
                    name=name,
                )
    except _NOT_OURS as problem:
        raise DamagedFile from problem
    if place != len(found):
        raise DamagedFile


def _short(line: bytes) -> int:
    return int.from_bytes(hashlib.sha256(line).digest()[:8], "big")
