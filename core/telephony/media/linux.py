"""What Python 3.11 has no word for: a timer to read from, a socket set free of its peer, all threads there are."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import time
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_TFD_CLOEXEC = os.O_CLOEXEC


def part(sock: socket.socket) -> None:
    """Undoes ``connect`` on a UDP socket: it hears everybody again and keeps its port (connect(2), AF_UNSPEC)."""
    _libc.connect(sock.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16)


def threads() -> int:
    """Of this process, those of libraries included (proc(5))."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


class Metronome:
    """Beats on an absolute schedule, however long the work between two beats takes (timerfd_create(2))."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._beats = 0
        self._began = time.monotonic()
        self._timer = _libc.timerfd_create(time.CLOCK_MONOTONIC, _TFD_CLOEXEC)
        period = (int(period_s), int(period_s % 1 * 1e9))
        if self._timer < 0 or _libc.timerfd_settime(self._timer, 0, struct.pack("=4q", *period, *period), None) < 0:
            raise OSError(ctypes.get_errno(), "no timer")

    def wait(self) -> int:
        """Sleeps until the next beat; the number of beats that have passed since the last call, usually one."""
        beats = int.from_bytes(os.read(self._timer, 8), "little")
        self._beats += beats
        return beats

    def behind_s(self) -> float:
        """How long ago the last beat was due."""
        return time.monotonic() - self._began - self._beats * self._period_s

    def close(self) -> None:
        os.close(self._timer)
