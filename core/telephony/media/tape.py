"""A recording in progress: who is on which channel, and what the writer does not have yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.telephony.media import g711
from core.telephony.media.recorder import RecordingChunk


@dataclass(slots=True)
class Tape:
    """A-law frames of each channel. ``phase``: at which ticks it goes to the writer."""

    call: str
    path: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    phase: int = 0
    left_frames: list[bytes] = field(default_factory=list)
    right_frames: list[bytes] = field(default_factory=list)

    def cut(self) -> list[RecordingChunk]:
        """Everything since the last cut: left, right, left, right …"""
        if not self.left_frames:
            return []
        both = bytearray(2 * g711.FRAME * len(self.left_frames))
        both[::2] = b"".join(self.left_frames)
        both[1::2] = b"".join(self.right_frames)
        self.left_frames.clear()
        self.right_frames.clear()
        return [RecordingChunk(self.call, self.path, bytes(both))]

    def end(self) -> RecordingChunk:
        """What closes the file."""
        return RecordingChunk(self.call, self.path, None)
