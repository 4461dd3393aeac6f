"""Sound as arrays: WAV files in any PCM form to the house's own (8,000 Hz, mono, 16 bit), and the built-in tones.

Pure arithmetic on samples between -1 and 1; knows no call and no cache.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

RATE = 8000
# Above this nothing may be left when the rate is halved (telephone band, ITU-T G.712).
PASSBAND = 0.92
ZERO_CROSSINGS = 16
CHUNK = 8192

Samples = NDArray[np.float32]


def resample(samples: Samples, rate: int, to: int = RATE) -> Samples:
    """Windowed-sinc polyphase filter: low-pass below the lower Nyquist frequency, then the new grid."""
    if rate == to or not len(samples):
        return samples.astype(np.float32)
    bank, up, down = _bank(rate, to)
    half = bank.shape[1] // 2
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(half + 1, np.float32)])
    count = math.ceil(len(samples) * up / down)
    out = np.empty(count, np.float32)
    taps = np.arange(bank.shape[1])
    for start in range(0, count, CHUNK):
        n = np.arange(start, min(start + CHUNK, count)) * down
        out[start : start + len(n)] = np.einsum("ij,ij->i", padded[(n // up)[:, None] + taps], bank[n % up])
    return out


@cache
def _bank(rate: int, to: int) -> tuple[Samples, int, int]:
    common = math.gcd(rate, to)
    up, down = to // common, rate // common
    cutoff = PASSBAND * min(1.0, to / rate)
    half = math.ceil(ZERO_CROSSINGS / cutoff)
    offsets = np.arange(-half, half + 1)[None, :] - (np.arange(up) / up)[:, None]
    window = np.where(np.abs(offsets) <= half, 0.5 + 0.5 * np.cos(np.pi * offsets / half), 0.0)
    bank = cutoff * np.sinc(cutoff * offsets) * window
    bank /= bank.sum(axis=1, keepdims=True)
    return bank.astype(np.float32), up, down


def read_wav(data: bytes) -> Samples:
    """A PCM WAV of any rate, width and channel count as 8,000 Hz mono; ``BadInput`` when it is something else."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as problem:
        raise BadInput(
            "This is not a PCM WAV file: {problem}.",
            remedy="Save the recording as PCM WAV, 16 bit.",
            problem=problem,
        ) from problem
    raw = raw[: len(raw) // (width * channels) * width * channels]
    mono = _to_float(raw, width).reshape(-1, channels).mean(axis=1)
    return resample(mono.astype(np.float32), rate)


def _to_float(raw: bytes, width: int) -> Samples:
    if width == 1:  # the one unsigned width
        return ((np.frombuffer(raw, np.uint8).astype(np.float64) - 128) / 128).astype(np.float32)
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        raw, width = wide.tobytes(), 4
    whole = np.frombuffer(raw, np.dtype(f"<i{width}")).astype(np.float64)
    return (whole / float(1 << (8 * width - 1))).astype(np.float32)


def write_wav(samples: Samples) -> bytes:
    """The house's form: 8,000 Hz, mono, 16 bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes())
    return out.getvalue()


# --- built-in tones ------------------------------------------------------------------------------------------


def tone(hz: float, seconds: float, level: float = 0.25) -> Samples:
    """A sine with 5 ms ramps, so that it does not click."""
    n = np.arange(round(seconds * RATE))
    sound = level * np.sin(2 * np.pi * hz * n / RATE)
    ramp = min(40, len(n) // 2)
    if ramp:
        sound[:ramp] *= np.linspace(0, 1, ramp)
        sound[-ramp:] *= np.linspace(1, 0, ramp)
    return sound.astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def _music() -> Samples:
    """Sixteen seconds of plucked notes of the pentatonic scale, quiet; ends where it begins."""
    melody = (0, 2, 4, 7, 9, 7, 4, 2, 0, 4, 7, 12, 9, 7, 4, 2, 0, -3, 0, 2, 4, 2, 0, -3, -5, -3, 0, 4, 2, 0, -3, 0)
    beat = RATE // 2
    out = np.zeros(len(melody) * beat, np.float32)
    n = np.arange(2 * beat)
    for at, step in enumerate(melody):
        hz = 392.0 * 2 ** (step / 12)
        note = np.exp(-n / 3200) * np.minimum(n / 60, 1)
        note = note * (np.sin(2 * np.pi * hz * n / RATE) + 0.3 * np.sin(4 * np.pi * hz * n / RATE))
        # The tail of the last note runs into the first, so that the loop has no seam.
        np.add.at(out, (at * beat + n) % len(out), (0.12 * note).astype(np.float32))
    return out


# GF 002-9002.3: 450 Hz; ringing 1 s on and 4 s off, busy 0.35 s on and off.
BUILT_IN: Mapping[str, Callable[[], Samples]] = {
    "music": _music,
    "ringback": lambda: np.concatenate([tone(450, 1.0), silence(4.0)]),
    "busy": lambda: np.concatenate([tone(450, 0.35), silence(0.35)]),
    "beep": lambda: tone(880, 0.4),
}
