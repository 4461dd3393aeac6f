"""The other side's voice in a channel: echo of a line, or a headset that hears its neighbour. Pure."""

from __future__ import annotations

import numpy as np

from qa.signals.activity import FRAME_S, Frames, Levels, joined

# How late an echo comes back.
LATE = round(0.24 / FRAME_S)
# Who also speaks alone is known by that level: so far under it, and under the other side, it is not that voice.
UNDER_OWN_DB, UNDER_OTHER_DB = 8.0, 6.0
# Who is never heard alone is a leak when so far under the other side.
ONLY_UNDER_OTHER_DB = 12.0
ENOUGH_ALONE = round(0.5 / FRAME_S)
# A word is judged whole, since real words have weak frames at both ends: it is a leak when so many of its frames are.
# One that runs on from a real word is a leak when it is weak for so long.
WITHIN_WORD, MOSTLY = round(0.1 / FRAME_S), 0.8
WITHIN_WEAK, LONG_WEAK = round(0.1 / FRAME_S), round(0.3 / FRAME_S)


def leaked(own: Frames, own_level: Levels, other: Frames, other_level: Levels) -> Frames:
    """Those of ``own``'s voiced frames that are the other side's voice."""
    around = np.where(other, other_level, np.float32(-120.0))
    lately = around.copy()
    for back in range(1, LATE + 1):
        np.maximum(lately[back:], around[:-back], out=lately[back:])
    beside = lately > -120.0
    alone = own & ~beside
    if alone.sum() >= ENOUGH_ALONE:
        typical = float(np.median(own_level[alone]))
        weak = (own_level < typical - UNDER_OWN_DB) & (own_level < lately - UNDER_OTHER_DB)
    else:
        weak = own_level < lately - ONLY_UNDER_OTHER_DB
    weak &= own & beside
    found = np.zeros(len(own), np.bool_)
    for begin, end in joined(own, WITHIN_WORD):
        found[begin:end] = weak[begin:end].sum() >= MOSTLY * own[begin:end].sum()
    for begin, end in joined(weak, WITHIN_WEAK):
        found[begin:end] |= end - begin >= LONG_WEAK
    return found & own
