"""The 20 ms tick: hear every leg, mix, say to every leg, record. Knows streams and arrays, no control socket."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import g711
from core.telephony.media.recorder import Recorder
from core.telephony.media.stream import Stream

FLUSH_TICKS = 25
SILENT_AFTER_S = 10.0


@dataclass(slots=True)
class Tape:
    """A recording in progress: legs of each channel, and what is not yet with the writer."""

    call: str
    path: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    phase: int
    pending: list[NDArray[np.uint8]] = field(default_factory=list)


class Mixer:
    """``tell`` receives events as dicts for the control socket."""

    def __init__(self, recorder: Recorder, tell: Callable[[dict[str, Any]], None]) -> None:
        self.recorder = recorder
        self.tell = tell
        self.streams: dict[str, Stream] = {}
        self.tapes: dict[str, Tape] = {}
        self.ticks = 0
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
        now = time.monotonic()
        self._receive(now)
        if self.streams:
            self._mix(now)

    def _receive(self, now: float) -> None:
        # Twice: a phone that sends 10 ms packets, or two packets after a hiccup, must not fall behind.
        for _ in range(2):
            ready = self._poll.poll(0, 1024)
            for fd, _mask in ready:
                stream = self._by_fd[fd]
                try:
                    data, source = stream.sock.recvfrom(2048)
                except OSError:
                    continue
                if key := stream.take(data, source, now):
                    self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "rfc4733"})
            if not ready:
                break

    def _mix(self, now: float) -> None:
        streams = list(self.streams.values())
        count = len(streams)
        place = {stream.leg: n for n, stream in enumerate(streams)}
        frames = [stream.next_frame() or g711.SILENCE[stream.payload_type] for stream in streams]
        laws = np.fromiter((g711.row(stream.payload_type) for stream in streams), np.int32, count)[:, None]
        codes = np.frombuffer(b"".join(frames), np.uint8).reshape(count, g711.FRAME)
        # One row more than legs: the last is silence, for legs that hear nobody.
        linear = np.zeros((count + 1, g711.FRAME), np.int16)
        linear[:count] = g711.DECODE[codes + laws * 256]
        single = [place.get(s.hears[0], count) if len(s.hears) == 1 else count for s in streams]
        out = linear[single]
        for n, stream in enumerate(streams):
            if len(stream.hears) > 1:
                rows = [place[leg] for leg in stream.hears if leg in place]
                out[n] = np.clip(linear[rows].sum(axis=0, dtype=np.int32), -32768, 32767)
            if stream.prompt is not None:
                self._prompt(stream, out, n)
            if stream.dtmf_payload_type is None and stream.sends and (key := stream.ear.hear(linear[n])):
                self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "inband"})
            self._watch(stream, now)
        said = g711.ENCODE[out.view(np.uint16) + laws * 65536]
        for stream, row in zip(streams, said, strict=True):
            stream.send(row)
        if self.tapes:
            self._record(g711.TO_ALAW[linear.view(np.uint16)], linear, place)

    def _prompt(self, stream: Stream, out: NDArray[np.int16], n: int) -> None:
        assert stream.prompt is not None
        piece = stream.prompt[stream.prompt_at : stream.prompt_at + g711.FRAME]
        frame = np.zeros(g711.FRAME, np.int16)
        frame[: len(piece)] = piece
        out[n] = np.clip(out[n].astype(np.int32) + frame, -32768, 32767) if stream.prompt_mix else frame
        stream.prompt_at += g711.FRAME
        if stream.prompt_at >= len(stream.prompt):
            stream.prompt_at = 0
            if not stream.prompt_loop:
                stream.prompt = None
                self.tell({"event": "played", "leg": stream.leg, "token": stream.prompt_token})

    def _watch(self, stream: Stream, now: float) -> None:
        if not stream.sends:
            stream.last_heard = now
        quiet = now - stream.last_heard
        if quiet >= stream.silence_told + SILENT_AFTER_S:
            stream.silence_told = quiet
            self.tell({"event": "silent", "leg": stream.leg, "seconds": round(quiet, 1)})

    def _record(self, codes: NDArray[np.uint8], linear: NDArray[np.int16], place: dict[str, int]) -> None:
        silence = len(place)
        for tape in self.tapes.values():
            frame = np.empty((g711.FRAME, 2), np.uint8)
            for channel, legs in enumerate((tape.left, tape.right)):
                rows = [place[leg] for leg in legs if leg in place]
                if len(rows) > 1:
                    mixed = np.clip(linear[rows].sum(axis=0, dtype=np.int32), -32768, 32767).astype(np.int16)
                    frame[:, channel] = g711.TO_ALAW[mixed.view(np.uint16)]
                else:
                    frame[:, channel] = codes[rows[0] if rows else silence]
            tape.pending.append(frame)
            # Spread over the half second, or every recording would be flushed in the same tick.
            if (self.ticks + tape.phase) % FLUSH_TICKS == 0:
                self.flush(tape)

    def flush(self, tape: Tape) -> None:
        if tape.pending:
            self.recorder.write(tape.call, tape.path, np.concatenate(tape.pending).tobytes())
            tape.pending.clear()
