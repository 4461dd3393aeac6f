"""Starts the site's processes, watches them, brings a dead one back, and ends them in order.

Knows names and commands of processes, nothing of calls or pages. The order of the list is the order of the
start; the end goes backwards, so that the browsers let go before the calls do.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.config import Settings
from core.errors import ConfigError, Unavailable

log = logging.getLogger(__name__)

MODULES: Mapping[str, str] = {"media": "core.telephony.media", "sip": "core.bootstrap.sip", "web": "core.api"}
FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 10.0
# A process that lived this long was healthy: its next fall starts with the short back-off again.
SETTLED_S = 30.0
LOG_LIMIT_BYTES = 20 << 20
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process and when it may be started again."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    backoff_s: float = FIRST_BACKOFF_S
    start_after: float = 0.0
    restarts: int = 0
    log: IO[bytes] | None = field(default=None, repr=False)


class Household:
    """All processes of one site. ``tell`` receives one line for people about every change."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], tell: Callable[[str], None]) -> None:
        self.settings = settings
        self.environment = {**os.environ, **environment}
        self.tell = tell
        self.children = [Child(name) for name in MODULES]
        self.token = secrets.token_urlsafe(32)
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Checks the ports, writes ``run/site.json`` for the commands, starts everything."""
        self.settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claim_home()
        check_port_free("http_port", self.settings.http_host, self.settings.http_port, socket.SOCK_STREAM)
        check_port_free("sip_port", self.settings.sip_host, self.settings.sip_port, socket.SOCK_DGRAM)
        self._write_site_file()
        for child in self.children:
            self._spawn(child)

    def watch(self) -> None:
        """One look at every child; call it a few times a second."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_after:
                    self._spawn(child)
                continue
            code = child.process.poll()
            if code is None:
                continue
            if now - child.started_at > SETTLED_S:
                child.backoff_s = FIRST_BACKOFF_S
            self.tell(f"{child.name} ended with {code}; it is started again (log: {self._log_path(child.name)})")
            child.process = None
            child.restarts += 1
            child.start_after = now + child.backoff_s
            child.backoff_s = min(child.backoff_s * 2, LONGEST_BACKOFF_S)
            self._write_site_file()

    def stop(self, limit_s: float = 8.0) -> None:
        for child in reversed(self.children):
            if child.process is not None:
                child.process.send_signal(signal.SIGTERM)
                try:
                    child.process.wait(limit_s)
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()
            if child.log is not None:
                child.log.close()
        with contextlib.suppress(FileNotFoundError):
            self._site_file().unlink()

    def _spawn(self, child: Child) -> None:
        path = self._log_path(child.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        if child.log is not None:
            child.log.close()
        child.log = path.open("ab")
        child.process = subprocess.Popen(
            [sys.executable, "-m", MODULES[child.name], "--home", str(self.settings.home)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=child.log,
            stderr=child.log,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has no other threads
        )
        child.started_at = time.monotonic()
        self._write_site_file()

    def _claim_home(self) -> None:
        import fcntl

        self._lock = (self.settings.run_dir / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Unavailable(
                "This site is running already: {home}.",
                remedy="End the other hotline run, or give another --home.",
                home=self.settings.home,
            ) from taken

    def _write_site_file(self) -> None:
        about = {
            "http": f"http://{self.settings.http_host}:{self.settings.http_port}",
            "sip": f"{self.settings.sip_host}:{self.settings.sip_port}",
            "pid": os.getpid(),
            "token": self.token,
            "processes": {
                child.name: {"pid": child.process.pid if child.process else None, "restarts": child.restarts}
                for child in self.children
            },
        }
        fresh = self._site_file().with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(about), "utf-8")
        fresh.replace(self._site_file())

    def _site_file(self) -> Path:
        return self.settings.run_dir / "site.json"

    def _log_path(self, name: str) -> Path:
        return self.settings.home / "log" / f"{name}.log"


def _end_with_parent() -> None:
    """In the child before exec: the kernel sends SIGTERM when ``hotline run`` is gone, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def check_port_free(setting: str, host: str, port: int, kind: socket.SocketKind) -> None:
    """``ConfigError`` naming the setting when the address cannot be bound."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise ConfigError(
                "Port {port} on {host} cannot be used: {problem}.",
                field=setting,
                remedy="End the program that uses it, or choose another port with --http or --sip.",
                port=port,
                host=host,
                problem=problem.strerror or problem,
            ) from problem
