"""One clock for all processes, and nobody who asks another one what time it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import clock

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "etl", "kpi", "dashboards")
ASKS = "from core.clock import utc_now; print(utc_now())"
# What SQL would read from the machine or from its server.
SQL_CLOCKS = re.compile(
    r"\b(now|today|get_current_timestamp|transaction_timestamp|clock_timestamp|strftime|datetime)\(\s*('now'[^)]*)?\)"
    r"|\bcurrent_(date|time|timestamp)\b|\blocal(time|timestamp)\b",
    re.IGNORECASE,
)


@pytest.fixture
def shifted(monkeypatch):
    monkeypatch.setenv(clock.SHIFT, "0")
    return clock.set_now


def test_a_process_that_is_started_lives_at_the_moment_that_was_set(shifted):
    shifted(clock.from_iso("2031-02-03T04:05:06Z"))
    told = float(subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True).stdout)
    assert clock.iso(told)[:16] in ("2031-02-03T04:05", "2031-02-03T04:06")
    assert clock.utc_now() >= told


def test_a_file_just_written_is_new_on_a_shifted_clock(shifted, tmp_path):
    shifted(clock.from_iso("2019-12-31T23:59:59Z"))
    (tmp_path / "file").touch()
    assert clock.iso(clock.written_at(tmp_path / "file"))[:10] in ("2019-12-31", "2020-01-01")


def test_without_a_shift_it_is_the_machines_time(shifted):
    before = clock.machine_now()
    assert before <= clock.utc_now() <= clock.machine_now()


@pytest.mark.parametrize(
    "path", [p for folder in FOLDERS for p in (ROOT / folder).rglob("*.sql")], ids=lambda p: p.name
)
def test_no_query_asks_its_database_for_the_time(path):
    assert SQL_CLOCKS.search(path.read_text("utf-8")) is None
