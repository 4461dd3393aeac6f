"""The logs of a running site are turned over by size while the processes go on writing; how its processes end."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import household
from core.bootstrap.household import Household
from core.config import load_settings
from core.pulse import watched


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Household:
    monkeypatch.setattr(household, "LOG_LIMIT_BYTES", 1000)
    made = Household(load_settings(tmp_path), {}, print)
    # Nothing is started in this test: every child waits for ever.
    for child in made.children:
        child.start_after = float("inf")
    return made


def test_a_log_is_turned_over_while_its_process_goes_on_writing(house: Household, tmp_path: Path) -> None:
    writes = (
        "import sys\nfor line in sys.stdin: print(line, end='', flush=True); print('done', file=sys.stderr, flush=True)"
    )
    path = tmp_path / "log" / "web.log"
    with house._log("web") as file:
        writer = subprocess.Popen(
            [sys.executable, "-c", writes], stdin=subprocess.PIPE, stdout=file, stderr=subprocess.PIPE, text=True
        )
    assert writer.stdin is not None
    assert writer.stderr is not None
    for turn in range(6):
        writer.stdin.write(f"{turn}" * 600 + "\n")
        writer.stdin.flush()
        assert writer.stderr.readline() == "done\n"
        house.watch()
        assert path.stat().st_size <= 1202
    writer.stdin.close()
    assert writer.wait(10) == 0
    assert sorted(one.name for one in path.parent.iterdir()) == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    # Appended to the emptied file, with no hole of zeros before it.
    assert b"\0" not in path.read_bytes()
    assert [one.read_text()[0] for one in sorted(path.parent.iterdir())[1:]] == ["4", "2", "0"]


def test_a_full_disk_does_not_make_a_log_grow_for_ever(
    house: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_all: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "web.log"
    for size, left in ((900, 900), (1500, 1500), (2001, 0)):
        path.write_text("x" * size)
        house.watch()
        assert path.stat().st_size == left


DRAINS = """
import signal
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
print("there", flush=True)
while len(asked) < 2:
    signal.pause()
"""


@pytest.fixture
def core(house: Household) -> Iterator[subprocess.Popen[bytes]]:
    """Begins to drain at the first SIGTERM and ends at the second."""
    process = subprocess.Popen([sys.executable, "-c", DRAINS], stdout=subprocess.PIPE)
    next(child for child in house.children if child.name == "sip").process = process
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_core_that_begins_to_drain_at_a_stop_is_told_again_and_ends_in_order(
    house: Household, core: subprocess.Popen[bytes]
) -> None:
    house.stop(60.0)
    assert core.returncode == 0


def test_a_core_that_heeds_no_signal_is_killed(house: Household, core: subprocess.Popen[bytes]) -> None:
    house.stop(0.0)
    assert core.returncode == -signal.SIGKILL


def test_a_drain_is_watched(house: Household, core: subprocess.Popen[bytes]) -> None:
    house.settings.run_dir.mkdir()
    house._claim_home()
    assert not watched(house.settings.run_dir)
    looks = iter(range(100))
    house.drain(60.0, lambda: watched(house.settings.run_dir) or next(looks, None) is None)
    assert watched(house.settings.run_dir)
    house.stop()
    assert core.returncode == 0
