"""A whole site for tests: ``hotline run --demo`` in a folder of its own, on free ports of 127.0.0.1."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

READY_LIMIT_S = 90


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """One running site. ``pid(name)`` is a process's id now, so that tests can kill it."""

    def __init__(self, home: Path, rtp_from: int = 30000) -> None:
        self.home = home
        self.http = free_port(socket.SOCK_STREAM)
        self.sip = free_port(socket.SOCK_DGRAM)
        self.rtp = f"{rtp_from}-{rtp_from + 799}"
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    @property
    def server(self) -> tuple[str, int]:
        return ("127.0.0.1", self.sip)

    def start(self) -> None:
        hotline = Path(sys.executable).with_name("hotline")
        command = [hotline, "run", "--demo", "--home", self.home, "--http", f"127.0.0.1:{self.http}"]
        command += ["--sip", f"127.0.0.1:{self.sip}", "--rtp-ports", self.rtp]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "HOTLINE_LANGUAGE": "en"},
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
        line = ready.get(timeout=READY_LIMIT_S)
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
        until(lambda: self.pid(name) not in (None, before), 15)

    def token(self, user: str = "supervisor") -> str:
        form = urllib.parse.urlencode({"username": user, "password": f"demo-{user}"}).encode()
        return self.ask("POST", "/api/v1/token", form)["access_token"]

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def live(self, token: str) -> dict[str, Any]:
        return self.ask("GET", "/api/v1/live", token=token)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The event log as it stands, oldest first."""
        import sqlite3

        with sqlite3.connect(f"file:{self.home / 'hotline.db'}?mode=ro", uri=True) as db:
            rows = db.execute("select kind, payload from event_log order by id desc limit 400").fetchall()
        return [(kind, json.loads(payload)) for kind, payload in reversed(rows)]


def until(check: Any, limit_s: float = 5.0) -> Any:
    """The first true value of ``check``; fails when there is none in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {limit_s} s")
