"""The word ``hotline bench``, shared by every benchmark wherever it lives, and what each says about the machine."""

from __future__ import annotations

import os
import platform
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


def cpu_seconds(pid: int) -> float:
    """User and system time that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return []
