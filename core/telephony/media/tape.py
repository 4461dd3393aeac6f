"""A recording in progress: who is on which channel, and what the writer does not have yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.telephony.media import g711


@dataclass(slots=True)
class Tape:
    """A-law frames of each channel. ``phase`` spreads the flushes of many recordings over the ticks."""

    call: str
    path: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    phase: int = 0
    left_frames: list[bytes] = field(default_factory=list)
    right_frames: list[bytes] = field(default_factory=list)

    def cut(self) -> bytes:
        """Everything since the last cut: left, right, left, right …"""
        both = bytearray(2 * g711.FRAME * len(self.left_frames))
        both[::2] = b"".join(self.left_frames)
        both[1::2] = b"".join(self.right_frames)
        self.left_frames.clear()
        self.right_frames.clear()
        return bytes(both)
