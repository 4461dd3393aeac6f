"""A recording's file as samples: G.711 and 16-bit PCM in WAV. What is wrong with a file is said in words.

A player (``core.telephony.recordings``) shows what there is. Measuring takes whole files only: a figure of half a call
would be a wrong figure of the call.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, NotFound
from core.telephony.media import g711

# WAVE format tags (RFC 2361).
PCM, ALAW, MULAW = 1, 6, 7
LAWS = {ALAW: g711.PCMA, MULAW: g711.PCMU}
# Beyond this a file is no call.
LONGEST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class PcmSound:
    """``samples``: a row for each moment, a column for each channel."""

    samples: NDArray[np.int16]
    rate: int


@dataclass(frozen=True, slots=True)
class _WavForm:
    tag: int
    channels: int
    rate: int
    bits: int


def read(path: Path) -> PcmSound:
    """``NotFound`` without a file, ``BadInput`` for one that cannot be measured."""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_BYTES + 1)
    except OSError as problem:
        raise NotFound(
            "The recording is not there.", remedy="It may have been removed, or was never begun."
        ) from problem
    return sound(raw)


def sound(raw: bytes) -> PcmSound:
    if not raw:
        raise BadInput(
            "The recording is an empty file.", field="recording", remedy="Nothing of the call was ever written."
        )
    if len(raw) > LONGEST_BYTES:
        raise BadInput("The recording is too long to be measured.", field="recording", remedy="Cut it into parts.")
    form, data = _parts(raw)
    width = form.channels * form.bits // 8
    whole = np.frombuffer(data, np.uint8, len(data) // width * width)
    if form.tag == PCM:
        samples = whole.view("<i2").astype(np.int16, copy=False)
    else:
        samples = np.frombuffer(g711.decode(whole.tobytes(), LAWS[form.tag]), np.int16)
    return PcmSound(samples.reshape(-1, form.channels), form.rate)


def _parts(raw: bytes) -> tuple[_WavForm, memoryview]:
    """Chunks are walked, whatever order they come in."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        raise _unreadable()
    at, form = 12, None
    while at + 8 <= len(raw):
        name, size = struct.unpack_from("<4sI", raw, at)
        if name == b"fmt ":
            form = _form(raw[at + 8 : at + 8 + size])
        elif name == b"data":
            if form is None:
                raise _unreadable()
            _check_length(form, size, len(raw) - at - 8, raw[at + 8 + size + size % 2 :][:4])
            return form, memoryview(raw)[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise _unreadable()


def _form(chunk: bytes) -> _WavForm:
    if len(chunk) < 16:
        raise _unreadable()
    tag, channels, rate, _bytes, _block, bits = struct.unpack_from("<HHIIHH", chunk)
    if (tag, bits) not in ((PCM, 16), (ALAW, 8), (MULAW, 8)) or not channels or not rate:
        raise _unreadable()
    return _WavForm(tag, channels, rate, bits)


def _check_length(form: _WavForm, said: int, there: int, behind: bytes) -> None:
    """``behind``: what follows the sound, which may be another chunk."""
    a_second = form.channels * form.bits // 8 * form.rate
    if said > there or (said < there - 1 and not (behind.isascii() and behind.decode("ascii").strip().isalnum())):
        raise BadInput(
            "The header of the recording tells of {said} s of sound, the file holds {there} s.",
            field="recording",
            remedy="The file was cut off or changed; put it back from a backup.",
            said=f"{said / a_second:.1f}",
            there=f"{there / a_second:.1f}",
        )


def _unreadable() -> BadInput:
    return BadInput(
        "The recording is no WAV of G.711 or 16-bit sound.",
        field="recording",
        remedy="Put the file back from a backup, or convert it.",
    )
