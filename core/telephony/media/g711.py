"""G.711 by look-up tables, both laws, both ways, made once from the ITU-T definition. No I/O."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PCMU, PCMA = 0, 8
FRAME = 160
SILENCE = {PCMU: b"\xff" * FRAME, PCMA: b"\xd5" * FRAME}


def _alaw_to_linear() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _mulaw_to_linear() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _linear_to_alaw() -> NDArray[np.uint8]:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.where(sample >= 0, sample, -sample - 1) >> 3
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    code = segment << 4 | (magnitude >> np.maximum(segment, 1)) & 0x0F
    return np.asarray(code ^ np.where(sample >= 0, 0xD5, 0x55), np.uint8)


def _linear_to_mulaw() -> NDArray[np.uint8]:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    code = np.where(sample < 0, 0x80, 0) | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F
    return np.asarray(~code & 0xFF, np.uint8)


TO_ALAW = _linear_to_alaw()
# Row 0 is PCMU, row 1 PCMA.
DECODE = np.concatenate([_mulaw_to_linear(), _alaw_to_linear()])
_TO_LINEAR = {PCMU: DECODE[:256], PCMA: DECODE[256:]}
_TO_CODES = {PCMU: _linear_to_mulaw(), PCMA: TO_ALAW}


def decode(codes: bytes, law: int) -> NDArray[np.int16]:
    """Samples of 16 bits."""
    return _TO_LINEAR[law].take(np.frombuffer(codes, np.uint8))


def encode(samples: NDArray[np.int16], law: int) -> bytes:
    """One octet a sample."""
    return _TO_CODES[law].take(samples.view(np.uint16)).tobytes()


_EVERY_CODE = bytes(range(256))
_TO_THE_OTHER = {law: encode(decode(_EVERY_CODE, law), PCMU + PCMA - law) for law in (PCMU, PCMA)}


def translate(codes: bytes, law: int, to: int) -> bytes:
    """From one law to the other, octet by octet; unchanged when they are the same."""
    return codes if law == to else codes.translate(_TO_THE_OTHER[law])
