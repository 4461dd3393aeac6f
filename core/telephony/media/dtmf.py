"""Keys in the audio: the eight DTMF tones in windows of 20 ms, one every 10 ms (ITU-T Q.24). No I/O.

A window shows a key when one tone of each group holds nearly all its energy, within the twist that Q.24 allows. Three
windows in a row begin a key and three without it end it: 40 ms are always enough for a key, 25 ms never.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import g711

ROWS_HZ = (697, 770, 852, 941)
COLUMNS_HZ = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
FRAME = 160
HOP = 80
IN_A_ROW = 3
# Share of the window's energy that the pair must hold; speech rarely reaches half of this.
PURITY = 0.75
# Two tones of -30 dBm0 each; Q.24 asks for -25 at most.
LEAST_ENERGY = 3.0e7
TWIST = 7.9  # 9 dB; Q.24 asks for 8 at most

_WINDOW = np.hamming(FRAME).astype(np.float32)
_KERNEL = (np.exp(-2j * np.pi * np.outer(np.arange(FRAME), (*ROWS_HZ, *COLUMNS_HZ)) / 8000) * _WINDOW[:, None]).astype(
    np.complex64
)
# Parseval: a pure pair puts half its energy times this into its two bins.
_GAIN = float(np.sum(_WINDOW)) ** 2 / float(np.sum(_WINDOW**2)) / 2


class KeyEar:
    """One leg's listener: counts a key once until its tone has stopped."""

    __slots__ = ("_held", "_last", "_times", "tail")

    def __init__(self) -> None:
        self.tail: NDArray[np.int16] = np.zeros(HOP, np.int16)
        self._last = self._held = ""
        self._times = 0

    def notice(self, shown: str) -> str:
        """What the next window shows; the key when that makes it certain."""
        self._times = self._times + 1 if shown == self._last else 1
        self._last = shown
        if self._times < IN_A_ROW or shown == self._held:
            return ""
        self._held = shown
        return shown


def listen(ears: Sequence[KeyEar], frames: NDArray[np.int16]) -> list[str]:
    """The next frame of each ear's leg, one a row; for each the key that has just become certain, or nothing."""
    sound = np.concatenate([np.stack([ear.tail for ear in ears]), frames], axis=1)
    shown = pairs_in(np.concatenate([sound[:, :FRAME], sound[:, HOP:]]))
    found = []
    for ear, tail, first, second in zip(ears, sound[:, FRAME:], shown, shown[len(ears) :], strict=False):
        ear.tail = tail
        found.append(ear.notice(first) + ear.notice(second))
    return found


def pairs_in(windows: NDArray[np.int16]) -> list[str]:
    """For each window of 20 ms the key whose two tones make it up, or an empty string."""
    samples = windows.astype(np.float32)
    energy = np.square(samples * _WINDOW).sum(axis=1)
    shown = [""] * len(windows)
    loud = np.flatnonzero(energy >= LEAST_ENERGY)
    if not len(loud):
        return shown
    power = np.square(np.abs(samples[loud] @ _KERNEL))
    low, high = power[:, :4].max(axis=1), power[:, 4:].max(axis=1)
    pure = low + high >= PURITY * _GAIN * energy[loud]
    level = np.maximum(low, high) <= TWIST * np.minimum(low, high)
    for n in np.flatnonzero(pure & level):
        shown[loud[n]] = KEYS[int(power[n, :4].argmax())][int(power[n, 4:].argmax())]
    return shown


def tones(key: str, frames: int, law: int) -> list[bytes]:
    """A key as sound, for a peer that takes no telephone events."""
    row = next(n for n, keys in enumerate(KEYS) if key in keys)
    n = np.arange(frames * FRAME)
    # -7 dBm0 each, the higher 2 dB louder, as phones send them (ITU-T Q.23).
    sound = 7000 * np.sin(2 * np.pi * ROWS_HZ[row] * n / 8000)
    sound += 8800 * np.sin(2 * np.pi * COLUMNS_HZ[KEYS[row].index(key)] * n / 8000)
    codes = g711.encode(sound.astype(np.int16), law)
    return [codes[at : at + FRAME] for at in range(0, len(codes), FRAME)]
