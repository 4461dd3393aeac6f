"""Tones made and measured, for the media engine's tests."""

from __future__ import annotations

import numpy as np

from core.telephony.media import g711

# A sine at the full scale of A-law is 3.14 dBm0 (ITU-T G.711, table 5).
FULL_SCALE = 32256
FULL_SCALE_DBM0 = 3.14


def amplitude(dbm0: float) -> float:
    return FULL_SCALE * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20)


def sine(hz: float, seconds: float = 1.0, dbm0: float = -10.0) -> np.ndarray:
    n = np.arange(round(8000 * seconds))
    return np.rint(amplitude(dbm0) * np.sin(2 * np.pi * hz * n / 8000)).astype(np.int16)


def level_dbm0(samples: np.ndarray, hz: float) -> float:
    """Goertzel's sum at one frequency; whole periods are exact."""
    n = np.arange(len(samples))
    found = abs(np.sum(samples * np.exp(-2j * np.pi * hz * n / 8000))) * 2 / len(samples)
    return float(20 * np.log10(max(found, 1e-3) / FULL_SCALE) + FULL_SCALE_DBM0)


def frames(samples: np.ndarray, law: int) -> list[bytes]:
    """Encoded, 20 ms each; a rest is left out."""
    codes = g711.encode(samples, law)
    return [codes[at : at + 160] for at in range(0, len(codes) - 159, 160)]
