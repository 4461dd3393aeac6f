"""A whole site for tests: ``hotline run --demo`` in a folder of its own, on free ports of 127.0.0.1."""

from __future__ import annotations

import fcntl
import json
import os
import queue
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from sqlalchemy import text

from core.db import connect
from tests.house import demo_folder

HOTLINE = Path(sys.executable).with_name("hotline")
READY_LIMIT_S = 180
VOICE_PORTS = 800
# Below what the system hands out by itself (32768 and up), so that nobody's free port lies in one.
VOICE_BLOCKS = range(10000, 32000, VOICE_PORTS)


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def voice_block() -> tuple[int, IO[str]]:
    """The first of a block of voice ports that no other house of this machine has, and the lock that keeps it."""
    folder = Path(tempfile.gettempdir()) / "hotline-voice-ports"
    folder.mkdir(exist_ok=True)
    for start in VOICE_BLOCKS:
        lock = (folder / str(start)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        if _is_free(start):
            return start, lock
        # A house whose run is gone may still have them.
        lock.close()
    raise AssertionError("all blocks of voice ports are taken")


def _is_free(start: int) -> bool:
    for port in range(start, start + VOICE_PORTS, 2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


class House:
    """One running site. ``pid(name)`` is a process's id now, so that tests can kill it."""

    def __init__(
        self,
        home: Path,
        *,
        language: str = "zh_CN",
        environment: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> None:
        """``language`` as users get it; ``environment`` holds further settings (``HOTLINE_…``) of this site.

        A ``fresh`` house fills its folder by itself, as at anybody's first start; others get a copy of the run's."""
        self.home, self.language, self.fresh = home, language, fresh
        self.environment = {**os.environ, "HOTLINE_LANGUAGE": language, **(environment or {})}
        self.http = free_port(socket.SOCK_STREAM)
        self.sip = free_port(socket.SOCK_DGRAM)
        first, voice = voice_block()
        # A house that is only asked for its command is never stopped.
        weakref.finalize(self, voice.close)
        self.rtp = f"{first}-{first + VOICE_PORTS - 1}"
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    @property
    def server(self) -> tuple[str, int]:
        return ("127.0.0.1", self.sip)

    @property
    def database(self) -> str:
        return self.environment.get("HOTLINE_DATABASE_URL") or f"sqlite:///{self.home / 'hotline.db'}"

    @property
    def pages(self) -> str:
        """Where its pages are: over TLS where the site has it."""
        secure = self.environment.get("HOTLINE_HTTPS_PORT")
        return f"https://127.0.0.1:{secure}" if secure else f"http://127.0.0.1:{self.http}"

    @property
    def trusted(self) -> ssl.SSLContext | None:
        """The site's own certificate, where it has one."""
        if self.pages.startswith("http:"):
            return None
        return ssl.create_default_context(cafile=self.home / "state" / "tls.crt")

    def command(self) -> list[str]:
        """What ``start`` runs."""
        where = ["--home", str(self.home), "--http", f"127.0.0.1:{self.http}", "--sip", f"127.0.0.1:{self.sip}"]
        return [str(HOTLINE), "run", "--demo", *where, "--rtp-ports", self.rtp]

    def start(self) -> None:
        # Another database than the folder's own is filled by the house.
        if not self.fresh and not self.home.exists() and "HOTLINE_DATABASE_URL" not in self.environment:
            demo_folder.copy_to(self.home, self.language)
        self.process = subprocess.Popen(
            self.command(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
        )
        ready: queue.Queue[str] = queue.Queue()

        def read() -> None:
            assert self.process is not None
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if line.startswith("ready"):
                    ready.put(line)
            ready.put("")

        threading.Thread(target=read, daemon=True).start()
        try:
            line = ready.get(timeout=READY_LIMIT_S)
        except queue.Empty:
            self.stop()
            line = ""
        assert line, "\n".join([*self.lines, *self.logs()])

    def logs(self) -> list[str]:
        return [f"--- {path.name}\n{path.read_text()[-3000:]}" for path in (self.home / "log").glob("*.log")]

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def pid(self, name: str) -> int:
        return json.loads((self.home / "run" / "site.json").read_text())["processes"][name]["pid"]

    def kill(self, name: str) -> None:
        """kill -9, and back when the process has been started again."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        until(lambda: self.pid(name) not in (None, before), 30)

    def token(self, user: str = "supervisor") -> str:
        form = urllib.parse.urlencode({"username": user, "password": f"demo-{user}"}).encode()
        return self.ask("POST", "/api/v1/token", form)["access_token"]

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(f"{self.pages}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=10, context=self.trusted) as answer:
            return json.load(answer)

    def health(self) -> dict[str, Any]:
        """As it stands, also while a part is down; nothing is well of what does not answer."""
        try:
            return self.ask("GET", "/healthz")
        except urllib.error.HTTPError as down:
            return json.load(down)
        except OSError:
            return {"status": "no answer", "parts": {}}

    def live(self, token: str) -> dict[str, Any]:
        return self.ask("GET", "/api/v1/live", token=token)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The newest of the event log as it stands, oldest first."""
        engine = connect(self.database)
        try:
            with engine.connect() as connection:
                rows = connection.execute(
                    text("select kind, payload from event_log order by id desc limit 400")
                ).fetchall()
        finally:
            engine.dispose()
        return [(kind, json.loads(payload)) for kind, payload in reversed(rows)]


def until(check: Any, limit_s: float = 20.0) -> Any:
    """The first true value of ``check``; fails when there is none in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {limit_s} s")
