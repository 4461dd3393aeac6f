"""Recordings on disk (two-channel G.711 WAV) as 16-bit PCM: any byte range by arithmetic, peaks for a waveform.

Works on a file that still grows: its length is what was on disk when it was looked at. Knows no call and no user.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import BadInput, NotFound
from core.telephony.media.g711 import DECODE

HEADER_BYTES = 44
CHUNK = 1 << 18
# WAVE format tags (RFC 2361), to the row of the decoding table.
LAWS = {6: 1, 7: 0}
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


class RangeNotSatisfiable(BadInput):
    status = 416
    code = "range"


@dataclass(frozen=True, slots=True)
class Recording:
    """``data_bytes`` is of the file, one byte a sample; the PCM we serve has two."""

    path: Path
    data_at: int
    data_bytes: int
    law: int
    channels: int
    rate: int

    @property
    def length(self) -> int:
        """Bytes of the WAV that we serve."""
        return HEADER_BYTES + 2 * self.data_bytes

    @property
    def seconds(self) -> float:
        return self.data_bytes / (self.channels * self.rate)


def scan(folder: Path, name: str) -> Recording:
    """The recording by its name relative to ``folder``; ``NotFound`` when it is not there, or is no recording."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _gone()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            law, channels, rate, data_at = _header(file.read(4096))
    except (OSError, struct.error) as problem:
        raise _gone() from problem
    whole_frames = max(size - data_at, 0) // channels * channels
    return Recording(path, data_at, whole_frames, law, channels, rate)


def pcm(recording: Recording, first: int, last: int) -> Iterator[bytes]:
    """Bytes ``first`` to ``last`` (inclusive) of the PCM WAV, in pieces."""
    at = first
    if at < HEADER_BYTES:
        head = _pcm_header(recording)[at : last + 1]
        yield head
        at += len(head)
    with recording.path.open("rb") as file:
        while at <= last:
            # Two bytes we serve are one byte of the file.
            begin, end = at - HEADER_BYTES, min(last + 1, at + CHUNK) - HEADER_BYTES
            file.seek(recording.data_at + begin // 2)
            coded = file.read((end + 1) // 2 - begin // 2)
            if not coded:
                return
            piece = _decoded(coded, recording.law).tobytes()[begin % 2 : begin % 2 + end - begin]
            yield piece
            at += len(piece)


def byte_range(header: str | None, length: int) -> tuple[int, int] | None:
    """First and last byte asked for (RFC 9110 14.1.2); ``None``: all, also for what we need not understand."""
    found = RANGE.match(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        wanted = int(last)
        start, end = max(length - wanted, 0), length - 1
        if wanted == 0:
            start = length
    else:
        start, end = int(first), min(int(last), length - 1) if last else length - 1
        if last and int(last) < start:
            return None
    if start >= length:
        raise RangeNotSatisfiable(
            "The recording has {length} bytes.", field="Range", remedy="Ask for a range within it.", length=length
        )
    return start, end


def peaks(recording: Recording, points: int) -> list[list[float]]:
    """Per channel the loudest sample of each of at most ``points`` equal stretches, 0 to 1."""
    coded = np.fromfile(recording.path, np.uint8, recording.data_bytes, offset=recording.data_at)
    frames = coded[: len(coded) // recording.channels * recording.channels].reshape(-1, recording.channels)
    if not len(frames):
        return [[] for _ in range(recording.channels)]
    loud = np.abs(_table(recording.law)).astype(np.uint16)
    starts = np.unique(np.linspace(0, len(frames), min(points, len(frames)), endpoint=False).astype(np.int64))
    highest = np.maximum.reduceat(loud[frames], starts, axis=0) / 32768
    return [[round(float(value), 3) for value in channel] for channel in highest.T]


def _table(law: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return DECODE[law * 256 : law * 256 + 256].astype(np.int32)


def _decoded(coded: bytes, law: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return DECODE[np.frombuffer(coded, np.uint8).astype(np.intp) + law * 256].astype("<i2")


def _header(head: bytes) -> tuple[int, int, int, int]:
    """Law, channels, rate and where the data starts: chunks are walked, whatever order they come in."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise _gone()
    at, form = 12, (0, 0, 0)
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            tag, channels, rate = form
            if tag not in LAWS or not channels or not rate:
                raise _gone()
            return LAWS[tag], channels, rate, at + 8
        if name == b"fmt ":
            form = struct.unpack_from("<HHI", head, at + 8)
        at += 8 + size + size % 2
    raise _gone()


def _pcm_header(recording: Recording) -> bytes:
    data, channels, rate = 2 * recording.data_bytes, recording.channels, recording.rate
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + data, b"WAVE"),
        *(b"fmt ", 16, 1, channels, rate, 2 * channels * rate, 2 * channels, 16),
        *(b"data", data),
    )


def _gone() -> NotFound:
    return NotFound("The recording is not there.", remedy="It may have been removed, or was never begun.")
