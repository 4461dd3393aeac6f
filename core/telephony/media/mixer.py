"""The 20 ms tick: hear every leg, mix, say to every leg, record. Knows streams and tapes, no control socket.

Nearly always a leg hears one other: its octets go through untouched, or by one table to the other law. Only a leg that
hears several, or a prompt over a voice, costs arithmetic.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import dtmf, g711
from core.telephony.media.recorder import Recorder
from core.telephony.media.stream import Stream
from core.telephony.media.tape import Tape

FLUSH_TICKS = 25
WATCH_TICKS = 25
SILENT_EVERY_S = 10.0
# A phone that sends 10 ms packets, or many at once after a hiccup, must not fall behind.
READS = 4


class Mixer:
    """``tell`` receives events as dicts for the control socket."""

    def __init__(
        self, recorder: Recorder, tell: Callable[[dict[str, Any]], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.recorder = recorder
        self.tell = tell
        self.clock = clock
        self.streams: dict[str, Stream] = {}
        self.tapes: dict[str, Tape] = {}
        self.ticks = 0
        self._linear: dict[str, NDArray[np.int16]] = {}
        self._by_fd: dict[int, Stream] = {}
        self._poll = select.epoll()

    def add(self, stream: Stream) -> None:
        self.streams[stream.leg] = stream
        self._by_fd[stream.sock.fileno()] = stream
        self._poll.register(stream.sock.fileno(), select.EPOLLIN)

    def remove(self, leg: str) -> Stream | None:
        stream = self.streams.pop(leg, None)
        if stream is not None:
            self._by_fd.pop(stream.sock.fileno(), None)
            self._poll.unregister(stream.sock.fileno())
        return stream

    def tick(self) -> None:
        """One frame for everyone."""
        self.ticks += 1
        now = self.clock()
        self._linear.clear()
        if self._by_fd:
            self._receive(now)
        listening = []
        for stream in self.streams.values():
            stream.next_frame()
            if stream.dtmf_payload_type is None and stream.sends:
                listening.append(stream)
        if listening:
            self._listen(listening)
        for stream in self.streams.values():
            stream.send(self._prompted(stream) if stream.prompt is not None else self._heard(stream))
        if self.tapes:
            self._record()
        if self.ticks % WATCH_TICKS == 0:
            for stream in self.streams.values():
                self._watch(stream, now)

    # --- in ---------------------------------------------------------------------------------------------------

    def _receive(self, now: float) -> None:
        for _ in range(READS):
            ready = self._poll.poll(0, len(self._by_fd))
            if not ready:
                return
            for fd, _mask in ready:
                stream = self._by_fd[fd]
                try:
                    key = stream.receive(now)
                except OSError:
                    # The peer's port is closed; somebody else will notice that the call is over.
                    continue
                if key:
                    self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "rfc4733"})

    def _listen(self, streams: Sequence[Stream]) -> None:
        found = dtmf.listen([stream.ear for stream in streams], np.stack([self._samples(s) for s in streams]))
        for stream, key in zip(streams, found, strict=True):
            if key:
                self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "inband"})

    def _watch(self, stream: Stream, now: float) -> None:
        stream.settle(now)
        if not stream.sends:
            stream.last_heard = now
        quiet_s = now - stream.last_heard
        silences = int(quiet_s / SILENT_EVERY_S)
        if silences > stream.silences_told:
            self.tell({"event": "silent", "leg": stream.leg, "seconds": round(quiet_s, 1)})
        stream.silences_told = silences

    # --- out --------------------------------------------------------------------------------------------------

    def _heard(self, stream: Stream) -> bytes:
        """What the leg hears of others, in its law."""
        if len(stream.hears) == 1:
            source = self.streams.get(stream.hears[0])
            if source is None:
                return stream.silence
            return g711.translate(source.frame, source.payload_type, stream.payload_type)
        if not stream.hears:
            return stream.silence
        return g711.encode(self._sum(stream.hears), stream.payload_type)

    def _prompted(self, stream: Stream) -> bytes:
        prompt = stream.prompt
        assert prompt is not None
        if prompt.mix:
            both = self._sum(stream.hears).astype(np.int32) + prompt.samples()
            codes = g711.encode(_clipped(both), stream.payload_type)
        else:
            codes = prompt.codes(stream.payload_type)
        if not prompt.goes_on():
            stream.prompt = None
            self.tell({"event": "played", "leg": stream.leg, "token": prompt.token})
        return codes

    def _sum(self, legs: Sequence[str]) -> NDArray[np.int16]:
        """Several legs at once; the silent ones are left out, for their noise would add up."""
        speaking = [s for leg in legs if (s := self.streams.get(leg)) is not None and s.frame != s.silence]
        if len(speaking) == 1:
            return self._samples(speaking[0])
        total = np.zeros(g711.FRAME, np.int32)
        for stream in speaking:
            total += self._samples(stream)
        return _clipped(total)

    def _samples(self, stream: Stream) -> NDArray[np.int16]:
        if stream.leg not in self._linear:
            self._linear[stream.leg] = g711.decode(stream.frame, stream.payload_type)
        return self._linear[stream.leg]

    # --- kept -------------------------------------------------------------------------------------------------

    def _record(self) -> None:
        for tape in self.tapes.values():
            tape.left_frames.append(self._side(tape.left))
            tape.right_frames.append(self._side(tape.right))
            # Spread over the half second, or every recording would be flushed in the same tick.
            if (self.ticks + tape.phase) % FLUSH_TICKS == 0:
                self.flush(tape)

    def _side(self, legs: tuple[str, ...]) -> bytes:
        if len(legs) == 1 and (stream := self.streams.get(legs[0])) is not None:
            return g711.translate(stream.frame, stream.payload_type, g711.PCMA)
        speaking = self._sum(legs) if len(legs) > 1 else None
        return g711.SILENCE[g711.PCMA] if speaking is None else g711.encode(speaking, g711.PCMA)

    def flush(self, tape: Tape) -> None:
        if tape.left_frames:
            self.recorder.write(tape.call, tape.path, tape.cut())


def _clipped(total: NDArray[np.int32]) -> NDArray[np.int16]:
    return np.clip(total, -32768, 32767).astype(np.int16)
