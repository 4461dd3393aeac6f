"""The logs of a running site: turned over by size while the processes go on writing."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.bootstrap import household
from core.bootstrap.household import Household
from core.config import load_settings


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
