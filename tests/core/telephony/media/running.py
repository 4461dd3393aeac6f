"""The media process as it runs, in a folder of its own, with the sip process's client before it and phones behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.demo.rtp_stream import RtpStream, tone
from core.ports import RemoteMedia
from core.telephony import inputs as inp
from core.telephony.media import g711
from core.telephony.media.client import MediaClient
from tests.core.telephony.media.sounds import level_dbm0

# Whole periods in 20 ms.
A_HZ, B_HZ, PROMPT_HZ = 500, 1000, 2000
# Below the ports that the system gives away by itself, and apart for tests that run beside each other.
FIRST_PORT = 20000 + os.getpid() % 90 * 100


async def until(check: Callable[[], Any], limit_s: float = 15.0) -> Any:
    """The first true value of ``check``; fails when there is none in time."""
    end = time.monotonic() + limit_s
    while not (found := check()):
        assert time.monotonic() < end, f"not within {limit_s} s"
        await asyncio.sleep(0.01)
    return found


def tones(codes: bytes, law: int = 8) -> set[int]:
    sound = g711.decode(codes, law)
    return {hz for hz in (A_HZ, B_HZ, PROMPT_HZ) if len(sound) and level_dbm0(sound, hz) > -30}


def loud(sound: np.ndarray) -> np.ndarray:
    """The frames of a recording in which somebody spoke: a phone on a busy machine leaves gaps."""
    whole = sound.reshape(-1, 160).astype(float)
    return whole[np.sqrt(np.mean(whole**2, axis=1)) > 100]


def only(sound: np.ndarray, hz: int) -> bool:
    """Whether every frame in which somebody spoke is this tone, and there are some."""
    others = {A_HZ, B_HZ, PROMPT_HZ} - {hz}
    spoken = loud(sound)
    return len(spoken) >= 5 and all(
        level_dbm0(frame, hz) > -20 and max(level_dbm0(frame, other) for other in others) < -40 for frame in spoken
    )


class Media:
    """``told`` is every input from the client, ``link`` its ups and downs."""

    def __init__(self, folder: Path, ports: int = 90) -> None:
        self.folder = folder
        self.socket = folder / "run" / "media.sock"
        self.recordings = folder / "recordings"
        self.ports = ports
        self.told: list[inp.Input] = []
        self.link: list[bool] = []
        self.phones: list[RtpStream] = []
        self.client = MediaClient(self.socket, self.told.append, self.link.append)
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        command = [sys.executable, "-m", "core.telephony.media", "--socket", self.socket]
        command += ["--rtp-ports", f"{FIRST_PORT}-{FIRST_PORT + self.ports - 1}", "--recordings", self.recordings]
        with (self.folder / "media.log").open("ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stderr=log)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def log(self) -> str:
        return (self.folder / "media.log").read_text()

    async def up(self) -> None:
        self.run()
        await self.client.start()
        await until(lambda: self.client.pool)

    async def down(self) -> None:
        for phone in self.phones:
            phone.close()
        await self.client.stop()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    async def phone(self, leg: str, hz: int | None = None, law: int = 8, events: int | None = 101) -> RtpStream:
        """A phone on a new leg, which hums."""
        phone = await RtpStream.open("127.0.0.1", law)
        self.phones.append(phone)
        if hz is not None:
            phone.say = tone(hz, law, 0.02)
        phone.keep = True
        phone.start(self.client.open(leg))
        self.client.connect(leg, RemoteMedia("127.0.0.1", phone.port, law, events))
        return phone

    def of(self, kind: type[inp.Input]) -> list[Any]:
        return [given for given in self.told if isinstance(given, kind)]

    async def hears(self, phone: RtpStream, *wanted: int) -> None:
        """Waits until the last 200 ms that the phone heard are just these tones."""
        await until(lambda: len(phone.heard) >= 1600 and tones(phone.heard[-1600:], phone.payload_type) == set(wanted))

    def recorded(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        data = (self.recordings / path).read_bytes()[58:]
        return g711.decode(data[::2], 8), g711.decode(data[1::2], 8)


class Control:
    """The control socket without the client, for orders that the client would not send."""

    def __init__(self, media: Media) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        end = time.monotonic() + 15
        while True:
            try:
                self.sock.connect(str(media.socket))
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.lines = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def next(self) -> bytes:
        """The next line that is no heartbeat."""
        while (line := self.lines.readline()) == b'{"event":"alive"}\n':
            pass
        return line

    def close(self) -> None:
        self.lines.close()
        self.sock.close()
