"""One leg's jitter buffer: payloads of any length in, one frame of 20 ms out at every tick. No I/O.

Its level finds itself: it begins with two frames in hand, begins again so after it ran dry, and gives up a frame
whenever more than needed were in hand for half a second (a sender's fast clock, or a burst after a pause).
"""

from __future__ import annotations

from collections import deque

from core.telephony.media import g711

MOST_BUFFERED = 12
# Two frames in hand before the first is played: what a jittery sender needs, for 40 ms of delay.
PREFILL = 2
# Longer losses are heard as a pause: five frames of a voice that was not there are worse.
MOST_FILLED = 5


class Playout:
    """``None`` among the frames is one that was lost and may yet come."""

    __slots__ = ("_before", "_frames", "_least", "_playing", "_rest")

    def __init__(self) -> None:
        self._frames: deque[bytes | None] = deque()
        self._rest = b""
        self._before: bytes | None = None
        self._playing = False
        self._least = 0

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, payload: bytes, gap: int) -> None:
        """``gap`` as from ``Arrivals.gap``: packets lost just before this one, below zero when it is late itself."""
        if gap:
            if gap < 0:
                self._late(payload, gap)
                return
            self._rest = b""
            if gap <= MOST_FILLED:
                self._frames.extend([None] * (gap * len(payload) // g711.FRAME))
        if len(payload) == g711.FRAME and not self._rest:
            self._frames.append(payload)
        else:
            # Phones may send 10, 20, 30 or 40 ms a packet.
            payload = self._rest + payload
            whole = len(payload) - len(payload) % g711.FRAME
            self._frames.extend(payload[at : at + g711.FRAME] for at in range(0, whole, g711.FRAME))
            self._rest = payload[whole:]
        while len(self._frames) > MOST_BUFFERED:
            self._frames.popleft()

    def _late(self, payload: bytes, gap: int) -> None:
        if len(payload) == g711.FRAME and -gap <= len(self._frames) and self._frames[gap] is None:
            self._frames[gap] = payload

    def next(self) -> bytes | None:
        """The frame to be heard now; a lost one is the one before it again, once."""
        frames = self._frames
        if not frames or not (self._playing or len(frames) >= PREFILL):
            self._playing, self._before, self._least = False, None, 0
            return None
        self._playing = True
        frame = frames.popleft()
        self._least = min(self._least, len(frames))
        if frame is None:
            frame, self._before = self._before, None
        else:
            self._before = frame
        return frame

    def shorten(self) -> None:
        """To be called every half second."""
        if self._playing and self._least >= PREFILL:
            self._frames.popleft()
        self._least = len(self._frames)

    def change_law(self, law: int, to: int) -> None:
        """What is in hand was sent in another law than what will come."""
        self._frames = deque(frame and g711.translate(frame, law, to) for frame in self._frames)
        self._rest = g711.translate(self._rest, law, to)
        self._before = None
