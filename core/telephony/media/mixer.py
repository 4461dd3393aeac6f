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
from core.telephony.media.layout import Layout
from core.telephony.media.recorder import Recorder
from core.telephony.media.stream import Stream

FLUSH_TICKS = 25
WATCH_TICKS = 25
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
    layout: Layout | None = None
    rows: tuple[list[int], list[int]] = ([], [])


class Mixer:
    """``tell`` receives events as dicts for the control socket."""

    def __init__(self, recorder: Recorder, tell: Callable[[dict[str, Any]], None]) -> None:
        self.recorder = recorder
        self.tell = tell
        self.streams: dict[str, Stream] = {}
        self.tapes: dict[str, Tape] = {}
        self.ticks = 0
        self._layout: Layout | None = None
        self._by_fd: dict[int, Stream] = {}
        self._poll = select.epoll()

    def add(self, stream: Stream) -> None:
        self.streams[stream.leg] = stream
        self._by_fd[stream.sock.fileno()] = stream
        self._poll.register(stream.sock.fileno(), select.EPOLLIN)
        self.changed()

    def remove(self, leg: str) -> Stream | None:
        stream = self.streams.pop(leg, None)
        if stream is not None:
            self._by_fd.pop(stream.sock.fileno(), None)
            self._poll.unregister(stream.sock.fileno())
            self.changed()
        return stream

    def changed(self) -> None:
        """Legs came or went, or hear others, or speak another law: the next tick works its rows out anew."""
        self._layout = None

    def tick(self) -> None:
        """One frame for everyone."""
        self.ticks += 1
        now = time.monotonic()
        self._receive(now)
        if self.streams:
            if self._layout is None:
                self._layout = Layout(tuple(self.streams.values()))
            self._mix(self._layout)
            if self.ticks % WATCH_TICKS == 0:
                for stream in self._layout.streams:
                    self._watch(stream, now)

    def _receive(self, now: float) -> None:
        # Twice: a phone that sends 10 ms packets, or two packets after a hiccup, must not fall behind.
        for _ in range(2):
            ready = self._poll.poll(0, 2048)
            for fd, _mask in ready:
                stream = self._by_fd[fd]
                try:
                    data, source = stream.sock.recvfrom(2048)
                except OSError:
                    continue
                if key := stream.take(data, source, now):
                    self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "rfc4733"})
            if len(ready) * 4 < len(self._by_fd):
                break

    def _mix(self, layout: Layout) -> None:
        streams, count = layout.streams, layout.count
        frames = [stream.next_frame() or quiet for stream, quiet in zip(streams, layout.silence, strict=True)]
        codes = np.frombuffer(b"".join(frames), np.uint8).reshape(count, g711.FRAME)
        # One row more than legs: the last is silence, for legs that hear nobody.
        linear = np.zeros((count + 1, g711.FRAME), np.int16)
        np.take(g711.DECODE, codes + layout.decode_at, out=linear[:count])
        out = linear[layout.single]
        for n, rows in layout.mixed:
            out[n] = np.clip(linear[rows].sum(axis=0, dtype=np.int32), -32768, 32767)
        for n, stream in enumerate(streams):
            if stream.prompt is not None:
                self._prompt(stream, out, n)
        for n, stream in layout.listening:
            if key := stream.ear.hear(linear[n]):
                self.tell({"event": "digit", "leg": stream.leg, "digit": key, "source": "inband"})
        said = np.take(g711.ENCODE, out.view(np.uint16) + layout.encode_at).tobytes()
        for n, stream in enumerate(streams):
            stream.send(said[n * g711.FRAME : (n + 1) * g711.FRAME])
        if self.tapes:
            self._record(np.take(g711.TO_ALAW, linear.view(np.uint16)), linear, layout)

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

    def _record(self, codes: NDArray[np.uint8], linear: NDArray[np.int16], layout: Layout) -> None:
        for tape in self.tapes.values():
            if tape.layout is not layout:
                tape.layout = layout
                tape.rows = (layout.rows(tape.left), layout.rows(tape.right))
            sides = [self._side(rows, codes, linear, layout.count) for rows in tape.rows]
            tape.pending += sides
            # Spread over the half second, or every recording would be flushed in the same tick.
            if (self.ticks + tape.phase) % FLUSH_TICKS == 0:
                self.flush(tape)

    @staticmethod
    def _side(rows: list[int], codes: NDArray[np.uint8], linear: NDArray[np.int16], silence: int) -> NDArray[np.uint8]:
        if len(rows) > 1:
            mixed = np.clip(linear[rows].sum(axis=0, dtype=np.int32), -32768, 32767).astype(np.int16)
            return np.asarray(g711.TO_ALAW[mixed.view(np.uint16)], np.uint8)
        return np.asarray(codes[rows[0] if rows else silence], np.uint8)

    def flush(self, tape: Tape) -> None:
        if tape.pending:
            # Frames left, right, left, right …: to (frame, channel, sample), then interleaved sample by sample.
            sides = np.concatenate(tape.pending).reshape(-1, 2, g711.FRAME)
            self.recorder.write(tape.call, tape.path, sides.transpose(0, 2, 1).tobytes())
            tape.pending.clear()
