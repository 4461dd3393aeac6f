"""Starts the site's processes, watches them, brings a dead one back, and ends them in order.

Knows names and commands of processes, nothing of calls or pages. The order of the list is the order of the
start; the end goes backwards, so that the browsers let go before the calls do.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.bootstrap.hanging import Patience, sample_of
from core.bootstrap.ports import check_ports
from core.config import Settings
from core.errors import Unavailable
from core.i18n import _
from core.pulse import LOCK, VARIABLE, WHERE

log = logging.getLogger(__name__)

MODULES: Mapping[str, str] = {"media": "core.telephony.media", "sip": "core.bootstrap.sip", "web": "core.web"}
FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 10.0
# A process that lived this long was healthy: its next fall starts with the short back-off again.
SETTLED_S = 30.0
# What a killed ``hotline run`` left behind ends by itself within this time, or is ended.
LEFTOVERS_S = 12.0
STOP_LIMIT_S = 8.0
AGAIN_S = 0.5
# So long a hanging process has to write its threads' lines.
SAY_WHERE_S = 0.5
BREATHE_EVERY_S = 1.0
LOG_LIMIT_BYTES = 20 << 20
LOGS_KEPT = 3
PR_SET_PDEATHSIG = 1
# What only shows gives way to signalling and voice when there is more to do than processors do.
GIVES_WAY = {"web": 5}
# glibc keeps a heap for each thread, up to eight for each processor, and gives none back.
SMALLER = {"MALLOC_ARENA_MAX": "2"}


@dataclass
class Child:
    """One process and when it may be started again."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    backoff_s: float = FIRST_BACKOFF_S
    start_after: float = 0.0
    restarts: int = 0
    # The end of its heartbeat that we read, what was seen of it so far, and when it was found to hang.
    pulse: int = -1
    patience: Patience | None = None
    hung_at: float | None = None


