"""A mixer with legs that tests speak on: real sockets, ticks by hand, a clock by hand, recordings in memory."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.telephony.media import g711
from core.telephony.media.clips import Clip, Prompt
from core.telephony.media.mixer import Mixer
from core.telephony.media.recorder import RecordingChunk
from core.telephony.media.stream import Stream
from tests.core.telephony.media.packets import packet, read
from tests.core.telephony.media.sounds import frames


def bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(2)
    return sock


class Tapes:
    """In the recorder's place."""

    def __init__(self) -> None:
        self.pieces: list[RecordingChunk] = []

    def write(self, pieces: Sequence[RecordingChunk]) -> None:
        self.pieces += pieces

    def channels(self, call: str) -> tuple[np.ndarray, np.ndarray]:
        data = b"".join(piece.sound for piece in self.pieces if piece.call == call and piece.sound)
        return g711.decode(data[::2], g711.PCMA), g711.decode(data[1::2], g711.PCMA)


class Line:
    """A leg and the phone at its other end, which says ``sound`` over and over."""

    def __init__(self, board: Switchboard, leg: str, law: int, sound: np.ndarray | None, dtmf: int | None) -> None:
        self.board, self.law = board, law
        self.phone = bound()
        self.stream = Stream(leg, bound(), board.now)
        self.stream.connect(self.phone.getsockname(), law, dtmf, sends=True, receives=True)
        self.say = frames(sound, law) if sound is not None else []
        self.number = 0
        self.heard: list[bytes] = []
        board.mixer.add(self.stream)

    def hears(self, *legs: str) -> None:
        self.stream.hears = legs

    def plays(self, samples: np.ndarray, token: str = "t", *, loop: bool = False, mix: bool = False) -> None:
        self.stream.prompt = Prompt(Clip(samples), token, loop, mix)

    def speak(self) -> None:
        if self.say:
            codes = self.say[self.number % len(self.say)]
            self.phone.sendto(packet(self.number, codes, self.law), self.stream.sock.getsockname())
            self.number += 1
            # Loopback may deliver a little later.
            assert select.select([self.stream.sock], [], [], 2)[0]

    def listen(self) -> None:
        while select.select([self.phone], [], [], 0)[0]:
            kind, *_, body = read(self.phone.recv(2048))
            assert kind == self.stream.payload_type
            self.heard.append(g711.translate(body, kind, g711.PCMA))

    def sound(self, last: int) -> np.ndarray:
        """What the phone heard in its last frames."""
        return g711.decode(b"".join(self.heard[-last:]), g711.PCMA)


class Switchboard:
    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[dict[str, Any]] = []
        self.tapes = Tapes()
        self.mixer = Mixer(self.tapes, self.told.append, lambda: self.now)
        self.lines: dict[str, Line] = {}

    def line(self, leg: str, sound: np.ndarray | None = None, law: int = g711.PCMA, dtmf: int | None = 101) -> Line:
        self.lines[leg] = Line(self, leg, law, sound, dtmf)
        return self.lines[leg]

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.now += 0.02
            for line in self.lines.values():
                line.speak()
            self.mixer.tick()
            for line in self.lines.values():
                line.listen()

    def hang_up(self, leg: str) -> None:
        self.lines.pop(leg).phone.close()
        self.mixer.remove(leg)

    def close(self) -> None:
        for leg in tuple(self.lines):
            self.hang_up(leg)
