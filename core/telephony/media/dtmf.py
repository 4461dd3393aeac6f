"""Keys in the audio: the eight DTMF tones by Goertzel's filter on 20 ms frames (ITU-T Q.24). No I/O.

A key counts when two frames in a row show the same pair, both tones strong, little else, and the pair within the
twist that Q.24 allows; it counts once until the tone has stopped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROWS_HZ = (697, 770, 852, 941)
COLUMNS_HZ = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
EVENTS = "0123456789*#ABCD"
FRAME = 160
# Share of the frame's energy that the pair must hold; speech rarely reaches half of this.
PURITY = 0.75
LEAST_ENERGY = 1.0e8
TWIST = 6.3  # 8 dB

_angle = 2j * np.pi * np.outer(np.arange(FRAME), (*ROWS_HZ, *COLUMNS_HZ)) / 8000
_KERNEL = np.exp(-_angle) * np.hamming(FRAME)[:, None]
_WINDOW_GAIN = float(np.sum(np.hamming(FRAME) ** 2))


class KeyEar:
    """One leg's listener."""

    def __init__(self) -> None:
        self._before = ""
        self._told = ""

    def hear(self, frame: NDArray[np.int16]) -> str:
        """A key that has just become certain, or an empty string."""
        key = pair_in(frame)
        fresh = key if key and key == self._before and key != self._told else ""
        if key and key == self._before:
            self._told = key
        elif not key and not self._before:
            self._told = ""
        self._before = key
        return fresh


def pair_in(frame: NDArray[np.int16]) -> str:
    """The key whose two tones make up this frame, or an empty string."""
    samples = frame.astype(np.float64)
    windowed = samples * np.hamming(FRAME)
    energy = float(windowed @ windowed)
    if energy < LEAST_ENERGY:
        return ""
    power = np.abs(samples @ _KERNEL) ** 2
    low, high = int(np.argmax(power[:4])), int(np.argmax(power[4:]))
    strong, other = float(power[low]), float(power[4 + high])
    # Parseval: a pure pair puts half its energy times the window's gain into the two bins.
    purity = (strong + other) / (energy * float(np.sum(np.hamming(FRAME))) ** 2 / _WINDOW_GAIN / 2)
    if purity < PURITY or max(strong, other) > TWIST * min(strong, other):
        return ""
    return KEYS[low][high]
