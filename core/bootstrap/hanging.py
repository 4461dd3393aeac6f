"""Does a process hang? By its own heartbeat, and by what the kernel says of its main thread meanwhile.

A process that is silent is not one that hangs: it may wait for its turn on a busy machine, for a disk, or still be
starting. And time in which nobody looked (``hotline run`` was stopped itself, the laptop slept) is no silence: each
look counts for half a second at most.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

# Silent for so long, and the question is asked. Noticed within 10 s, replaced within 20.
QUIET_S = 6.0
LONGEST_LOOK_S = 0.5
# CPU time of the main thread without a heartbeat: an endless loop. The longest honest piece of work is below 2 s.
BUSY_S = 2.5
# Whoever waited for the processor for this share of the silence is starved, not hung...
STARVED = 0.5
# ...for so long; likewise for a disk that does not answer, where a new process would wait as well.
LONGEST_WAIT_S = 60.0
DISK_WAIT_S = 30.0
# Before the first heartbeat: imports, files of recordings to be mended.
START_S = 300.0
START_BUSY_S = 120.0
STOPPED = "Tt"
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """One look at a process. ``state``: of proc_pid_stat(5); ``cpu_s``, ``waited_s``: its main thread's time on the
    processor and in the queue for it, both since the process began, the latter ``None`` where the kernel does not say.
    ``beats``: since the last look."""

    at: float
    beats: int
    state: str
    cpu_s: float
    waited_s: float | None


class Patience:
    """What was seen of one process so far."""

    def __init__(self, at: float) -> None:
        self._at = at
        self._begun = False
        self.quiet_s = 0.0
        self._cpu_s = 0.0
        self._waited_s: float | None = None

    @property
    def suspects(self) -> bool:
        """Worth a closer look: the next one may find it hung."""
        return self.quiet_s + LONGEST_LOOK_S >= QUIET_S

    def hangs(self, look: ProcessSample) -> bool:
        self.quiet_s += min(look.at - self._at, LONGEST_LOOK_S)
        self._at = look.at
        if look.beats:
            self._begun = True
            self.quiet_s = 0.0
            self._cpu_s, self._waited_s = look.cpu_s, look.waited_s
            return False
        if self.quiet_s < QUIET_S:
            return False
        if look.state in STOPPED:
            return True
        worked_s = look.cpu_s - self._cpu_s
        if not self._begun:
            return worked_s >= START_BUSY_S or self.quiet_s >= START_S
        if worked_s >= BUSY_S:
            return True
        if look.state == "D":
            return self.quiet_s >= DISK_WAIT_S
        # Not told, it may be starved.
        if look.waited_s is None or look.waited_s - (self._waited_s or 0.0) >= STARVED * self.quiet_s:
            return self.quiet_s >= LONGEST_WAIT_S
        # On its way to an endless loop's share, or waiting for something that does not come.
        return look.state != "R" or self.quiet_s >= 2 * QUIET_S


def sample_of(pid: int, pipe: int, at: float, *, closely: bool = True, proc: Path = PROC) -> ProcessSample:
    """``pipe`` is the end that we read; a process that is gone looks stopped and silent. ``closely``: a main thread
    that sleeps while another one is in a disk's hands may wait for what that one holds, and counts as it does."""
    beats = 0
    with contextlib.suppress(OSError):
        beats = len(os.read(pipe, 1 << 16))
    tasks = proc / str(pid) / "task"
    state, cpu_s = _stat_of(tasks / str(pid))
    waited_s: float | None = None
    with contextlib.suppress(OSError, ValueError):
        # proc(5): nanoseconds on the processor and in its queue; all nothing where the kernel does not count them.
        running, waiting, _slices = map(int, (tasks / str(pid) / "schedstat").read_text().split())
        if running:
            cpu_s, waited_s = running / 1e9, waiting / 1e9
    if closely and state == "S" and not beats and any(_stat_of(one)[0] == "D" for one in _listed(tasks)):
        state = "D"
    return ProcessSample(at, beats, state, cpu_s, waited_s)


def state_of(pid: int) -> str:
    """A letter of proc_pid_stat(5), empty when there is no such process."""
    return _stat_of(PROC / str(pid))[0]


def _stat_of(folder: Path) -> tuple[str, float]:
    """State and seconds on the processor, of proc_pid_stat(5)."""
    try:
        # The name before it may hold anything, brackets too.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return "", 0.0


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