class Household:
    """All processes of one site. ``tell`` receives one line for people about every change."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], tell: Callable[[str], None]) -> None:
        self.settings = settings
        self.environment = {**SMALLER, **os.environ, **environment}
        self.tell = tell
        self.children = [Child(name) for name in MODULES]
        self.token = secrets.token_urlsafe(32)
        self._lock: IO[str] | None = None
        self._told: dict[str, Any] = {}
        self._breathed = 0.0

    def claim(self) -> None:
        """This folder is ours alone; what a killed run left in it has ended, and the ports are free."""
        if self._lock is None:
            self.settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._claim_home()
            self._see_leftovers_off()
        check_ports(self.settings)

    def start(self) -> None:
        """Writes ``run/site.json`` for the commands, starts everything."""
        self.claim()
        for child in self.children:
            self._spawn(child)
        self._write_site_file()

    def watch(self) -> None:
        """One look at every child; call it a few times a second."""
        now = time.monotonic()
        for child in self.children:
            self._turn_over(self._log_path(child.name))
            if child.process is None:
                if now >= child.start_after:
                    self._spawn(child)
                continue
            code = child.process.poll()
            if code is None:
                self._feel(child, child.process, now)
                continue
            if now - child.started_at > SETTLED_S:
                child.backoff_s = FIRST_BACKOFF_S
            self.tell(
                _(
                    "{name} ended ({code}) and is started again; see {log}.",
                    name=child.name,
                    code=code,
                    log=self._log_path(child.name),
                )
            )
            child.process = None
            child.restarts += 1
            self._later(child, now)
        self._breathe(now)
        if self._told != self._about():
            self._write_site_file()

    def _feel(self, child: Child, process: subprocess.Popen[bytes], now: float) -> None:
        """A process that hangs says where it stands, in its log, and is killed; its next one starts as after any
        fall. SIGTERM would reach neither a stopped one nor an endless loop."""
        if child.hung_at is not None:
            if now >= child.hung_at + SAY_WHERE_S:
                process.kill()
            return
        if child.patience is None:
            return
        look = sample_of(process.pid, child.pulse, now, closely=child.patience.suspects)
        if child.patience.hangs(look):
            child.hung_at = now
            self.tell(
                _("{name} hangs and is started again; see {log}.", name=child.name, log=self._log_path(child.name))
            )
            process.send_signal(WHERE)

    def _breathe(self, now: float) -> None:
        """Whether somebody watches the processes is read by them and by ``hotline status``: written in place, for
        which a full disk has room."""
        if self._lock is not None and now >= self._breathed + BREATHE_EVERY_S:
            self._breathed = now
            with contextlib.suppress(OSError):
                os.pwrite(self._lock.fileno(), b"%020.3f" % now, 0)

    def drain(self, limit_s: float, impatient: Callable[[], bool]) -> None:
        """The calls come to their end, with pages and voice still there; a dead process is not brought back."""
        core = next(child.process for child in self.children if child.name == "sip")
        if core is None:
            return
        core.send_signal(signal.SIGTERM)
        end = time.monotonic() + limit_s + STOP_LIMIT_S
        while core.poll() is None and not impatient() and time.monotonic() < end:
            self._breathe(time.monotonic())
            time.sleep(0.05)

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """Nothing happens to a site that this household does not hold."""
        for child in reversed(self.children):
            if child.process is not None:
                # The core may take the first signal for the beginning of a drain; any further one ends that.
                self._end(child.process, limit_s, AGAIN_S if child.name == "sip" else limit_s)
        if self._lock is not None:
            with contextlib.suppress(OSError):
                self._site_file().unlink()
            self._lock.close()
            self._lock = None

    def _end(self, process: subprocess.Popen[bytes], limit_s: float, again_s: float) -> None:
        """SIGTERM every ``again_s``, and SIGKILL after ``limit_s``."""
        end = time.monotonic() + limit_s
        while (left := end - time.monotonic()) > 0:
            process.send_signal(signal.SIGTERM)
            # A stopped one hears it only once it goes on.
            process.send_signal(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(min(again_s, left))
                return
            self._breathe(time.monotonic())
        process.kill()
        process.wait()

    def _spawn(self, child: Child) -> None:
        now = time.monotonic()
        if child.pulse >= 0:
            os.close(child.pulse)
        child.pulse, theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        child.patience, child.hung_at = Patience(now), None
        with self._log(child.name) as log_file:
            try:
                child.process = subprocess.Popen(
                    [sys.executable, "-m", MODULES[child.name], "--home", str(self.settings.home)],
                    env={**self.environment, VARIABLE: str(theirs)},
                    pass_fds=(theirs,),
                    stdin=subprocess.DEVNULL,
                    stdout=log_file,
                    stderr=log_file,
                    # Ctrl-C is for us alone: the order of the end is ours.
                    process_group=0,
                    preexec_fn=functools.partial(_prepare, GIVES_WAY.get(child.name, 0)),  # noqa: PLW1509 - no threads
                )
            except OSError as problem:
                self.tell(_("{name} cannot be started: {problem}.", name=child.name, problem=problem.strerror))
                self._later(child, now)
        os.close(theirs)
        child.started_at = now

    @staticmethod
    def _later(child: Child, now: float) -> None:
        child.start_after = now + child.backoff_s
        child.backoff_s = min(child.backoff_s * 2, LONGEST_BACKOFF_S)

    def _log(self, name: str) -> IO[bytes]:
        """The child's log; without one it goes on all the same, for a full disk is no reason to cut calls off."""
        path = self._log_path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("ab")
        except OSError as problem:
            self.tell(_("{log} cannot be written: {problem}.", log=path, problem=problem.strerror))
            return Path(os.devnull).open("ab")

    def _turn_over(self, path: Path) -> None:
        """A log that is full becomes ``.1``, that one ``.2`` and so on. The process goes on writing to its own file,
        which is emptied: it was opened to append. A line written in between is lost; no disk is filled."""
        try:
            size = path.stat().st_size
        except OSError:
            return
        if size <= LOG_LIMIT_BYTES:
            return
        try:
            for number in range(LOGS_KEPT - 1, 0, -1):
                older = path.with_suffix(f".log.{number}")
                if older.exists():
                    older.replace(path.with_suffix(f".log.{number + 1}"))
            shutil.copyfile(path, path.with_suffix(".log.1"))
        except OSError as problem:
            if size <= 2 * LOG_LIMIT_BYTES:
                return
            # A disk that has no room for a copy has even less for a log that grows.
            self.tell(_("{log} cannot be written: {problem}.", log=path, problem=problem.strerror))
        with contextlib.suppress(OSError):
            os.truncate(path, 0)

    def _claim_home(self) -> None:
        # Not emptied before it is ours: the one that has it writes there when it was last alive.
        lock = os.fdopen(os.open(self.settings.run_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            lock.close()
            raise Unavailable(
                "This site is running already: {home}.",
                remedy="End the other hotline run, or give another --home.",
                home=self.settings.home,
            ) from taken
        self._lock = lock

    def _see_leftovers_off(self) -> None:
        """Processes of a ``hotline run`` that was killed got SIGTERM from the kernel; they may still be ending."""
        try:
            known = json.loads(self._site_file().read_text("utf-8"))["processes"]
            pids = {int(known[child.name]["pid"]): child.name for child in self.children if known[child.name]["pid"]}
        except (OSError, ValueError, KeyError, TypeError):
            return
        end = time.monotonic() + LEFTOVERS_S
        while left := [pid for pid, name in pids.items() if self._is_ours(pid, name)]:
            if time.monotonic() > end:
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def _is_ours(self, pid: int, name: str) -> bool:
        """Numbers are given out again: only a process with our command line is one of this site."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return MODULES[name].encode() in words and str(self.settings.home).encode() in words

    def _about(self) -> dict[str, Any]:
        return {
            "http": f"http://{self.settings.http_host}:{self.settings.http_port}",
            "sip": f"{self.settings.sip_host}:{self.settings.sip_port}",
            "pid": os.getpid(),
            "token": self.token,
            "processes": {
                child.name: {"pid": child.process.pid if child.process else None, "restarts": child.restarts}
                for child in self.children
            },
        }

    def _write_site_file(self) -> None:
        about = self._about()
        fresh = self._site_file().with_suffix(".new")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(about), "utf-8")
            fresh.replace(self._site_file())
        except OSError as problem:
            # Tried again at the next look: commands know an older state meanwhile, and calls go on.
            log.warning("%s: %s", fresh, problem)
            return
        self._told = about

    def _site_file(self) -> Path:
        return self.settings.run_dir / "site.json"

    def _log_path(self, name: str) -> Path:
        return self.settings.home / "log" / f"{name}.log"


def _prepare(nice: int) -> None:
    """In the child before exec: the kernel sends SIGTERM when ``hotline run`` is gone, even by kill -9."""
    os.nice(nice)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
