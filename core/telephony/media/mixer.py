"""The 20 ms tick: hear every leg, mix, say to every leg, record. Knows streams and tapes, no control socket.

Nearly always a leg hears one other: its octets go through untouched, or by one table to the other law. Only a leg that
hears several, or a prompt over a voice, costs arithmetic.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import dtmf, g711
from core.telephony.media.recorder import Recorder, RecordingChunk
from core.telephony.media.stream import Stream
from core.telephony.media.tape import Tape

# Each recording every 0.4 s, but not all in one tick; the writer is woken ten times a second. With its own time that is
# less than the second that a killed process may cost.
FLUSH_TICKS = 20
WRITE_TICKS = 5
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
        self._for_writer: list[RecordingChunk] = []
        self._phases = cycle(range(0, FLUSH_TICKS, WRITE_TICKS))
        self._linear: dict[str, NDArray[np.int16]] = {}
        self._by_fd: dict[int, Stream] = {}
        self._poll = select.epoll()

    def add(self, stream: Stream) -> None:
        self.streams[stream.leg] = stream
        self._by_fd[stream.sock.fileno()] = stream
        self._poll.register(stream.sock.fileno(), select.EPOLLIN)

    def remove(self, leg: str) -> None:
        stream = self.streams.pop(leg, None)
        if stream is not None:
            del self._by_fd[stream.sock.fileno()]
            # This takes it out of epoll's list too.
            stream.sock.close()

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
            if stream.by_ear:
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
        if self.ticks % WRITE_TICKS == 0:
            # All at once, and last: the writer wakes while this thread goes to sleep.
            self._hand_over()

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
        quiet_s = now - stream.last_heard
        silences = int(quiet_s / SILENT_EVERY_S)
        if silences > stream.silences_told:
            self.tell({"event": "silent", "leg": stream.leg, "seconds": round(quiet_s, 1)})
        elif silences < stream.silences_told:
            self.tell({"event": "heard", "leg": stream.leg})
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

    def record(self, call: str, path: str, left: tuple[str, ...], right: tuple[str, ...]) -> None:
        """Begins a recording, or says who is on its channels from now on."""
        if tape := self.tapes.get(call):
            tape.left, tape.right = left, right
        else:
            self.tapes[call] = Tape(call, path, left, right, next(self._phases))

    def missed(self, ticks: int) -> None:
        """So many were not heard: recordings keep their length, in silence."""
        for tape in self.tapes.values():
            for side in (tape.left_frames, tape.right_frames):
                side.extend([g711.SILENCE[g711.PCMA]] * ticks)

    def stop_record(self, call: str) -> None:
        if tape := self.tapes.pop(call, None):
            self._for_writer += [*tape.cut(), tape.end()]

    def stop(self) -> None:
        """Hands over what is not with the writer yet."""
        for tape in self.tapes.values():
            self._for_writer += tape.cut()
        self._hand_over()

    def _record(self) -> None:
        for tape in self.tapes.values():
            tape.left_frames.append(self._side(tape.left))
            tape.right_frames.append(self._side(tape.right))
            if (self.ticks + tape.phase) % FLUSH_TICKS == 0:
                self._for_writer += tape.cut()

    def _hand_over(self) -> None:
        if self._for_writer:
            self.recorder.write(self._for_writer)
            self._for_writer = []

    def _side(self, legs: tuple[str, ...]) -> bytes:
        if len(legs) == 1 and (stream := self.streams.get(legs[0])) is not None:
            return g711.translate(stream.frame, stream.payload_type, g711.PCMA)
        speaking = self._sum(legs) if len(legs) > 1 else None
        return g711.SILENCE[g711.PCMA] if speaking is None else g711.encode(speaking, g711.PCMA)


def _clipped(total: NDArray[np.int32]) -> NDArray[np.int16]:
    return np.clip(total, -32768, 32767).astype(np.int16)
