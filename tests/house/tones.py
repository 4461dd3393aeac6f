"""Is this tone in that sound: Goertzel's filter on what a phone heard or a recording holds. Pure."""

from __future__ import annotations

import numpy as np

from core.telephony.media import g711

RATE = 8000


def alaw(data: bytes) -> np.ndarray:
    """G.711 A-law bytes as samples."""
    return g711.DECODE[np.frombuffer(data, np.uint8).astype(int) + 256].astype(float)


def mulaw(data: bytes) -> np.ndarray:
    return g711.DECODE[np.frombuffer(data, np.uint8).astype(int)].astype(float)


def level_db(samples: np.ndarray, hertz: float) -> float:
    """The tone's power against a full-scale one, in dB (Goertzel 1958, at the exact frequency)."""
    if len(samples) == 0:
        return -120.0
    at = np.arange(len(samples))
    share = np.abs(np.sum(samples * np.hanning(len(samples)) * np.exp(-2j * np.pi * hertz * at / RATE)))
    return float(20 * np.log10(max(share * 4 / len(samples) / 32768, 1e-6)))


def tones_in(samples: np.ndarray, *hertz: float, least_db: float = -35.0) -> set[float]:
    """Which of the tones can be heard; those that cannot are at least 20 dB weaker, or it is no clear case and fails."""
    levels = {one: level_db(samples, one) for one in hertz}
    heard = {one for one, level in levels.items() if level > least_db}
    assert not [level for level in levels.values() if least_db - 20 < level <= least_db], levels
    return heard
