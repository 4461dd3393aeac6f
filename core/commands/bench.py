"""The word ``hotline bench``, shared by every benchmark wherever it lives, and what each says about the machine."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path
from typing import Any

import typer


def group(app: typer.Typer) -> typer.Typer:
    """The ``bench`` group of the program; made by whoever asks first."""
    for known in app.registered_groups:
        if known.name == "bench" and known.typer_instance is not None:
            return known.typer_instance
    bench = typer.Typer(help="Benchmarks; each prints one JSON object.", no_args_is_help=True)

    @bench.callback()
    def _keep() -> None:
        """Keeps a benchmark's name a word of its own while it is the only one."""

    app.add_typer(bench, name="bench")
    return bench


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")), platform.machine()
    )
    return {
        "cpus": os.cpu_count(),
        "model": model,
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Time on a processor that the threads of the process have had so far, as the scheduler counts it.

    ``/proc/PID/stat`` samples at the clock's ticks, which misjudges work that begins with a timer or a packet.
    """
    return sum(_run_ns(task) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def _run_ns(task: Path) -> int:
    try:
        return int((task / "schedstat").read_text("ascii").split()[0])
    except FileNotFoundError:
        # A thread that has just ended.
        return 0


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return []
