"""Who is in which row of the tick's arrays: worked out when something changes, not fifty times a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import g711
from core.telephony.media.stream import Stream


class Layout:
    """``single[n]`` is the row that leg n hears (the last row is silence); ``mixed`` lists legs that hear several."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.streams = tuple(streams)
        self.count = len(self.streams)
        self.place = {stream.leg: n for n, stream in enumerate(self.streams)}
        self.laws: NDArray[np.int32] = np.array([g711.row(s.payload_type) for s in self.streams], np.int32)[:, None]
        self.decode_at = self.laws * 256
        self.encode_at = self.laws * 65536
        self.silence = [g711.SILENCE[stream.payload_type] for stream in self.streams]
        self.single = np.array([self._single(stream) for stream in self.streams], np.int32)
        self.mixed = [(n, self.rows(s.hears)) for n, s in enumerate(self.streams) if len(s.hears) > 1]
        self.listening = [(n, s) for n, s in enumerate(self.streams) if s.dtmf_payload_type is None and s.sends]

    def rows(self, legs: Sequence[str]) -> list[int]:
        return [self.place[leg] for leg in legs if leg in self.place]

    def _single(self, stream: Stream) -> int:
        return self.place.get(stream.hears[0], self.count) if len(stream.hears) == 1 else self.count
