"""A call's recording so far as a picture with two sides, and how much of it both or nobody spoke. Pure.

The shares are measured on a tenth of a second and say how loud it was, not who was right to speak; they are advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

PIECE_S = 0.1
# Speech lies well above it, a line's noise below: 3 % of full scale is −30 dBFS.
SPEECH = 0.03
# Pauses between words are no silence.
SILENCE_S = 2.0
BARS = 240


def pieces(seconds: float, most: int = 100_000) -> int:
    """Into how many stretches the recording is cut."""
    return max(1, min(most, round(seconds / PIECE_S)))


def picture(seconds: float, left: Sequence[float], right: Sequence[float]) -> dict[str, Any]:
    """``left`` is the caller; shares of the whole, ``None`` before anything was recorded."""
    return {
        "seconds": round(seconds, 1),
        "left": _bars(left),
        "right": _bars(right),
        "both": _share(sum(min(a, b) >= SPEECH for a, b in zip(left, right, strict=True)), len(left)),
        "silence": _share(_silent(left, right), len(left)),
    }


def _bars(peaks: Sequence[float]) -> list[float]:
    if len(peaks) <= BARS:
        return list(peaks)
    edges = [round(n * len(peaks) / BARS) for n in range(BARS + 1)]
    return [max(peaks[a:b]) for a, b in pairwise(edges)]


def _silent(left: Sequence[float], right: Sequence[float]) -> int:
    """Pieces in stretches where neither speaks for longer than a pause."""
    total = run = 0
    for a, b in zip(left, right, strict=True):
        if max(a, b) < SPEECH:
            run += 1
            continue
        total += run if run * PIECE_S >= SILENCE_S else 0
        run = 0
    return total + (run if run * PIECE_S >= SILENCE_S else 0)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
