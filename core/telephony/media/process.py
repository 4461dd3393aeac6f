"""The media process: ticks every 20 ms, and before each tick obeys what came on its control socket (JSON lines).

No event loop: the schedule is absolute, and between ticks the process sleeps. Orders wait for the next tick, because
nothing that they ask for is heard before it; ports were bound before anybody asked for them. When the sip process goes
away mixing and recording go on; the next one to connect says ``reset`` first.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import math
import os
import queue
import resource
import select
import signal
import socket
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import orjson

from core.log_lines import log_without_numbers
from core.private import restrict_umask
from core.pulse import BEAT_EVERY_S, Pulse
from core.telephony.media import linux
from core.telephony.media.clips import Clip, Clips, Prompt
from core.telephony.media.linux import Metronome
from core.telephony.media.mixer import Mixer
from core.telephony.media.recorder import Recorder, RecordingChunk, repair
from core.telephony.media.stream import Stream

log = logging.getLogger(__name__)

TICK_S = 0.02
SWITCH_S = 0.001
NICE = -10
# Further behind than this the schedule starts anew: bursts of late frames help nobody.
MOST_CAUGHT_UP = 5
# More packets than a socket's buffer holds.
MOST_LEFT_OVER = 2000


class MediaProcess:
    """Verbs of the control socket are the methods named ``do_*``."""

    def __init__(self, path: Path, bind: str, ports: range, recordings: Path) -> None:
        self.bind = bind
        self.recorder = Recorder(recordings, self._tape_closed, self._tape_broke)
        self.mixer = Mixer(self.recorder, self.tell)
        self.clips = Clips()
        self.spare: dict[int, socket.socket] = {}
        self.ports = list(ports)
        self.stopping = False
        self.late = 0
        self.worst_late_s = 0.0
        self._next_port = 0
        self._told: list[bytes] = []
        self._inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._client: socket.socket | None = None
        self._buffer = b""
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(4)
        self._listener.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._listener.fileno(), select.EPOLLIN)

    def run(self, pulse: Pulse | None = None) -> None:
        metronome = Metronome(TICK_S)
        alive_at = -math.inf
        while not self.stopping:
            beats = metronome.wait()
            if (now := time.monotonic()) >= alive_at + BEAT_EVERY_S:
                # To whoever started us, and to the sip process, which must not call a hanging one well.
                alive_at = now
                if pulse is not None:
                    pulse.beat()
                self.tell({"event": "alive"})
            behind_s = metronome.behind_s() + (beats - 1) * TICK_S
            if behind_s > TICK_S / 2:
                self.late += 1
                self.worst_late_s = max(self.worst_late_s, behind_s)
            self._control()
            self.clips.deliver()
            if beats > MOST_CAUGHT_UP:
                self.mixer.missed(beats - 1)
                beats = 1
            for _ in range(beats):
                self.mixer.tick()
            self._pass_on()
        self.mixer.stop()
        self.recorder.stop()

    # --- control --------------------------------------------------------------------------------------------

    def tell(self, event: dict[str, Any]) -> None:
        """At the end of this tick."""
        self._told.append(orjson.dumps(event))

    def _pass_on(self) -> None:
        while not self._inbox.empty():
            self.tell(self._inbox.get())
        if self._told and self._client is not None:
            try:
                self._client.sendall(b"\n".join([*self._told, b""]))
            except OSError:
                self._hang_up()
        self._told.clear()

    def _control(self) -> None:
        """What has come since the last tick."""
        for fd, _mask in self._poll.poll(0):
            if fd == self._listener.fileno():
                self._accept()
            elif self._client is not None and fd == self._client.fileno():
                self._read()

    def _accept(self) -> None:
        self._hang_up()
        self._client, _ = self._listener.accept()
        self._client.settimeout(0.05)
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._poll.register(self._client.fileno(), select.EPOLLIN)
        self._buffer = b""

    def _hang_up(self) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._poll.unregister(self._client.fileno())
            self._client.close()
            self._client = None

    def _read(self) -> None:
        assert self._client is not None
        try:
            data = self._client.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            try:
                order = orjson.loads(line)
                getattr(self, f"do_{order['do']}")(order)
            except Exception:
                log.exception("order failed: %s", line.partition(b",")[0][:40])

    # --- verbs ----------------------------------------------------------------------------------------------

    def do_reset(self, _order: dict[str, Any]) -> None:
        for call in list(self.mixer.tapes):
            self.do_stop_record({"call": call})
        for leg in list(self.mixer.streams):
            self.do_close({"leg": leg})
        # The one before us had been told of these; we were not.
        while self.spare:
            self.spare.popitem()[1].close()

    def do_pool(self, order: dict[str, Any]) -> None:
        """So many more bound ports, told at once."""
        fresh: list[int] = []
        for _ in range(len(self.ports)):
            if len(fresh) >= order["count"]:
                break
            port = self.ports[self._next_port % len(self.ports)]
            self._next_port += 1
            if port not in self.spare and (sock := self._bind(port)) is not None:
                self.spare[port] = sock
                fresh.append(port)
        self.tell({"event": "pool", "ip": self.bind, "ports": fresh})

    def do_open(self, order: dict[str, Any]) -> None:
        self.do_close(order)
        sock = self.spare.pop(order["port"], None) or self._bind(order["port"])
        if sock is None:
            self.tell({"event": "lost_port", "leg": order["leg"], "port": order["port"]})
            return
        # While the port was spare, somebody of an earlier call may have gone on talking to it.
        with contextlib.suppress(BlockingIOError):
            for _ in range(MOST_LEFT_OVER):
                sock.recv(1)
        self.mixer.add(Stream(order["leg"], sock, time.monotonic()))

    def do_connect(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            remote = _address(order["ip"], int(order["port"])) if order["port"] else None
            ways = {"sends": order["sends"], "receives": order["receives"]}
            stream.connect(remote, order["pt"], order["dtmf"], signalled=str(order.get("signalled", "")), **ways)

    def do_close(self, order: dict[str, Any]) -> None:
        self.mixer.remove(order["leg"])

    def do_hear(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            stream.hears = tuple(map(str, order["sources"]))

    def do_play(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            token: str = order["token"]
            loop, mix = bool(order["loop"]), bool(order["mix"])
            stream.prompt, stream.prompt_token = None, token

            def begin(clip: Clip) -> None:
                # Another prompt, or none, may have been wanted while this one was read.
                if stream.prompt_token == token:
                    stream.prompt = Prompt(clip, token, loop, mix)

            self.clips.fetch(order["files"], begin)

    def do_stop_play(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            stream.prompt, stream.prompt_token = None, ""

    def do_listen(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            stream.listen(on=bool(order["on"]))

    def do_digits(self, order: dict[str, Any]) -> None:
        if stream := self.mixer.streams.get(order["leg"]):
            stream.speaker.press(order["digits"])

    def do_record(self, order: dict[str, Any]) -> None:
        left, right = (tuple(map(str, order[side])) for side in ("left", "right"))
        self.mixer.record(str(order["call"]), str(order["path"]), left, right)

    def do_stop_record(self, order: dict[str, Any]) -> None:
        self.mixer.stop_record(order["call"])

    def do_settle(self, order: dict[str, Any]) -> None:
        """How a recording ended whose process is gone; behind all that the writer has in hand."""
        path = str(order["path"])
        if any(tape.path == path for tape in self.mixer.tapes.values()):
            return
        self.recorder.write([RecordingChunk(str(order["call"]), path, None)])

    def do_stats(self, order: dict[str, Any]) -> None:
        streams = self.mixer.streams.values()
        self.tell(
            {
                "event": "stats",
                "id": order["id"],
                "legs": len(streams),
                "ticks": self.mixer.ticks,
                "late": self.late,
                "worst_late_ms": round(self.worst_late_s * 1000, 1),
                "received": sum(stream.received for stream in streams),
                "refused": sum(stream.refused for stream in streams),
                "lost": sum(stream.lost for stream in streams),
                "sent": sum(stream.sent for stream in streams),
            },
        )

    # --- ports, tapes -------------------------------------------------------------------------------------

    def _bind(self, port: int) -> socket.socket | None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            sock.bind((self.bind, port))
        except OSError:
            sock.close()
            return None
        return sock

    def _tape_closed(self, call: str, path: str, seconds: float) -> None:
        self._inbox.put({"event": "recorded", "call": call, "path": path, "seconds": round(seconds, 2)})

    def _tape_broke(self, call: str, path: str, reason: str) -> None:
        self._inbox.put({"event": "broke", "call": call, "path": path, "reason": reason})


def _address(ip: str, port: int) -> tuple[str, int]:
    """``ValueError`` for what a socket would not take, or would look up while everybody waits."""
    if not 0 < port < 65536:
        raise ValueError(port)
    return str(IPv4Address(ip)), port


def main() -> None:
    parser = argparse.ArgumentParser(description="RTP media")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--rtp-ports", default="20000-27999")
    parser.add_argument("--recordings", type=Path)
    given = parser.parse_args()
    restrict_umask()
    pulse = Pulse()
    log_without_numbers()
    if (threads := linux.threads()) > 1:
        log.warning("%d threads before the first tick: the matrix library did not take our word for one", threads)
    # Every leg is an open file; the usual 1,024 would be a limit of its own.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    first, last = map(int, given.rtp_ports.split("-"))
    path, bind, recordings = given.socket, given.bind, given.recordings
    if given.home is not None:
        from core.config import load_settings

        settings = load_settings(given.home)
        path, bind, recordings = settings.run_dir / "media.sock", settings.rtp_host, settings.recordings_dir
        first, last = settings.rtp_from, settings.rtp_to
    # The writer's thread waits for the interpreter no longer than this, whatever a tick has to reckon.
    sys.setswitchinterval(SWITCH_S)
    # Voice is late at once on a busy machine; everybody else's work can wait. Only some users may say so.
    with contextlib.suppress(OSError):
        os.nice(NICE)
    recordings.mkdir(parents=True, exist_ok=True)
    if mended := repair(recordings):
        log.info("%d recordings repaired", mended)
    process = MediaProcess(path, bind, range(first + first % 2, last, 2), recordings)

    def stop(_number: int, _frame: object) -> None:
        process.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # A collection in mid-tick is a click in somebody's ear; the loop makes no cycles.
    gc.collect()
    gc.freeze()
    gc.disable()
    process.run(pulse)
