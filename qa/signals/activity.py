"""When somebody speaks on a channel: a voice detector, a gate by level, and smoothing. Pure.

The detector is WebRTC's. By itself it takes steady noise for speech for seconds after it began and goes on for a while
after the last word; the gate, from the channel's own floor and its own speech, cuts both. It looks at the telephone
band alone, since the rumble below it is loud and uneven and no voice: with it every mix at 10 dB has an F1 of 0.97 and
more, with plain levels pink noise brings it down to 0.7 (tests/qa/signals).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

Channel: TypeAlias = NDArray[np.int16]
Frames: TypeAlias = NDArray[np.bool_]
Levels: TypeAlias = NDArray[np.float32]

FRAME_S = 0.02
RATES = (8000, 16_000, 32_000, 48_000)
MODE = 2
# Levels in dBFS of a frame: nothing at all, too quiet for a detector, too quiet for words.
NOTHING_DB, UNHEARD_DB, QUIET_DB = -120.0, -65.0, -60.0
# Speech lies at least so far over the floor of its channel, and not further under its own loud frames.
OVER_FLOOR_DB, UNDER_LOUD_DB = 5.0, 30.0
# Hertz; each bin of a frame's spectrum is 1 / FRAME_S wide.
BAND = (200, 3400)
# In frames: a shorter pause is within a turn, a shorter burst is a click.
PAUSE, BURST = 16, 4
# Frames whose spectrum is worked out at once: twenty seconds, so that an hour needs no more memory.
BLOCK = 1000
FULL_SCALE = 32768.0


def frame_length(rate: int) -> int:
    """Samples; ``BadInput`` for a rate that the detector does not know."""
    if rate not in RATES:
        raise BadInput(
            "Sound of {rate} samples a second cannot be measured.",
            field="rate",
            remedy="Use one of: {known}.",
            rate=rate,
            known=", ".join(map(str, RATES)),
        )
    return round(rate * FRAME_S)


def levels(channel: Channel, rate: int) -> Levels:
    """dBFS of each whole frame; a full sine is -3."""
    n = frame_length(rate)
    frames = channel[: len(channel) // n * n].reshape(-1, n).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames) / (n * FULL_SCALE**2)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (NOTHING_DB / 10))), np.float32)


def band_levels(channel: Channel, rate: int) -> Levels:
    """dBFS within the telephone band, each frame with its two neighbours."""
    n = frame_length(rate)
    frames = channel[: len(channel) // n * n].reshape(-1, n)
    low, high = (round(hertz * FRAME_S) for hertz in BAND)
    power = np.empty(len(frames), np.float32)
    for at in range(0, len(frames), BLOCK):
        bins = np.fft.rfft(frames[at : at + BLOCK].astype(np.float32), axis=1)[:, low : high + 1]
        power[at : at + BLOCK] = (bins.real**2 + bins.imag**2).sum(axis=1)
    around = np.pad(power, 1, "edge")
    mean = (around[:-2] + around[1:-1] + around[2:]) * (2 / 3 / (n * FULL_SCALE) ** 2)
    return np.asarray(10 * np.log10(np.maximum(mean, 10 ** (NOTHING_DB / 10))), np.float32)


def gate(band: Levels) -> float:
    """Below this level no frame of the channel is speech."""
    least = max(float(np.percentile(band, 10)) + OVER_FLOOR_DB, QUIET_DB)
    over = band[band > least]
    return max(least, float(np.percentile(over, 95)) - UNDER_LOUD_DB) if len(over) else least


def voiced(channel: Channel, rate: int, level: Levels, band: Levels) -> Frames:
    """What the detector takes for speech and the gate lets through, frame by frame, not smoothed. ``level`` and
    ``band`` are the channel's."""
    # Loaded with the first recording, not with the process.
    import webrtcvad

    n = frame_length(rate)
    detect = webrtcvad.Vad(MODE).is_speech
    sound = memoryview(np.ascontiguousarray(channel, "<i2").tobytes())
    found = np.zeros(len(level), np.bool_)
    for at in np.flatnonzero(level > UNHEARD_DB).tolist():
        found[at] = detect(sound[2 * n * at : 2 * n * (at + 1)], rate, n)
    return found & (band > gate(band))


def smooth(frames: Frames) -> Frames:
    """Bursts taken out, pauses within a turn filled in; pauses first: a soft word is often a chain of bursts."""
    out = np.zeros(len(frames), np.bool_)
    for begin, end in joined(frames, PAUSE):
        out[begin:end] = end - begin >= BURST
    return out


def joined(frames: Frames, pause: int) -> list[tuple[int, int]]:
    """Stretches, those with no more than ``pause`` frames between them as one."""
    begins, ends = edges(frames)
    if not len(begins):
        return []
    apart = begins[1:] - ends[:-1] > pause
    return list(zip(begins[np.r_[True, apart]].tolist(), ends[np.r_[apart, True]].tolist(), strict=True))


def edges(frames: Frames) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where stretches begin, and where they have ended."""
    changes = np.flatnonzero(np.diff(np.concatenate(([0], frames.astype(np.int8), [0]))))
    return changes[::2], changes[1::2]
