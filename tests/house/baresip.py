"""A real phone beside the running house: baresip, which hums one tone and keeps what it hears in a file."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import wave
from pathlib import Path
from typing import Self

import numpy as np

from tests.house.running import House, free_port, until
from tests.house.tones import level_db

MODULES = next(
    (path for path in (Path("/usr/lib/baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules")) if path.is_dir()),
    None,
)
RATE = 8000
WAV_HEADER_BYTES = 44
# Long enough for every test; baresip is silent when the file is over.
HUM_S = 90
SETTLE_S, LISTEN_S = 0.6, 0.8
APART_DB = 30.0


def is_there() -> bool:
    return shutil.which("baresip") is not None and MODULES is not None


def apart(samples: np.ndarray, heard: float, *others: float) -> None:
    """``heard`` is loud, and every other tone at least 30 dB below it."""
    levels = {hz: round(level_db(samples, hz), 1) for hz in (heard, *others)}
    assert levels[heard] > -25, levels
    assert all(levels[heard] - levels[hz] >= APART_DB for hz in others), levels


class Baresip:
    """``codec`` is pcma or pcmu. An ``extension`` with a password registers and picks up by itself; without one the
    phone stands behind the trunk and only calls."""

    def __init__(self, house: House, where: Path, number: str, hz: float, codec: str, password: str = "") -> None:
        self.house, self.where, self.number = house, where, number
        self.control = free_port(socket.SOCK_STREAM)
        self.process: subprocess.Popen[bytes] | None = None
        where.mkdir(parents=True)
        (where / "heard").mkdir()
        self._hum(hz)
        rtp = free_port(socket.SOCK_DGRAM) & ~1
        lines = [
            "sip_listen 127.0.0.1:0",
            f"module_path {MODULES}",
            *(f"module {name}.so" for name in ("g711", "aufile", "aubridge", "sndfile", "ctrl_tcp")),
            "module_tmp account.so",
            "module_app menu.so",
            f"ctrl_tcp_listen 127.0.0.1:{self.control}",
            f"audio_source aufile,{where / 'hum.wav'}",
            "audio_player aubridge,none",
            f"snd_path {where / 'heard'}",
            f"rtp_ports {min(rtp, 65000)}-{min(rtp, 65000) + 20}",
        ]
        (where / "config").write_text("\n".join([*lines, ""]))
        how = f"auth_pass={password};regint=60;answermode=auto" if password else "regint=0"
        account = f"<sip:{number}@127.0.0.1:{house.sip}>;{how};audio_codecs={codec}\n"
        (where / "accounts").write_text(account)

    def __enter__(self) -> Self:
        with (self.where / "out").open("wb") as out:
            self.process = subprocess.Popen(
                ["baresip", "-f", str(self.where)], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT
            )
        until(self._listens, 30)
        return self

    def __exit__(self, *_error: object) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def press(self, command: str, parameters: str = "") -> None:
        """One of baresip's own commands: dial, hangup, hold, resume."""
        message = json.dumps({"command": command, "params": parameters}).encode()
        with socket.create_connection(("127.0.0.1", self.control), timeout=5) as line:
            line.sendall(b"%d:%s," % (len(message), message))
            line.recv(4096)

    def dial(self, number: str) -> None:
        self.press("dial", f"sip:{number}@127.0.0.1:{self.house.sip}")

    def heard(self) -> np.ndarray:
        """Everything heard so far; baresip begins a file for each call and after each hold."""
        files = sorted((self.where / "heard").glob("*-dec.wav"))
        data = b"".join(path.read_bytes()[WAV_HEADER_BYTES:] for path in files)
        return np.frombuffer(data[: len(data) & ~1], "<i2").astype(float)

    def heard_s(self) -> float:
        return len(self.heard()) / RATE

    def listen(self, seconds: float = LISTEN_S) -> np.ndarray:
        """What is heard from now on, after a moment for what was under way."""
        begin = len(self.heard()) + round(SETTLE_S * RATE)
        end = begin + round(seconds * RATE)
        until(lambda: len(self.heard()) >= end, 30)
        return self.heard()[begin:end]

    def _hum(self, hz: float) -> None:
        samples = 0.3 * 32767 * np.sin(2 * np.pi * hz * np.arange(RATE * HUM_S) / RATE)
        with wave.open(str(self.where / "hum.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.astype("<i2").tobytes())

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.control), timeout=1).close()
        except OSError:
            return False
        return True
