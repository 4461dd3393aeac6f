"""sipp as peers of a running house: trunk callers, desk phones, a gateway. Scenarios are tests/peers/*.xml.

A scenario's ``[words]`` come from ``keys``. What a scenario logs is read with ``said``. Every run ends by itself.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.running import House, until

SCENARIOS = Path(__file__).parents[1] / "peers"

needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")


# Below the range from which the system gives ports, a part for every test worker.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = itertools.cycle(range(21000 + 2000 * _worker, 23000 + 2000 * _worker, 4))


def udp_port() -> int:
    """A free port whose second next is free too: sipp takes both for voice."""
    return next(port for port in _ports if _free(port) and _free(port + 2))


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Run:
    """One sipp at work. ``port`` is where it is to be reached; it ``waits`` to be rung, or it calls by itself."""

    def __init__(self, where: Path, arguments: list[str], port: int, *, waits: bool) -> None:
        self.where, self.port, self.waits = where, port, waits
        where.mkdir(parents=True)
        self.process = subprocess.Popen(
            ["sipp", *arguments, *self._traces()],
            cwd=where,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _traces(self) -> list[str]:
        kinds = ("err", "error_file"), ("msg", "message_file"), ("logs", "log_file"), ("stat", "stf")
        files = [word for kind, file in kinds for word in (f"-trace_{kind}", f"-{file}", str(self.where / kind))]
        return [*files, "-fd", "1"]

    def code(self, limit_s: float = 60) -> int:
        """0: every call went as the scenario says."""
        return self.process.wait(limit_s)

    def well(self, limit_s: float = 60) -> None:
        """Every call went as the scenario says, and there was one."""
        if self.waits:
            self._close(limit_s)
        assert self.code(limit_s) == 0, self.story()
        counts = self._counts()
        assert counts["SuccessfulCall(C)"] > 0, self.story()
        assert counts["FailedCall(C)"] == 0, self.story()

    def _close(self, limit_s: float) -> None:
        """Whoever waits to be rung is told that this was all, and ends by itself when its calls have ended. An
        OPTIONS is to sipp a call that never ends: whoever had one must be told once more."""

        def at_rest() -> bool:
            counts = self._counts()
            asked, served = counts.get("AutoAnswered(C)", 0), counts.get("SuccessfulCall(C)", 0)
            return self.process.poll() is not None or (asked > 0 and served > 0 and counts["CurrentCall"] <= asked)

        self.process.send_signal(signal.SIGUSR1)
        try:
            until(at_rest, limit_s)
        except AssertionError:
            raise AssertionError(self.story()) from None
        if self.process.poll() is None:
            self.process.terminate()

    def _counts(self) -> dict[str, int]:
        path = self.where / "stat"
        rows = list(csv.reader(path.read_text().splitlines(), delimiter=";")) if path.exists() else []
        if len(rows) < 2:
            return {}
        return {name: int(value) for name, value in zip(rows[0], rows[-1], strict=False) if value.isdigit()}

    def said(self) -> list[str]:
        """The scenario's own log lines so far."""
        path = self.where / "logs"
        return path.read_text("latin-1").splitlines() if path.exists() else []

    def says(self, word: str, limit_s: float = 10) -> str:
        """The first log line that begins with this word, without it, as soon as it is there."""
        line = until(lambda: next((line for line in self.said() if line.startswith(word)), None), limit_s)
        return str(line).removeprefix(word).strip()

    def story(self) -> str:
        parts = [path.read_text("latin-1")[-3000:] for kind in ("err", "msg") if (path := self.where / kind).exists()]
        return "\n".join(parts)

    def kill(self) -> None:
        """The plug is pulled: no goodbye to anybody."""
        self.process.kill()
        self.process.wait()


class Sipp:
    """Starts sipps against one house."""

    def __init__(self, house: House, where: Path) -> None:
        self.house, self.where = house, where
        self.runs: list[Run] = []

    def run(
        self,
        scenario: str,
        to: str = "service",
        *options: str,
        port: int = 0,
        calls: int = 0,
        limit_s: int = 60,
        keys: dict[str, object] | None = None,
    ) -> Run:
        """``to`` is the number dialled, or the extension of a phone that waits to be rung. Such a phone takes any
        number of calls, for each OPTIONS counts as one; others make a single call unless ``calls`` says more."""
        port = port or udp_port()
        first = re.search(r"<(send|recv)", (SCENARIOS / f"{scenario}.xml").read_text("latin-1"))
        waits = first is not None and first.group(1) == "recv"
        words = {"from": "13900001111", "formats": "8 101", "rtp_port": udp_port(), **(keys or {})}
        words.setdefault("name", words["from"])
        arguments = [
            *(
                f"127.0.0.1:{self.house.sip}",
                "-sf",
                str(SCENARIOS / f"{scenario}.xml"),
                "-s",
                to,
                "-m",
                str(calls or (999 if waits else 1)),
            ),
            *("-i", "127.0.0.1", "-p", str(port), "-mp", str(udp_port()), "-nostdin", "-aa"),
            *("-timeout", f"{limit_s}s", "-timeout_error", *options),
            *(part for word, value in words.items() for part in ("-key", word, str(value))),
        ]
        run = Run(self.where / f"{len(self.runs)}-{scenario}", arguments, port, waits=waits)
        self.runs.append(run)
        return run

    def register(self, extension: str, port: int = 0, *, expires_s: int = 300) -> int:
        """The phone at this port is registered."""
        port = port or udp_port()
        return self._register(extension, port, f"<sip:{extension}@127.0.0.1:{port}>", expires_s)

    def sign_off(self, extension: str) -> None:
        """Every phone of the extension is signed off."""
        self._register(extension, udp_port(), "*", 0)

    def _register(self, extension: str, port: int, contact: str, expires_s: int) -> int:
        options = ("-au", extension, "-ap", f"demo-{extension}")
        keys: dict[str, object] = {"contact": contact, "expires": expires_s}
        self.run("phone_registers", extension, *options, port=port, keys=keys).well(10)
        return port

    def phone(self, extension: str, scenario: str = "phone_answers", *options: str, **more: object) -> Run:
        """A registered phone that does what the scenario says when it is rung."""
        return self.run(scenario, extension, *options, port=self.register(extension), **more)  # type: ignore[arg-type]

    def stop(self) -> None:
        for run in self.runs:
            if run.process.poll() is None:
                run.kill()


@contextlib.contextmanager
def peers_of(house: House, where: Path) -> Iterator[Sipp]:
    sipp = Sipp(house, where)
    try:
        yield sipp
    finally:
        sipp.stop()
