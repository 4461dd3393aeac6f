"""The voice beside a sipp: G.711 over a plain socket on the port that the scenario's SDP names.

The house speaks first, and is answered where it speaks from.
"""

from __future__ import annotations

import math
import os
import socket
import struct
import threading
import time

import numpy as np

from core.demo.rtp_stream import EVENT_PAYLOAD, EVENTS, FRAME, SILENCE, encode, tone
from core.telephony.media import g711
from core.telephony.media.dtmf import COLUMNS_HZ, KEYS, ROWS_HZ
from tests.house.running import until

PACKET_S = 0.02


class Voice:
    """``payload_type`` 8 is A-law, 0 µ-law. It hums at ``hz`` (0 is silence) until it is closed."""

    def __init__(self, hz: float = 0, payload_type: int = 8) -> None:
        self.payload_type = payload_type
        self.heard: list[bytes] = []
        self.keys_heard = ""
        self.mute = False
        self._saying = tone(hz, payload_type) if hz else SILENCE[payload_type]
        self._once = b""
        self._keys: list[tuple[int, int]] = []
        self._at = 0
        self._sequence = self._stamp = self._key_began = 0
        self._last_key = b""
        self._ssrc = os.urandom(4)
        self._house: tuple[str, int] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._socket.close()

    # --- what it does ----------------------------------------------------------------------------------------

    def press(self, keys: str) -> None:
        """RFC 4733: 100 ms each, the end three times, a pause."""
        for key in keys:
            code = EVENTS.index(key)
            self._keys += [(code, n) for n in range(1, 6)] + [(code, -5)] * 3 + [(-1, 0)] * 5

    def sing(self, keys: str) -> None:
        """The same keys as tones in the audio (ITU-T Q.23)."""
        samples: list[float] = []
        for key in keys:
            row = next(n for n, line in enumerate(KEYS) if key in line)
            low, high = ROWS_HZ[row], COLUMNS_HZ[KEYS[row].index(key)]
            at = [2 * math.pi * n / 8000 for n in range(800)]
            samples += [0.35 * (math.sin(low * t) + math.sin(high * t)) for t in at] + [0.0] * 800
        self._once += encode(samples, self.payload_type)

    # --- what it hears ----------------------------------------------------------------------------------------

    def packets(self) -> int:
        return len(self.heard)

    def tones(self, seconds: float = 0.5) -> list[int]:
        """What was heard in the latest half second, as the frequencies that stand out, to 10 Hz; empty is silence."""
        codes = b"".join(self.heard[-round(seconds / PACKET_S) :])
        law = np.frombuffer(codes, np.uint8).astype(int) + (256 if self.payload_type == 8 else 0)
        samples = g711.DECODE[law].astype(float)
        if len(samples) < 800 or np.abs(samples).max(initial=0) < 200:
            return []
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        loud = np.flatnonzero(spectrum > spectrum.max() / 4) * 8000 / len(samples)
        return sorted({round(hz / 10) * 10 for hz in loud.tolist()})

    def hears(self, *hz: int, limit_s: float = 6) -> None:
        """Waits until exactly these voices are heard; none is silence."""
        wanted = sorted(hz)

        def right() -> bool:
            found = self.tones()
            return all(any(abs(tone - one) <= 10 for one in found) for tone in wanted) and all(
                any(abs(tone - one) <= 10 for tone in wanted) for one in found
            )

        try:
            until(right, limit_s)
        except AssertionError:
            raise AssertionError(f"hears {self.tones()}, not {wanted}; {self.packets()} packets") from None

    def hears_music(self, limit_s: float = 6) -> None:
        """Waits for something that is none of the voices of these tests: they hum on hundreds."""
        until(lambda: (found := self.tones()) and not any(tone % 100 in (0, 10, 90) for tone in found[:1]), limit_s)

    # --- the thread ---------------------------------------------------------------------------------------------

    def _live(self) -> None:
        due = time.monotonic()
        while not self._closing.is_set():
            self._listen()
            if self._house is not None and not self.mute:
                self._speak(self._house)
            due += PACKET_S
            time.sleep(max(0.0, due - time.monotonic()))

    def _listen(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(2048)
            except OSError:
                return
            self._house = source
            kind = data[1] & 0x7F
            if kind == self.payload_type:
                self.heard.append(data[12:])
            elif kind == EVENT_PAYLOAD and data[4:8] != self._last_key:
                self._last_key = data[4:8]
                self.keys_heard += EVENTS[data[12]]

    def _speak(self, house: tuple[str, int]) -> None:
        kind, marker, stamp = self.payload_type, 0, self._stamp
        code, step = self._keys.pop(0) if self._keys else (-1, 0)
        if code >= 0:
            if step == 1:
                self._key_began, marker = self._stamp, 0x80
            kind, stamp = EVENT_PAYLOAD, self._key_began
            payload = struct.pack("!BBH", code, (0x80 if step < 0 else 0) | 10, abs(step) * FRAME)
        elif self._once:
            payload, self._once = self._once[:FRAME].ljust(FRAME, b"\xd5"), self._once[FRAME:]
        else:
            payload = self._saying[self._at : self._at + FRAME]
            self._at = (self._at + FRAME) % len(self._saying)
        head = struct.pack("!BBHI", 0x80, marker | kind, self._sequence, stamp)
        try:
            self._socket.sendto(head + self._ssrc + payload, house)
        except OSError:
            return
        self._sequence = self._sequence + 1 & 0xFFFF
        self._stamp = self._stamp + FRAME & 0xFFFFFFFF
